import { expect, test } from 'vitest';
import { cards } from '../../../dev/fixtures.ts';
import { drops } from '../../../dev/fixtures_selling.ts';
import { type DropDraft, draftOfDrop, dropBody, dropProblems, newDrop } from '../drop_draft.ts';

const dress = cards[6];
const NOW = Date.parse('2026-11-22T19:00:00Z');
const draft = (extra: Partial<DropDraft> = {}): DropDraft => ({
  ...newDrop('itm_7', 'Europe/Berlin'),
  price: '69',
  quantity: '120',
  ...extra,
});

test('a drop is below the price of what it covers', () => {
  expect(dropProblems(draft(), dress, NOW)).toEqual({});
  expect(dropProblems(draft({ price: '83' }), dress, NOW)).toEqual({ price: 'drop_form.price_high' });
  expect(dropProblems(draft({ price: '79', variantId: 'var_7_M' }), dress, NOW).price).toBe('drop_form.price_high');
  expect(dropProblems(draft({ price: '0' }), dress, NOW)).toEqual({ price: 'drop_form.price_zero' });
  expect(dropProblems(draft(), undefined, NOW)).toEqual({ item: 'drop_form.item_needed' });
});

test.each([
  [{ quantity: '0' }, 'quantity'],
  [{ perCustomer: '121' }, 'per_customer'],
  [{ perCustomer: '101' }, 'per_customer'],
  [{ countdown: '9' }, 'countdown'],
  [{ countdown: '301' }, 'countdown'],
  [{ minutes: '21' }, 'duration'],
  [{ isScheduled: true }, 'starts_at'],
  [{ isScheduled: true, wall: '2026-11-22T19:59' }, 'starts_at'],
])('%j is refused at %s', (extra, field) => {
  expect(Object.keys(dropProblems(draft(extra), dress, NOW))).toEqual([field]);
});

test('what is sent is in minor units, seconds and instants', () => {
  expect(dropBody(draft({ perCustomer: '', isScheduled: true, wall: '2026-11-22T20:30' }), 'EUR')).toEqual({
    item_id: 'itm_7',
    variant_id: null,
    price_minor: 6900,
    quantity: 120,
    per_customer: null,
    countdown_s: 30,
    duration_s: 300,
    starts_at: '2026-11-22T19:30:00.000Z',
  });
});

test('a planned one comes back from its draft as it was', () => {
  const [, scheduled] = drops;
  if (!scheduled) throw new Error('The second is scheduled.');
  expect(dropBody(draftOfDrop(scheduled, 'Asia/Shanghai'), 'EUR')).toMatchObject({
    price_minor: 15_900,
    quantity: 4,
    per_customer: 1,
    starts_at: scheduled.starts_at,
  });
});
