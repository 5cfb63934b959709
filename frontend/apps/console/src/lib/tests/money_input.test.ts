import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { amountText, parseAmount } from '../money_input.ts';

test.each([
  ['12', 'EUR', 1200],
  ['12.5', 'EUR', 1250],
  ['12,50', 'EUR', 1250],
  [' € 12.50 ', 'EUR', 1250],
  ['１２．５０', 'EUR', 1250],
  ['0', 'EUR', 0],
  ['1500', 'JPY', 1500],
])('%s %s is %i minor units', (text, currency, minor) => {
  expect(parseAmount(text, currency)).toEqual({ minor });
});

test.each([
  ['', 'EUR', 'empty'],
  ['abc', 'EUR', 'not_a_number'],
  ['-5', 'EUR', 'not_a_number'],
  ['1,234.50', 'EUR', 'not_a_number'],
  ['12.345', 'EUR', 'too_many_digits'],
  ['12.5', 'JPY', 'too_many_digits'],
  ['999999999999', 'EUR', 'too_large'],
])('%s %s is refused: %s', (text, currency, problem) => {
  expect(parseAmount(text, currency)).toEqual({ problem });
});

test('what is shown is read back as the same amount', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100_000_000_000 }),
      fc.constantFrom('EUR', 'JPY', 'CNY'),
      (minor, currency) => {
        expect(parseAmount(amountText(minor, currency), currency)).toEqual({ minor });
      },
    ),
  );
});
