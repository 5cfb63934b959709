// A cue while it is being written: texts as typed, turned into what the server takes only when they are whole.
import type { Card, Cue, Money } from '../types.ts';
import { amountText, parseAmount } from './money_input.ts';
import { priceMatches } from './price_said.ts';

export interface CueDraft {
  /** Stays with the row while it moves; new rows have no id yet. */
  readonly key: string;
  readonly id: string | null;
  readonly minutes: string;
  readonly itemId: string | null;
  readonly script: string;
  readonly claims: string;
  readonly price: string;
  readonly done: boolean;
}

export interface CueBody {
  readonly id?: string;
  readonly item_id: string | null;
  readonly minutes: number;
  readonly script: string;
  readonly claims_allowed: string;
  readonly price_said: Money | null;
}

const USUAL_MINUTES = 5;
const LONGEST_MINUTES = 240;

export function draftCues(cues: readonly Cue[]): CueDraft[] {
  return cues.map((cue) => ({
    key: cue.id,
    id: cue.id,
    minutes: String(cue.minutes),
    itemId: cue.item_id,
    script: cue.script,
    claims: cue.claims_allowed,
    price: cue.price_said ? amountText(cue.price_said.amount_minor, cue.price_said.currency) : '',
    done: cue.done_at !== null,
  }));
}

let made = 0;

export function newCue(item?: Pick<Card, 'id' | 'price_minor' | 'currency' | 'claim'>): CueDraft {
  made += 1;
  return {
    key: `new-${made}`,
    id: null,
    minutes: String(USUAL_MINUTES),
    itemId: item?.id ?? null,
    script: '',
    claims: item?.claim ?? '',
    price: item ? amountText(item.price_minor, item.currency) : '',
    done: false,
  };
}

export function priceNote(
  text: string,
  item: Pick<Card, 'currency' | 'price_minor' | 'variants'> | null,
): 'none' | 'wrong' | 'differs' {
  if (item === null || text.trim() === '') return 'none';
  const parsed = parseAmount(text, item.currency);
  if ('problem' in parsed) return 'wrong';
  return priceMatches({ amount_minor: parsed.minor, currency: item.currency }, item) ? 'none' : 'differs';
}

/** Null when a field does not hold what it must; the row says which. */
export function cueBody(
  draft: CueDraft,
  items: readonly Pick<Card, 'id' | 'currency' | 'price_minor' | 'variants'>[],
): CueBody | null {
  const minutes = Number(draft.minutes);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > LONGEST_MINUTES) return null;
  const item = items.find((one) => one.id === draft.itemId) ?? null;
  if (priceNote(draft.price, item) === 'wrong') return null;
  const parsed = item ? parseAmount(draft.price, item.currency) : null;
  const price_said =
    item && parsed && 'minor' in parsed ? { amount_minor: parsed.minor, currency: item.currency } : null;
  const body = {
    item_id: draft.itemId,
    minutes,
    script: draft.script.trim(),
    claims_allowed: draft.claims.trim(),
    price_said,
  };
  return draft.id === null ? body : { id: draft.id, ...body };
}
