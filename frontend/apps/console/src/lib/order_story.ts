// The story of an order: its events in the order they happened, each with what the reader may open.
import type { Money, Order, OrderProgress } from '../types.ts';

export interface Chapter {
  readonly at: string;
  /** Names the sentence; its parameters stand beside it. */
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly tone: 'plain' | 'good' | 'danger';
  /** Where it can be read on: a return, a parcel's own page. */
  readonly href?: string;
}

const REFUND_STATES = new Set(['requested', 'succeeded', 'failed']);
/** Told by their own rows below, with more to say than that they happened. */
const TOLD_ELSEWHERE = new Set(['placed', 'paid', 'packed', 'shipped', 'delivered', 'refunded']);
const RETURN_EVENTS = new Set(['return_requested', 'return_approved', 'return_rejected', 'return_closed']);

export function orderStory(order: Order, progress: OrderProgress | null, money: (amount: Money) => string): Chapter[] {
  const chapters: Chapter[] = [];
  const add = (
    at: string | null | undefined,
    key: string,
    params: Chapter['params'] = {},
    tone: Chapter['tone'] = 'plain',
    href?: string,
  ) => {
    if (at) chapters.push({ at, key, params, tone, ...(href ? { href } : {}) });
  };
  const [first, ...others] = [...order.lines]
    .filter((line) => line.opened_at !== null)
    .sort((a, b) => Date.parse(a.opened_at ?? '') - Date.parse(b.opened_at ?? ''));
  if (first) {
    const params = { title: first.title, source: first.source, n: others.length };
    add(first.opened_at, others.length > 0 ? 'story.opened_more' : 'story.opened', params);
  }
  add(order.placed_at, 'story.placed', { email: order.email });
  add(
    order.paid_at,
    'story.paid',
    { label: order.payments.find((payment) => payment.at !== null)?.label ?? '–' },
    'good',
  );
  add(order.packed_at, 'story.packed');
  for (const parcel of progress?.shipments ?? []) {
    if (parcel.state === 'undone') continue;
    const units = parcel.lines.reduce((sum, line) => sum + line.quantity, 0);
    const params = { number: parcel.number, n: units, carrier: `${parcel.carrier} ${parcel.tracking_number}`.trim() };
    add(parcel.shipped_at, 'story.shipped', params, 'plain', parcel.tracking_url ?? undefined);
    add(parcel.delivered_at, 'story.delivered', { number: parcel.number }, 'good');
  }
  const returns = progress?.returns ?? [];
  for (const entry of progress?.timeline ?? []) {
    if (TOLD_ELSEWHERE.has(entry.what) || (entry.what === 'cancelled' && order.cancelled_at !== null)) continue;
    const only = returns.length === 1 && RETURN_EVENTS.has(entry.what) ? returns[0] : undefined;
    const tone = entry.what === 'cancelled' || entry.what === 'return_rejected' ? 'danger' : 'plain';
    add(
      entry.at,
      `story.${entry.what === 'cancelled' ? 'part_cancelled' : entry.what}`,
      {},
      tone,
      only && `/returns/${only.id}`,
    );
  }
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
