import type { Order, OrderProgressAnswer } from '@shopcast/api-client';
import { describe, expect, test } from 'vitest';
import { lineFacts, stage, story } from './story.ts';

const order = {
  state: 'paid',
  placed_at: '2026-11-23T20:00:00Z',
  paid_at: '2026-11-23T20:00:02Z',
  packed_at: null,
  shipped_at: null,
  delivered_at: null,
  cancelled_at: null,
} as unknown as Order;

const euro = (amount_minor: number) => ({ amount_minor, currency: 'EUR' });

function progress(part: Partial<OrderProgressAnswer> = {}): OrderProgressAnswer {
  return {
    lines: [
      { line_id: 'lin_1', quantity: 3, cancelled: 0, shipped: 2, to_ship: 1, on_return: 1, refunded: euro(0) },
      { line_id: 'lin_2', quantity: 1, cancelled: 1, shipped: 0, to_ship: 0, on_return: 0, refunded: euro(900) },
    ],
    shipments: [
      {
        id: 'shp_1',
        number: 1,
        state: 'delivered',
        shipped_at: '2026-11-24T09:00:00Z',
        delivered_at: '2026-11-25T11:00:00Z',
      },
      { id: 'shp_0', number: 2, state: 'undone', shipped_at: '2026-11-24T08:00:00Z', delivered_at: null },
    ],
    timeline: [
      { at: '2026-11-23T20:00:00Z', what: 'placed' },
      { at: '2026-11-23T20:00:02Z', what: 'paid' },
      { at: '2026-11-24T09:00:00Z', what: 'shipped' },
      { at: '2026-11-24T10:00:00Z', what: 'cancelled' },
      { at: '2026-11-25T11:00:00Z', what: 'delivered' },
      { at: '2026-11-26T08:00:00Z', what: 'return_requested' },
    ],
    ...part,
  } as unknown as OrderProgressAnswer;
}

describe('where an order stands', () => {
  test('by the order alone', () => {
    expect(stage(order)).toBe('paid');
    expect(stage({ ...order, packed_at: '2026-11-24T08:00:00Z' })).toBe('packed');
    expect(stage({ ...order, shipped_at: '2026-11-24T08:00:00Z' })).toBe('shipped');
    expect(stage({ ...order, state: 'cancelled', shipped_at: '2026-11-24T08:00:00Z' })).toBe('cancelled');
  });

  test('a parcel on its way while others wait is said', () => {
    expect(stage(order, progress())).toBe('partly_shipped');
    expect(stage({ ...order, delivered_at: '2026-11-25T11:00:00Z' }, progress())).toBe('delivered');
    const assumed = { ...progress(), delivery_assumed: true };
    expect(stage({ ...order, delivered_at: '2026-11-25T11:00:00Z' }, assumed)).toBe('partly_shipped');
  });
});

test('the story is told in order, each parcel with its own tracking, undone ones not at all', () => {
  const told = story(order, progress());
  expect(told.map((one) => one.what)).toEqual([
    'placed',
    'paid',
    'shipped',
    'cancelled',
    'delivered',
    'return_requested',
  ]);
  expect(told.filter((one) => one.shipment).map((one) => one.shipment?.id)).toEqual(['shp_1', 'shp_1']);
});

test('without progress the order’s own instants tell it', () => {
  expect(story(order, null).map((one) => one.what)).toEqual(['placed', 'paid']);
});

test('a line says what was sent, what waits, what came back', () => {
  expect(lineFacts(progress(), 'lin_1')).toEqual({
    quantity: 3,
    shipped: 2,
    toShip: 1,
    cancelled: 0,
    onReturn: 1,
    refunded: null,
  });
  expect(lineFacts(progress(), 'lin_2')?.refunded).toEqual(euro(900));
  expect(lineFacts(progress(), 'lin_9')).toBeNull();
});
