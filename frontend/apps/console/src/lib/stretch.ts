// A stretch of a recording: two ends on a bar, never crossed, never shorter than a second.

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Shorter stretches cannot be cut: segments begin at key frames, usually two seconds apart. */
export const SHORTEST_MS = 1_000;

export function withEnd(stretch: Stretch, end: 'from' | 'to', ms: number, lengthMs: number): Stretch {
  if (end === 'from') return { from: clamp(ms, 0, stretch.to - SHORTEST_MS), to: stretch.to };
  return { from: stretch.from, to: clamp(ms, stretch.from + SHORTEST_MS, lengthMs) };
}

/** "1:02:03", "62:03" or "123" seconds to milliseconds; null when it is none of these. */
export function parseClock(text: string): number | null {
  const parts = text.trim().normalize('NFKC').split(':');
  if (parts.length > 3 || parts.some((part) => !/^\d{1,5}$/.test(part))) return null;
  if (parts.slice(1).some((part) => Number(part) > 59)) return null;
  return parts.reduce((sum, part) => sum * 60 + Number(part), 0) * 1000;
}

export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Milliseconds since the show began; answers that already are offsets stay what they are. */
export function showOffset(ms: number, startMs: number): number {
  // Ten years: no show is that long, and no instant that early.
  return ms > 315_000_000_000 ? Math.max(0, ms - startMs) : ms;
}

export function recordingLength(
  startMs: number,
  endedAt: string | null,
  moments: readonly { readonly to_ms: number | null }[],
  nowMs: number,
): number {
  const last = moments.reduce(
    (latest, moment) => Math.max(latest, moment.to_ms === null ? 0 : showOffset(moment.to_ms, startMs)),
    0,
  );
  return Math.max(60_000, last, (endedAt ? Date.parse(endedAt) : nowMs) - startMs);
}
