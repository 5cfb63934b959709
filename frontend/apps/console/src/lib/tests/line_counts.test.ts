import { expect, test } from 'vitest';
import { allOf, chosen, noneOf } from '../line_counts.ts';

const lines = [
  { lineId: 'a', title: 'Dress', variant: 'M', most: 2 },
  { lineId: 'b', title: 'Socks', variant: '', most: 3 },
];

test('all is all, none is nothing', () => {
  expect(chosen(lines, allOf(lines))).toEqual({
    lines: [
      { line_id: 'a', quantity: 2 },
      { line_id: 'b', quantity: 3 },
    ],
    units: 5,
    isAll: true,
  });
  expect(chosen(lines, noneOf(lines))).toBeNull();
});

test('lines without a piece are not sent along, and a wrong number sends nothing', () => {
  expect(chosen(lines, { a: '1', b: '0' })).toEqual({
    lines: [{ line_id: 'a', quantity: 1 }],
    units: 1,
    isAll: false,
  });
  expect(chosen(lines, { a: '1', b: '4' })).toBeNull();
  expect(chosen(lines, { a: '1', b: 'two' })).toBeNull();
});
