// Calls once typing has paused.

/** Shorter than a person notices, longer than the gap between two keys. */
const PAUSE_MS = 220;

export function debounce<T>(run: (value: T) => void, pauseMs = PAUSE_MS): (value: T) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (value) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(value), pauseMs);
  };
}
