import { expect, test } from 'vitest';
import { rateText } from '../rate.ts';

test.each([
  ['1.0834', '1.0834'],
  ['1,0834', '1.0834'],
  ['157', '157'],
  ['0.000001', '0.000001'],
  ['0', null],
  ['0.0', null],
  ['-1', null],
  ['1e3', null],
  ['1.1234567890123', null],
])('%s becomes %s', (typed, text) => {
  expect(rateText(typed)).toBe(text);
});
