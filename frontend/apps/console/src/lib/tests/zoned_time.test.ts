import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf, wallTime } from '../zoned_time.ts';

test.each([
  ['2026-11-22T20:00', 'Europe/Berlin', '2026-11-22T19:00:00.000Z'],
  ['2026-07-01T20:00', 'Europe/Berlin', '2026-07-01T18:00:00.000Z'],
  ['2026-07-01T20:00', 'Asia/Shanghai', '2026-07-01T12:00:00.000Z'],
  ['2026-07-01T20:00', 'Asia/Kolkata', '2026-07-01T14:30:00.000Z'],
  ['2026-07-01T00:00', 'UTC', '2026-07-01T00:00:00.000Z'],
])('%s in %s is %s', (wall, zone, instant) => {
  expect(instantOf(wall, zone)?.toISOString()).toBe(instant);
});

test('an hour skipped in spring moves forward; one that comes twice in autumn means the first', () => {
  expect(instantOf('2026-03-29T02:30', 'Europe/Berlin')?.toISOString()).toBe('2026-03-29T01:30:00.000Z');
  expect(instantOf('2026-10-25T02:30', 'Europe/Berlin')?.toISOString()).toBe('2026-10-25T00:30:00.000Z');
});

test('what is no time is null', () => {
  expect(instantOf('', 'UTC')).toBeNull();
  expect(instantOf('tomorrow', 'UTC')).toBeNull();
  expect(instantOf('2026-13-40T99:99', 'UTC')).toBeNull();
});

test('the wall clock shows the instant it was made from', () => {
  const zones = fc.constantFrom('UTC', 'Asia/Shanghai', 'Asia/Kathmandu', 'Pacific/Auckland');
  const minutes = fc.integer({ min: 29_000_000, max: 31_000_000 });
  fc.assert(
    fc.property(minutes, zones, (minute, zone) => {
      const wall = wallTime(new Date(minute * 60_000), zone);
      const again = instantOf(wall, zone);
      expect(again && wallTime(again, zone)).toBe(wall);
    }),
    { numRuns: 60 },
  );
});
