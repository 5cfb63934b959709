import type { Card } from '@shopcast/api-client';
import type { Drop } from '@shopcast/room-client';
import { describe, expect, test } from 'vitest';
import { dropOf, dropView, nextTurnMs, withDrop } from './drop-view.ts';

const NOW = 1_800_000_000_000;

function drop(part: Partial<Drop> = {}): Drop {
  return {
    drop_id: 'drp_1',
    item_id: 'itm_7',
    variant_id: null,
    state: 'running',
    price: 2500,
    was_price: 4900,
    quantity: 12,
    left: 12,
    per_customer: 2,
    opens_at_ms: NOW - 1000,
    ends_at_ms: NOW + 60_000,
    ...part,
  };
}

const card = {
  id: 'itm_7',
  price_minor: 4900,
  price_max_minor: 5900,
  compare_at_minor: null,
  left: 40,
  variants: [
    { id: 'var_s', price_minor: 4900, left: 10, options: ['S'], title: 'S' },
    { id: 'var_m', price_minor: 5900, left: 30, options: ['M'], title: 'M' },
  ],
} as unknown as Card;

describe('the phase of a drop', () => {
  test.each([
    ['running', {}, 'running', 60_000],
    ['running, all taken', { left: 0 }, 'sold_out', null],
    ['counting down', { state: 'countdown', opens_at_ms: NOW + 42_000 }, 'countdown', 42_000],
    [
      'its instant has come though the room has not said so',
      { state: 'countdown', opens_at_ms: NOW },
      'running',
      60_000,
    ],
    ['its end has come though the room has not said so', { ends_at_ms: NOW }, 'ended', null],
    ['planned, nobody knows when', { state: 'planned', opens_at_ms: null, ends_at_ms: null }, 'planned', null],
    ['ended early with pieces left', { state: 'ended', ends_at_ms: NOW - 5000 }, 'ended', null],
    ['running without an end', { ends_at_ms: null }, 'running', null],
  ] as const)('%s', (_name, part, phase, msLeft) => {
    const view = dropView(drop(part as Partial<Drop>), NOW);
    expect([view?.phase, view?.msLeft]).toEqual([phase, msLeft]);
  });

  test('cancelled, or over for a minute: the card is as any other', () => {
    expect(dropView(drop({ state: 'cancelled' }), NOW)).toBeNull();
    expect(dropView(drop({ state: 'ended', ends_at_ms: NOW - 60_001 }), NOW)).toBeNull();
  });
});

test('an open drop goes before one to come, and that before one that is over', () => {
  const drops = {
    over: drop({ drop_id: 'over', state: 'ended', ends_at_ms: NOW - 1000 }),
    later: drop({ drop_id: 'later', state: 'countdown', opens_at_ms: NOW + 90_000, ends_at_ms: NOW + 200_000 }),
    sooner: drop({ drop_id: 'sooner', state: 'countdown', opens_at_ms: NOW + 9000, ends_at_ms: NOW + 200_000 }),
    other: drop({ drop_id: 'other', item_id: 'itm_1' }),
  };
  expect(dropOf(drops, 'itm_7', NOW)?.drop.drop_id).toBe('sooner');
  expect(dropOf({ ...drops, open: drop({ drop_id: 'open' }) }, 'itm_7', NOW)?.drop.drop_id).toBe('open');
  expect(dropOf(drops, 'itm_2', NOW)).toBeNull();
});

test('the price of a drop holds only for its variant and only while it is open; stock stays the true number', () => {
  const all = withDrop(card, dropView(drop(), NOW));
  expect([all.price_minor, all.price_max_minor, all.compare_at_minor, all.left]).toEqual([2500, 2500, 4900, 40]);
  const one = withDrop(card, dropView(drop({ variant_id: 'var_m' }), NOW));
  expect(one.variants.map((variant) => variant.price_minor)).toEqual([4900, 2500]);
  expect([one.price_minor, one.price_max_minor]).toEqual([2500, 4900]);
  expect(withDrop(card, dropView(drop({ left: 0 }), NOW))).toBe(card);
  expect(withDrop(card, dropView(drop({ state: 'countdown', opens_at_ms: NOW + 1 }), NOW))).toBe(card);
  expect(withDrop(card, null)).toBe(card);
});

test('the page wakes at the next opening or end', () => {
  expect(nextTurnMs({}, NOW)).toBeNull();
  expect(nextTurnMs({ a: drop(), b: drop({ state: 'cancelled', ends_at_ms: NOW + 5 }) }, NOW)).toBe(NOW + 60_000);
  expect(nextTurnMs({ a: drop({ state: 'countdown', opens_at_ms: NOW + 10 }) }, NOW)).toBe(NOW + 10);
});
