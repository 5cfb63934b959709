import { expect, test } from 'vitest';
import { nearness } from '../due.ts';

const at = (hours: number): string => new Date(hours * 3_600_000).toISOString();

test.each([
  [0, 'over'],
  [24, 'today'],
  [25, 'soon'],
  [72, 'soon'],
  [73, 'later'],
])('in %i hours is %s', (hours, word) => {
  expect(nearness(at(hours), 0)).toBe(word);
});

test('what has no date is not near', () => {
  expect(nearness(null, 0)).toBeNull();
});
