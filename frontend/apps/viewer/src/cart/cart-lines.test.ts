import type { Cart, CartLine } from '@shopcast/api-client';
import { describe, expect, test } from 'vitest';
import { currencies, groups, leftMs, lineState, nextEndMs, payable } from './cart-lines.ts';

const NOW = Date.parse('2026-11-23T20:00:00Z');

function line(hold_id: string, part: Partial<CartLine> = {}): CartLine {
  return {
    hold_id,
    seller_id: 'org_1',
    state: 'held',
    obstacle: null,
    expires_at: '2026-11-23T20:05:00Z',
    unit: { amount_minor: 4900, currency: 'EUR' },
    ...part,
  } as CartLine;
}

function cart(lines: CartLine[]): Cart {
  const sellers = [...new Set(lines.map((one) => one.seller_id))].map((seller_id) => ({ seller_id }));
  return { lines, sellers, choice: { codes: [], country: null, region: '', currency: null } } as unknown as Cart;
}

describe('a line of the cart', () => {
  test('is held until its time is up, whatever the server said last', () => {
    expect(lineState(line('a'), NOW)).toBe('held');
    expect(leftMs(line('a'), NOW)).toBe(300_000);
    expect(lineState(line('a'), NOW + 300_000)).toBe('over');
    expect(leftMs(line('a'), NOW + 400_000)).toBe(0);
  });

  test('the server’s obstacle goes before the clock; first paid first served is no hold', () => {
    expect(lineState(line('a', { obstacle: 'sold_out' }), NOW)).toBe('sold_out');
    expect(lineState(line('a', { state: 'wanted' }), NOW)).toBe('wanted');
  });
});

test('only what can be bought now is paid, and what is hidden is not', () => {
  const one = cart([
    line('held'),
    line('wanted', { state: 'wanted' }),
    line('gone', { obstacle: 'sold_out' }),
    line('over', { expires_at: '2026-11-23T19:59:59Z' }),
    line('hidden'),
  ]);
  expect(payable(one, new Set(['hidden']), NOW)).toEqual(['held', 'wanted']);
});

test('sellers without lines are not shown', () => {
  const one = cart([line('a'), line('b', { seller_id: 'org_2' }), line('c')]);
  expect(groups(one, new Set(['b'])).map((group) => group.lines.map((row) => row.hold_id))).toEqual([['a', 'c']]);
});

test('the page looks again when the first hold ends; what is wanted has no end to wait for', () => {
  expect(nextEndMs(cart([line('a'), line('b', { expires_at: '2026-11-23T20:02:00Z' })]), NOW)).toBe(NOW + 120_000);
  expect(nextEndMs(cart([line('a', { state: 'wanted' })]), NOW)).toBeNull();
});

test('currencies are those of the goods and the chosen one', () => {
  const one = cart([line('a'), line('b', { unit: { amount_minor: 100, currency: 'USD' } })]);
  expect(currencies(one)).toEqual(['EUR', 'USD']);
  expect(currencies({ ...one, choice: { ...one.choice, currency: 'CNY' } })).toEqual(['CNY', 'EUR', 'USD']);
});
