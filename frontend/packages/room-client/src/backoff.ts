/** How long to wait before the next try: doubling, capped, jittered so that a restarted server is not stormed. */
const FIRST_MS = 400;
/** A viewer who waits longer than this reloads the page anyway. */
const MAX_MS = 12_000;

/** `attempt` counts from 0; `random` is in [0, 1). The answer lies in the upper half of the step. */
export function backoffMs(attempt: number, random: number): number {
  const step = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(step / 2 + (step / 2) * random);
}
