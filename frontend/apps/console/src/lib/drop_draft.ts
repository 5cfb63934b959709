// A drop as it is being planned: typed fields, what is wrong with them, and what the server is sent.
import type { Card, DropAnswer } from '../types.ts';
import { amountText, parseAmount } from './money_input.ts';
import { wholeNumber } from './whole_number.ts';
import { browserTimeZone, instantOf, wallTime } from './zoned_time.ts';

/** The product's bounds: long enough to gather, short enough to stay an event. */
export const COUNTDOWN_S = { least: 10, most: 300 };
export const DURATION_MIN = { least: 1, most: 20 };
/** The server's bound. */
const PER_CUSTOMER_MOST = 100;
const PIECES = { least: 1, most: 1_000_000 };

export interface DropDraft {
  readonly itemId: string;
  /** Empty: every variant of the item. */
  readonly variantId: string;
  readonly price: string;
  readonly quantity: string;
  readonly perCustomer: string;
  readonly countdown: string;
  readonly minutes: string;
  readonly isScheduled: boolean;
  readonly wall: string;
  readonly timeZone: string;
}

export type DropField = 'item' | 'price' | 'quantity' | 'per_customer' | 'countdown' | 'duration' | 'starts_at';

export function newDrop(itemId: string, timeZone: string): DropDraft {
  return {
    itemId,
    variantId: '',
    price: '',
    quantity: '',
    perCustomer: '2',
    countdown: '30',
    minutes: '5',
    isScheduled: false,
    wall: '',
    timeZone: timeZone || browserTimeZone(),
  };
}

export function draftOfDrop(drop: DropAnswer, timeZone: string): DropDraft {
  return {
    itemId: drop.item_id,
    variantId: drop.variant_id ?? '',
    price: amountText(drop.price.amount_minor, drop.price.currency),
    quantity: String(drop.quantity),
    perCustomer: drop.per_customer === null ? '' : String(drop.per_customer),
    countdown: String(drop.countdown_s),
    minutes: String(Math.round(drop.duration_s / 60)),
    isScheduled: drop.starts_at !== null,
    wall: drop.starts_at ? wallTime(new Date(drop.starts_at), timeZone) : '',
    timeZone,
  };
}

/** The highest price of what the drop covers now: a drop must be below it to be one. */
export function priceNow(card: Card | undefined, variantId: string): number | null {
  if (!card) return null;
  return card.variants.find((one) => one.id === variantId)?.price_minor ?? card.price_max_minor;
}

/** Which fields are wrong, each with the name of its sentence; empty when it can be sent. */
export function dropProblems(
  draft: DropDraft,
  card: Card | undefined,
  nowMs: number,
): Partial<Record<DropField, string>> {
  const problems: Partial<Record<DropField, string>> = {};
  if (!card) return { item: 'drop_form.item_needed' };
  const price = parseAmount(draft.price, card.currency);
  const now = priceNow(card, draft.variantId);
  if ('problem' in price) problems.price = `amount.${price.problem}`;
  else if (price.minor === 0) problems.price = 'drop_form.price_zero';
  else if (now !== null && price.minor >= now) problems.price = 'drop_form.price_high';
  const quantity = wholeNumber(draft.quantity, PIECES.least, PIECES.most);
  if (quantity === null) problems.quantity = 'drop_form.quantity_wrong';
  if (draft.perCustomer.trim() !== '') {
    const most = Math.min(PER_CUSTOMER_MOST, quantity ?? PIECES.most);
    if (wholeNumber(draft.perCustomer, 1, most) === null) problems.per_customer = 'drop_form.per_customer_wrong';
  }
  if (wholeNumber(draft.countdown, COUNTDOWN_S.least, COUNTDOWN_S.most) === null)
    problems.countdown = 'drop_form.countdown_wrong';
  if (wholeNumber(draft.minutes, DURATION_MIN.least, DURATION_MIN.most) === null)
    problems.duration = 'drop_form.duration_wrong';
  if (draft.isScheduled) {
    const start = instantOf(draft.wall, draft.timeZone);
    if (start === null) problems.starts_at = 'drop_form.start_needed';
    else if (start.getTime() <= nowMs) problems.starts_at = 'drop_form.start_past';
  }
  return problems;
}

/** Only for a draft without problems. */
export function dropBody(draft: DropDraft, currency: string) {
  const price = parseAmount(draft.price, currency);
  const start = draft.isScheduled ? instantOf(draft.wall, draft.timeZone) : null;
  return {
    item_id: draft.itemId,
    variant_id: draft.variantId || null,
    price_minor: 'minor' in price ? price.minor : 0,
    quantity: wholeNumber(draft.quantity, PIECES.least, PIECES.most) ?? 0,
    per_customer: draft.perCustomer.trim() === '' ? null : wholeNumber(draft.perCustomer, 1, PIECES.most),
    countdown_s: wholeNumber(draft.countdown, COUNTDOWN_S.least, COUNTDOWN_S.most) ?? COUNTDOWN_S.least,
    duration_s: (wholeNumber(draft.minutes, DURATION_MIN.least, DURATION_MIN.most) ?? DURATION_MIN.least) * 60,
    starts_at: start?.toISOString() ?? null,
  };
}
