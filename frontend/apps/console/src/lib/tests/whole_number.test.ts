import { expect, test } from 'vitest';
import { basisPoints, percentText, wholeNumber } from '../whole_number.ts';

test.each([
  ['7', 7],
  [' １２ ', 12],
  ['0', null],
  ['101', null],
  ['1.5', null],
  ['-1', null],
  ['1e2', null],
  ['', null],
])('%j is %j between 1 and 100', (text, value) => {
  expect(wholeNumber(text, 1, 100)).toBe(value);
});

test.each([
  ['10', 1000],
  ['12.5 %', 1250],
  ['12,25', 1225],
  ['100', 10_000],
  ['100.01', null],
  ['0', null],
  ['12.345', null],
])('%j percent is %j basis points', (text, value) => {
  expect(basisPoints(text)).toBe(value);
});

test('percent are shown as they are typed', () => {
  expect([1000, 1250, 1225, 5].map(percentText)).toEqual(['10', '12.5', '12.25', '0.05']);
});
