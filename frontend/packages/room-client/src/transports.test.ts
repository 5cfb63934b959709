import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type PieceAnswer, RoomFallback } from './fallback.ts';
import { emptyState, foldAll } from './fold.ts';
import { arrive, type Position } from './position.ts';
import type { Entry, RoomState } from './types.ts';

// Written by the server's own encoders (tests/shows/make_transports.py), which replays them as well.
const FOLDER = new URL('../../../../tests/recordings/transports/', import.meta.url);

type Delivery =
  | { via: 'socket'; frame: { epoch: number; after: number; seq: number; entries: Entry[] } }
  | { via: 'pieces'; now_ms: number; span_s: number };

interface Recording {
  entries: Entry[];
  pieces: Record<string, PieceAnswer>;
  deliveries: Delivery[];
  state: RoomState;
}

test.each(readdirSync(FOLDER))(
  '%s: sockets and pieces end in the state of the server, each entry folded once',
  async (name) => {
    const recording = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Recording;
    let state = emptyState();
    let position: Position = { epoch: 1, seq: 0 };
    let now = recording.entries[0]?.at_ms ?? 0;
    let heard = now;
    let span = 1;
    const folded: number[] = [];
    const take = (entries: readonly Entry[], seq: number) => {
      state = foldAll(state, entries);
      folded.push(...entries.map((entry) => entry.seq));
      position = { epoch: 1, seq: Math.max(position.seq, seq) };
    };
    const fallback = new RoomFallback(
      {
        snapshot: () => Promise.reject(new Error('no snapshot is needed')),
        piece: async (_room, piece) => {
          const answer = recording.pieces[piece];
          if (!answer) throw new Error(`nobody has ${piece}`);
          return { ...answer, pace: { poll_ms: 2000, span_s: span, beacon_ms: 30_000 } };
        },
        own: async () => [],
        beacon: async () => ({ next_ms: 30_000, viewers: 1 }),
      },
      {
        seq: () => position.seq,
        pseq: () => 0,
        serverNow: () => now,
        clockIs: () => undefined,
        takeSnapshot: () => undefined,
        takeRun: (run) => take(run.entries, run.seq),
        takeOwn: () => undefined,
        takeViewers: () => undefined,
      },
      () => 0.5,
    );
    let wasSocket = true;
    for (const delivery of recording.deliveries) {
      if (delivery.via === 'socket') {
        const { frame } = delivery;
        const arrival = arrive(position, frame, false);
        if (arrival.kind === 'apply') take(arrival.entries, arrival.seq);
        // A hole: it asks again from where it is, and the log answers.
        else take(recording.entries.slice(position.seq, frame.seq), frame.seq);
        heard = frame.entries.at(-1)?.at_ms ?? heard;
        wasSocket = true;
        continue;
      }
      if (wasSocket) fallback.begin(heard);
      wasSocket = false;
      now = delivery.now_ms;
      span = delivery.span_s;
      for (let rounds = 0; rounds < 6; rounds += 1) await fallback.round('rom_1', null, () => true);
      heard = Math.max(heard, now - 12_400);
    }
    expect(state).toEqual(recording.state);
    expect(folded).toEqual(recording.entries.map((entry) => entry.seq));
  },
);
