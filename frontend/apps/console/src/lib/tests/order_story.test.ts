import { expect, test } from 'vitest';
import { order, progress } from '../../../dev/fixtures_orders.ts';
import { orderStory } from '../order_story.ts';

const money = ({ amount_minor }: { amount_minor: number }) => String(amount_minor);

test('what happened is told in its order, once each, with where to read on', () => {
  const story = orderStory(order('ord_1'), progress('ord_1'), money);
  expect(story.map((one) => one.key)).toEqual([
    'story.opened_more',
    'story.placed',
    'story.paid',
    'story.part_cancelled',
    'story.shipped',
    'story.return_requested',
  ]);
  expect(story[4]).toMatchObject({ params: { number: 1, n: 1, carrier: 'DHL 00340434161094042557' } });
  expect(story[5]?.href).toBe('/returns/ret_1');
});

test('a refund that went through is told as one', () => {
  const refunded = orderStory(order('ord_5'), null, money);
  expect(refunded.at(-1)).toMatchObject({ key: 'story.refund_succeeded', params: { amount: '17550' } });
});

test('a parcel taken back has not left', () => {
  const now = progress('ord_1');
  const undone = { ...now, shipments: now.shipments.map((parcel) => ({ ...parcel, state: 'undone' as const })) };
  expect(orderStory(order('ord_1'), undone, money).map((one) => one.key)).not.toContain('story.shipped');
});
