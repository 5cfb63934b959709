import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dropIndex, moved, targetForKey } from '../reorder.ts';

test('an entry moves to its place and the others keep their order', () => {
  expect(moved(['a', 'b', 'c', 'd'], 0, 2)).toEqual(['b', 'c', 'a', 'd']);
  expect(moved(['a', 'b', 'c', 'd'], 3, 1)).toEqual(['a', 'd', 'b', 'c']);
  expect(moved(['a', 'b'], 0, 9)).toEqual(['b', 'a']);
});

test('moving there and back changes nothing, and nothing is lost', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 30 }),
      fc.nat(29),
      fc.nat(29),
      (list, from, to) => {
        const a = from % list.length;
        const b = to % list.length;
        const there = moved(list, a, b);
        expect([...there].sort()).toEqual([...list].sort());
        expect(moved(there, b, a)).toEqual(list);
      },
    ),
  );
});

test('arrow keys move by one, Home and End to the ends, and nothing moves past an end', () => {
  expect(targetForKey('ArrowDown', 0, 3)).toBe(1);
  expect(targetForKey('ArrowUp', 0, 3)).toBeNull();
  expect(targetForKey('ArrowDown', 2, 3)).toBeNull();
  expect(targetForKey('End', 0, 3)).toBe(2);
  expect(targetForKey('Home', 2, 3)).toBe(0);
  expect(targetForKey('x', 1, 3)).toBeNull();
});

test('a dragged row lands before the first row whose middle is below the pointer', () => {
  expect(dropIndex([10, 30, 50], 5)).toBe(0);
  expect(dropIndex([10, 30, 50], 30)).toBe(2);
  expect(dropIndex([10, 30, 50], 99)).toBe(3);
  expect(dropIndex([], 1)).toBe(0);
});
