import { describe, expect, test } from 'vitest';
import {
  type Drop,
  faceOf,
  isDropPrice,
  leadingDrop,
  lowerSteps,
  overlaid,
  quantityFor,
  runningDrop,
} from '../drops.ts';

const eur = (amount_minor: number) => ({ amount_minor, currency: 'EUR' });
const drop = (extra: Partial<Drop> = {}): Drop => ({
  id: 'drp_1',
  itemId: 'itm_7',
  variantId: null,
  state: 'planned',
  price: eur(6900),
  was: eur(7900),
  quantity: 120,
  left: 120,
  perCustomer: 2,
  countdownS: 30,
  durationS: 300,
  startsAtMs: null,
  opensAtMs: null,
  endsAtMs: null,
  ...extra,
});

describe('the face of a drop', () => {
  test('counts down to the opening, then to the end, without being told again', () => {
    const counting = drop({ state: 'countdown', opensAtMs: 30_000, endsAtMs: 330_000 });
    expect(faceOf(counting, 29_000)).toEqual({ phase: 'countdown', msLeft: 1000, taken: 0 });
    expect(faceOf(counting, 30_000)).toEqual({ phase: 'running', msLeft: 300_000, taken: 0 });
    expect(faceOf(counting, 330_000)).toEqual({ phase: 'ended', msLeft: null, taken: 0 });
  });

  test('says sold out while time is left, because holds may come back', () => {
    expect(faceOf(drop({ state: 'running', left: 0, endsAtMs: 9000 }), 4000)).toEqual({
      phase: 'sold_out',
      msLeft: 5000,
      taken: 120,
    });
  });

  test('a scheduled one counts to its start and never below zero', () => {
    expect(faceOf(drop({ startsAtMs: 5000 }), 2000)).toEqual({ phase: 'planned', msLeft: 3000, taken: 0 });
    expect(faceOf(drop({ startsAtMs: 5000 }), 7000).msLeft).toBe(0);
  });
});

test('the room is believed before the list', () => {
  const heard = {
    drp_1: { drop_id: 'drp_1', state: 'running' as const, quantity: 100, left: 41, opens_at_ms: 1, ends_at_ms: 2 },
  };
  expect(overlaid([drop(), drop({ id: 'drp_2' })], heard)).toEqual([
    drop({ state: 'running', quantity: 100, left: 41, opensAtMs: 1, endsAtMs: 2 }),
    drop({ id: 'drp_2' }),
  ]);
});

test('under the thumb is what runs, then what counts down, then the drop of the item on air', () => {
  const other = drop({ id: 'a', itemId: 'itm_1' });
  const onAir = drop({ id: 'b' });
  const running = drop({ id: 'c', state: 'running', endsAtMs: 10_000 });
  expect(leadingDrop([other, onAir], 'itm_7', 0)?.id).toBe('b');
  expect(leadingDrop([other, onAir, running], 'itm_7', 0)?.id).toBe('c');
  expect(leadingDrop([running], 'itm_7', 10_000)).toBeNull();
  expect(leadingDrop([], null, 0)).toBeNull();
});

test('lowering keeps what is gone and can never raise', () => {
  const half = drop({ state: 'running', left: 50 });
  expect(quantityFor(half, 20)).toBe(90);
  expect(quantityFor(half, 0)).toBe(70);
  expect(quantityFor(half, 500)).toBe(120);
  expect(quantityFor(half, -3)).toBe(70);
  expect(lowerSteps(50)).toEqual([37, 25, 12]);
  expect(lowerSteps(2)).toEqual([1]);
  expect(lowerSteps(1)).toEqual([]);
});

test('the price of a drop may be said until it is over, and counts while it runs', () => {
  const running = drop({ state: 'running', opensAtMs: 0, endsAtMs: 10_000 });
  expect(runningDrop([drop()], 'itm_7', 0)).toBeNull();
  expect(runningDrop([running], 'itm_7', 9999)?.id).toBe('drp_1');
  expect(runningDrop([running], 'itm_7', 10_000)).toBeNull();
  expect(isDropPrice([drop()], 'itm_7', eur(6900), 0)).toBe(true);
  expect(isDropPrice([drop()], 'itm_7', eur(7000), 0)).toBe(false);
  expect(isDropPrice([drop()], 'itm_1', eur(6900), 0)).toBe(false);
  expect(isDropPrice([running], 'itm_7', eur(6900), 10_000)).toBe(false);
  expect(isDropPrice([running], 'itm_7', null, 0)).toBe(false);
});
