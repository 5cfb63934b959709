/** Which address shows which instant. Pure. */
import type { Playback, ShowState } from '@shopcast/api-client';

export type PlayerMode = 'none' | 'live' | 'rewind' | 'replay' | 'clip';

/** Rewind is a closed slice; one of this length loads fast and is long enough that few need a second. */
const SLICE_BACK_MS = 5 * 60_000;
const SLICE_AHEAD_MS = 30 * 60_000;

const ON_AIR: ReadonlySet<ShowState> = new Set(['live', 'interrupted', 'rehearsal']);

export function modeOf(state: ShowState, playback: Playback | null): PlayerMode {
  if (!playback) return 'none';
  if (ON_AIR.has(state)) return 'live';
  return state === 'ended' || state === 'replay' ? 'replay' : 'none';
}

/** The slice of a running show around an instant. */
export function rewindUrl(playback: Playback, atMs: number, startedMs: number, nowMs: number): string {
  const from = Math.max(startedMs, Math.floor(atMs - SLICE_BACK_MS));
  const to = Math.min(nowMs, Math.floor(atMs + SLICE_AHEAD_MS));
  return `${playback.rewind_url}?from_ms=${from}&to_ms=${to}`;
}
