/** Where we are in a room's log, and what to do with a run of entries that arrives. Pure. */
import type { Entry } from './types.ts';

export interface Position {
  epoch: number;
  seq: number;
}

export type Arrival =
  | { kind: 'apply'; entries: Entry[]; seq: number }
  /** Something between was missed: ask again from our position. */
  | { kind: 'gap' }
  /** The log was begun anew (or we know none yet): only a snapshot helps. */
  | { kind: 'restart' };

interface Run {
  epoch: number;
  seq: number;
  after?: number;
  entries: readonly Entry[];
}

/**
 * A run covers (after, seq]; numbers inside it that are missing belong to entries not meant for us. Without `after`
 * it starts right before its first entry. `resumed` runs are the server's answer to our position and start at it.
 */
export function arrive(position: Position | null, run: Run, resumed: boolean): Arrival {
  if (!position || run.epoch !== position.epoch) return { kind: 'restart' };
  const first = run.entries[0]?.seq ?? run.seq + 1;
  const after = resumed ? position.seq : (run.after ?? first - 1);
  if (after > position.seq) return { kind: 'gap' };
  const entries = run.entries.filter((entry) => entry.seq > position.seq);
  return { kind: 'apply', entries, seq: Math.max(position.seq, run.seq, entries.at(-1)?.seq ?? 0) };
}
