// The story of an order: its events in the order they happened, each with what the reader may open.
import type { Money, Order } from '../types.ts';

export interface Chapter {
  readonly at: string;
  /** Names the sentence; its parameters stand beside it. */
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly tone: 'plain' | 'good' | 'danger';
}

const REFUND_STATES = new Set(['requested', 'refunded', 'failed']);

export function orderStory(order: Order, money: (amount: Money) => string): Chapter[] {
  const chapters: Chapter[] = [];
  const add = (
    at: string | null | undefined,
    key: string,
    params: Chapter['params'] = {},
    tone: Chapter['tone'] = 'plain',
  ) => {
    if (at) chapters.push({ at, key, params, tone });
  };
  for (const line of order.lines) add(line.opened_at, 'story.opened', { title: line.title, source: line.source });
  add(order.placed_at, 'story.placed', { email: order.email });
  add(
    order.paid_at,
    'story.paid',
    { label: order.payments.find((payment) => payment.at !== null)?.label ?? '–' },
    'good',
  );
  add(order.packed_at, 'story.packed');
  add(order.cancelled_at, 'story.cancelled', {}, 'danger');
  for (const refund of order.refunds)
    add(
      refund.created_at,
      `story.refund_${REFUND_STATES.has(refund.state) ? refund.state : 'requested'}`,
      { amount: money(refund.amount) },
      refund.state === 'failed' ? 'danger' : 'plain',
    );
  // Same instant keeps the order of the list above, which is the order of causes.
  return chapters
    .map((chapter, index) => ({ chapter, index }))
    .sort((a, b) => Date.parse(a.chapter.at) - Date.parse(b.chapter.at) || a.index - b.index)
    .map(({ chapter }) => chapter);
}
