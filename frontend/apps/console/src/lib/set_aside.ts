// Stock set aside for a show, per variant, as it is being typed; pure.
import type { AllocationView, Card } from '../types.ts';
import { wholeNumber } from './whole_number.ts';

export interface AsideRow {
  readonly variantId: string;
  readonly number: number;
  readonly title: string;
  readonly variant: string;
  /** What the show has in all, its buyers' pieces included. */
  readonly given: number;
  /** What the show's buyers took: it cannot be taken back. */
  readonly taken: number;
  /** What everybody can buy besides. */
  readonly free: number;
}

/** One row per variant on the shelf, in the shelf's order; a product that stands twice is shown once. */
export function asideRows(cards: readonly Card[], known: readonly AllocationView[]): AsideRow[] {
  const byVariant = new Map(known.map((one) => [one.variant_id, one]));
  const seen = new Set<string>();
  const rows: AsideRow[] = [];
  for (const card of cards)
    for (const variant of card.variants) {
      if (seen.has(variant.id)) continue;
      seen.add(variant.id);
      const aside = byVariant.get(variant.id);
      rows.push({
        variantId: variant.id,
        number: card.number,
        title: card.title,
        variant: variant.title,
        given: aside?.allocated ?? 0,
        taken: aside?.taken ?? 0,
        free: aside?.left_in_stock ?? variant.left,
      });
    }
  return rows;
}

/** Null when it is no number, less than was taken, or more than there is (and, for who may only lower, than there was). */
export function asideOf(row: AsideRow, text: string, mayRaise: boolean): number | null {
  return wholeNumber(text, row.taken, mayRaise ? row.given + row.free : row.given);
}

/** What changed, for the server; null while something is wrong. */
export function asideChanges(rows: readonly AsideRow[], typed: Readonly<Record<string, string>>, mayRaise: boolean) {
  const lines: { variant_id: string; quantity: number }[] = [];
  for (const row of rows) {
    const text = typed[row.variantId];
    if (text === undefined) continue;
    const quantity = asideOf(row, text, mayRaise);
    if (quantity === null) return null;
    if (quantity !== row.given) lines.push({ variant_id: row.variantId, quantity });
  }
  return lines;
}
