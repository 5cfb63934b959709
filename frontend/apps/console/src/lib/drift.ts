// Where a show stands against its run of show, second by second; the twin of the server's sum in shows.

export interface TimedCue {
  readonly id: string;
  readonly minutes: number;
  readonly started_at?: string | null;
}

export interface Drift {
  /** Positive: behind the plan. Negative: ahead of it. */
  readonly behindSeconds: number;
  readonly plannedSeconds: number;
  readonly leftSeconds: number;
}

/**
 * The plan says that the current cue starts once the minutes of those before it are over, and lasts its own. Until its
 * minutes are over the cue counts as on time in itself; after that every second is a second more behind.
 */
export function drift(
  cues: readonly TimedCue[],
  currentId: string | null,
  startedAtMs: number | null,
  nowMs: number,
): Drift | null {
  if (startedAtMs === null || cues.length === 0) return null;
  const plannedSeconds = seconds(cues);
  const index = cues.findIndex((cue) => cue.id === currentId);
  const current = cues[index];
  if (!current)
    return { behindSeconds: Math.round((nowMs - startedAtMs) / 1000), plannedSeconds, leftSeconds: plannedSeconds };
  const cueStartMs = current.started_at ? Date.parse(current.started_at) : startedAtMs;
  const own = current.minutes * 60;
  const spent = (nowMs - cueStartMs) / 1000;
  const behind = (cueStartMs - startedAtMs) / 1000 - seconds(cues.slice(0, index)) + Math.max(0, spent - own);
  const left = seconds(cues.slice(index + 1)) + Math.max(0, own - spent);
  return { behindSeconds: Math.round(behind), plannedSeconds, leftSeconds: Math.round(left) };
}

function seconds(cues: readonly TimedCue[]): number {
  return cues.reduce((sum, cue) => sum + cue.minutes * 60, 0);
}
