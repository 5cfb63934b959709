/** How long to wait before the next try: doubling, capped, jittered so that a restarted server is not stormed. */
const FIRST_MS = 400;
/** A viewer who waits longer than this reloads the page anyway. */
const MAX_MS = 12_000;
/** Where sockets are blocked they stay blocked: somebody who polls looks now and then whether that has changed. */
const PROBE_MAX_MS = 60_000;
/** On top of what the server said, so that those it told the same do not come together. */
const SPREAD = 0.25;

/** `attempt` counts from 0; `random` is in [0, 1). The answer lies in the upper half of the step. */
export function backoffMs(attempt: number, random: number, isPolling = false): number {
  const step = Math.min(isPolling ? PROBE_MAX_MS : MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(step / 2 + (step / 2) * random);
}

/**
 * The first try of somebody whose open socket broke without a word: everybody of that server lost theirs at the same
 * moment, and comes back over as long as it has told them (`retry_ms` of hello and live).
 */
export function returnMs(spreadMs: number, random: number): number {
  return Math.round(FIRST_MS / 2 + Math.max(FIRST_MS / 2, spreadMs) * random);
}

/** Never sooner than the server said. */
export function obeyMs(retryMs: number, random: number): number {
  return Math.round(retryMs * (1 + SPREAD * random));
}
