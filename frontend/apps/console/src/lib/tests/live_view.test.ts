import { emptyState } from '@shopcast/room-client';
import { expect, test } from 'vitest';
import { manage } from '../../../dev/fixtures.ts';
import { liveView } from '../live_view.ts';
import { mostWanted, nextItem } from '../next_item.ts';

const NOW = Date.parse('2026-11-22T19:42:00Z');
const card = (number: number, left = 5, hidden = false) => ({ id: `i${number}`, number, left, hidden });
const shelf = (...cards: ReturnType<typeof card>[]) =>
  [cards.map((one) => one.id), Object.fromEntries(cards.map((one) => [one.id, one]))] as const;

test('next is the one after what is on air, past hidden and sold-out ones, and around the end', () => {
  const [order, items] = shelf(card(1), card(2, 0), card(3, 5, true), card(4));
  expect(nextItem(order, items, 'i1')?.number).toBe(4);
  expect(nextItem(order, items, 'i4')?.number).toBe(1);
  expect(nextItem(order, items, null)?.number).toBe(1);
});

test('with everything sold out the next visible one is still offered; an empty shelf offers nothing', () => {
  const [order, items] = shelf(card(1, 0), card(2, 0));
  expect(nextItem(order, items, 'i1')?.number).toBe(2);
  expect(nextItem([], {}, null)).toBeNull();
});

test('the most wanted is not what is on air; of equals the one waiting longest', () => {
  const ask = (number: number, count: number, since_ms: number) => ({ item_id: `i${number}`, number, count, since_ms });
  expect(mostWanted([ask(1, 9, 0), ask(2, 4, 500), ask(3, 4, 100)], 'i1')?.number).toBe(3);
  expect(mostWanted([ask(1, 9, 0)], 'i1')).toBeNull();
});

test('the cue card warns when what is said is not what the shop asks', () => {
  const view = liveView(manage('shw_1'), null, 'cue_4', NOW);
  expect([view.cueNumber, view.cueCard?.number, view.saidIsWrong, view.cueAfter?.id]).toEqual([4, 7, true, 'cue_5']);
  expect(liveView(manage('shw_1'), null, 'cue_5', NOW).saidIsWrong).toBe(false);
});

test('hidden items, veiled in the room, keep their words for the staff', () => {
  const shown = manage('shw_1');
  const items = Object.fromEntries(
    shown.items.map((item) => [item.id, item.hidden ? { ...item, title: '', variants: [] } : item]),
  );
  const room = {
    ...emptyState(),
    items,
    order: shown.items.map((item) => item.id),
    on_air: { item_id: 'itm_12', moment_id: 'm', since_ms: NOW - 1000 },
  };
  expect(liveView(shown, room, null, NOW).onAir?.card.title).toBe("Children's bobble hat");
});

test('an interrupted show counts down to its grace, from the room or from the show itself', () => {
  const shown = manage('shw_5');
  expect(liveView(shown, null, null, NOW).graceLeftMs).toBe(84_000);
  const room = { ...emptyState(), show: { state: 'interrupted' as const, grace_until_ms: NOW - 5 } };
  expect(liveView(shown, room, null, NOW).graceLeftMs).toBe(0);
});
