import { expect, test } from 'vitest';
import { cards } from '../../../dev/fixtures.ts';
import type { AffectedOrders, MistakeView } from '../../types.ts';
import { progressOf, touched, variantsOf } from '../mistake.ts';

const eur = (amount_minor: number) => ({ amount_minor, currency: 'EUR' });
const order = (order_id: string, sent = 0) => ({
  order_id,
  order_number: order_id,
  placed_at: '2026-11-22T19:40:00Z',
  name: 'Ana',
  units: 1,
  sent,
  paid: eur(790),
});
const found = (items: AffectedOrders['items'], orders = items.length): AffectedOrders => ({
  items,
  orders,
  units: orders,
  paid: eur(790 * orders),
  next_cursor: null,
});

test('an order with two sizes is one order, and what was not listed still counts', () => {
  expect(touched([found([order('a'), order('b', 1)]), found([order('a')], 40)], 'EUR')).toEqual({
    orders: 41,
    units: 42,
    sent: 1,
    paid: eur(33_180),
  });
});

test('without a variant all of the item are meant', () => {
  const [card] = cards;
  if (!card) throw new Error('The shelf has a first item.');
  expect(variantsOf(card, '')).toHaveLength(4);
  expect(variantsOf(card, 'var_1_M')).toEqual(['var_1_M']);
});

test('several runs are one progress', () => {
  const run = (state: MistakeView['state'], settled: number): MistakeView => ({
    id: state,
    show_id: null,
    item_id: null,
    variant_id: 'v',
    title: '',
    wrong_price: eur(790),
    from_at: '',
    to_at: '',
    remedy: 'refund',
    state,
    item_stopped: true,
    orders: 20,
    settled,
    skipped: 0,
    created_at: '',
    starts_at: '1970-01-01T00:01:00Z',
    finished_at: null,
  });
  expect(progressOf([run('waiting', 0), run('waiting', 0)])).toEqual({
    state: 'waiting',
    settled: 0,
    orders: 40,
    undoUntilMs: 60_000,
  });
  expect(progressOf([run('done', 20), run('running', 5)])).toMatchObject({
    state: 'running',
    settled: 25,
    undoUntilMs: null,
  });
  expect(progressOf([run('done', 20), run('done', 20)]).state).toBe('done');
});
