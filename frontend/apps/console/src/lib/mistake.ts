// A price that was typed wrong: which pieces of an item it touched, added up over its variants; pure.
import type { AffectedOrders, Card, MistakeView, Money } from '../types.ts';

export interface Touched {
  readonly orders: number;
  readonly units: number;
  readonly sent: number;
  readonly paid: Money;
}

/** Orders that bought two variants are counted once, as far as they were listed. */
export function touched(found: readonly AffectedOrders[], currency: string): Touched {
  const listed = new Set(found.flatMap((one) => one.items.map((order) => order.order_id)));
  const counted = found.reduce((sum, one) => sum + one.orders, 0);
  const rows = found.reduce((sum, one) => sum + one.items.length, 0);
  return {
    orders: listed.size + (counted - rows),
    units: found.reduce((sum, one) => sum + one.units, 0),
    sent: found.reduce((sum, one) => sum + one.items.reduce((some, order) => some + order.sent, 0), 0),
    paid: { amount_minor: found.reduce((sum, one) => sum + one.paid.amount_minor, 0), currency },
  };
}

/** The variants that may have been sold at the wrong price: one when it is named, else all of the item. */
export function variantsOf(card: Card, variantId: string): string[] {
  return variantId === '' ? card.variants.map((one) => one.id) : [variantId];
}

export interface Progress {
  readonly state: 'waiting' | 'running' | 'done' | 'undone';
  readonly settled: number;
  readonly orders: number;
  /** Until it may be taken back; null when it is too late. */
  readonly undoUntilMs: number | null;
}

/** Several runs as one: done when all are, to be undone while none has begun. */
export function progressOf(runs: readonly MistakeView[]): Progress {
  const isAll = (state: MistakeView['state']) => runs.every((run) => run.state === state);
  const state = isAll('undone') ? 'undone' : isAll('done') ? 'done' : isAll('waiting') ? 'waiting' : 'running';
  return {
    state,
    settled: runs.reduce((sum, run) => sum + run.settled + run.skipped, 0),
    orders: runs.reduce((sum, run) => sum + run.orders, 0),
    undoUntilMs: state === 'waiting' ? Math.min(...runs.map((run) => Date.parse(run.starts_at))) : null,
  };
}
