import { expect, test } from 'vitest';
import { drift } from '../drift.ts';

const START = Date.parse('2026-11-22T19:00:00Z');
const at = (minutes: number) => START + minutes * 60_000;
const cue = (id: string, minutes: number, startedMinute: number | null) => ({
  id,
  minutes,
  started_at: startedMinute === null ? null : new Date(at(startedMinute)).toISOString(),
});

test('no drift before the show starts or without cues', () => {
  expect(drift([cue('a', 5, null)], null, null, START)).toBeNull();
  expect(drift([], null, START, at(3))).toBeNull();
});

test('within its own minutes a cue that began on time is on time', () => {
  const cues = [cue('a', 5, 0), cue('b', 10, 5)];
  expect(drift(cues, 'b', START, at(12))).toEqual({ behindSeconds: 0, plannedSeconds: 900, leftSeconds: 180 });
});

test('every second over its minutes is a second behind', () => {
  const cues = [cue('a', 5, 0), cue('b', 10, null)];
  expect(drift(cues, 'a', START, at(6.5))).toEqual({ behindSeconds: 90, plannedSeconds: 900, leftSeconds: 600 });
});

test('a cue begun early is ahead by what was saved', () => {
  const cues = [cue('a', 5, 0), cue('b', 10, 3)];
  expect(drift(cues, 'b', START, at(4))?.behindSeconds).toBe(-120);
});

test('before the first cue the show can only be late', () => {
  expect(drift([cue('a', 5, null)], null, START, at(2))).toEqual({
    behindSeconds: 120,
    plannedSeconds: 300,
    leftSeconds: 300,
  });
});
