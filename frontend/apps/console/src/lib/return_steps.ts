// How far a return has come, and what a person typed at the reception and the inspection table; pure.
import type { Acceptance, Cause, Reception, ReturnItemView, ReturnView } from '../types.ts';
import { parseAmount } from './money_input.ts';
import { wholeNumber } from './whole_number.ts';

export type Step = 'asked' | 'decided' | 'arrived' | 'inspected' | 'refunded';
export interface StepFace {
  readonly step: Step;
  readonly state: 'done' | 'now' | 'later' | 'refused';
}

const STEPS: readonly Step[] = ['asked', 'decided', 'arrived', 'inspected', 'refunded'];
const SETTLED: ReadonlySet<Acceptance> = new Set(['accepted', 'rejected']);

/** The five separate matters, in the order they happen; only one is "now". */
export function returnSteps(view: Pick<ReturnView, 'state' | 'items' | 'refunds' | 'to_refund'>): StepFace[] {
  const isRefused = view.state === 'rejected' || view.state === 'cancelled';
  const units = (pick: (item: ReturnItemView) => number) => view.items.reduce((sum, item) => sum + pick(item), 0);
  const done: Record<Step, boolean> = {
    asked: true,
    decided: view.state !== 'requested',
    arrived: view.items.length > 0 && view.items.every((item) => item.received > 0 || isGone(item.reception)),
    inspected:
      view.items.length > 0 && view.items.every((item) => SETTLED.has(item.acceptance) || isGone(item.reception)),
    refunded:
      view.state === 'closed' ||
      (units((item) => item.accepted) > 0 &&
        units((item) => item.accepted) === units((item) => item.units_refunded + item.exchanged)),
  };
  const now = isRefused ? -1 : STEPS.findIndex((step) => !done[step]);
  return STEPS.map((step, index) => ({
    step,
    state:
      isRefused && index === 1
        ? 'refused'
        : isRefused && index > 1
          ? 'later'
          : done[step]
            ? 'done'
            : index === now
              ? 'now'
              : 'later',
  }));
}

function isGone(reception: Reception): boolean {
  return reception === 'lost_in_transit' || reception === 'expired' || reception === 'cancelled';
}

export interface ReceiveRow {
  readonly itemId: string;
  readonly received: string;
  readonly others: Reception;
}

export function receiveRows(items: readonly ReturnItemView[]): ReceiveRow[] {
  return items.map((item) => ({ itemId: item.id, received: String(item.quantity), others: 'awaiting' }));
}

/** Null when a number is not one; "others" counts only where fewer came than were announced. */
export function receiveBody(rows: readonly ReceiveRow[], items: readonly ReturnItemView[]) {
  const made = rows.map((row) => {
    const quantity = items.find((item) => item.id === row.itemId)?.quantity ?? 0;
    const received = wholeNumber(row.received, 0, quantity);
    if (received === null) return null;
    const reception: Reception = received === quantity ? 'received' : row.others;
    return { item_id: row.itemId, received, reception };
  });
  return made.includes(null) ? null : { items: made.filter((one) => one !== null) };
}

export interface InspectRow {
  readonly itemId: string;
  readonly accepted: string;
  readonly restock: string;
  readonly withheld: string;
  readonly cause: Cause;
  readonly answer: string;
}

/** The usual case is filled in: all that came is fine and can be sold again. */
export function inspectRows(items: readonly ReturnItemView[]): InspectRow[] {
  return items
    .filter((item) => item.received > 0 && !SETTLED.has(item.acceptance))
    .map((item) => ({
      itemId: item.id,
      accepted: String(item.received),
      restock: String(item.cause === 'damage' ? 0 : item.received),
      withheld: '',
      cause: item.cause,
      answer: '',
    }));
}

export type InspectProblem = 'accepted' | 'restock' | 'withheld' | 'answer';

/** What is wrong in one row: more accepted than came, more restocked than accepted, a refusal without a word. */
export function inspectProblem(row: InspectRow, item: ReturnItemView): InspectProblem | null {
  const accepted = wholeNumber(row.accepted, 0, item.received);
  if (accepted === null) return 'accepted';
  if (wholeNumber(row.restock, 0, accepted) === null) return 'restock';
  const withheld = row.withheld.trim() === '' ? { minor: 0 } : parseAmount(row.withheld, item.withheld.currency);
  if ('problem' in withheld || (withheld.minor > 0 && accepted === 0)) return 'withheld';
  if ((accepted < item.received || withheld.minor > 0) && row.answer.trim() === '') return 'answer';
  return null;
}

/** Only for rows without a problem. */
export function inspectBody(rows: readonly InspectRow[], items: readonly ReturnItemView[]) {
  return {
    items: rows.map((row) => {
      const item = items.find((one) => one.id === row.itemId);
      const withheld = parseAmount(row.withheld, item?.withheld.currency ?? 'EUR');
      return {
        item_id: row.itemId,
        accepted: wholeNumber(row.accepted, 0, item?.received ?? 0) ?? 0,
        restock: wholeNumber(row.restock, 0, item?.received ?? 0) ?? 0,
        withheld_minor: 'minor' in withheld ? withheld.minor : 0,
        cause: row.cause === item?.cause ? null : row.cause,
        answer: row.answer.trim(),
      };
    }),
  };
}
