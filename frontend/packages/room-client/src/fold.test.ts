import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyState, fold } from './fold.ts';
import type { Entry, RoomState } from './types.ts';

// Written by the server's own fold (shows, timeline/fold.py): both must see the same room.
const FOLDER = new URL('../../../../tests/recordings/', import.meta.url);

interface Recording {
  entries: Entry[];
  states: RoomState[];
}

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) freeze(one);
  return Object.freeze(value);
}

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

describe('the fold sees what the server sees', () => {
  test('there are recordings', () => expect(names.length).toBeGreaterThanOrEqual(4));

  test.each(names)('%s', (name) => {
    const recording = freeze(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Recording);
    let state = freeze(emptyState());
    recording.entries.forEach((entry, index) => {
      state = freeze(fold(state, entry));
      expect(state, `${name}, entry ${entry.seq}`).toEqual(recording.states[index]);
    });
  });
});
