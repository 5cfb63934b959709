// How many pieces of which lines go into a parcel, a cancellation or a refund; pure.
import { wholeNumber } from './whole_number.ts';

export interface Countable {
  readonly lineId: string;
  readonly title: string;
  readonly variant: string;
  /** The most that can be chosen; a line with none is not offered. */
  readonly most: number;
}

export type Counts = Readonly<Record<string, string>>;

export function allOf(lines: readonly Countable[]): Counts {
  return Object.fromEntries(lines.map((line) => [line.lineId, String(line.most)]));
}

export function noneOf(lines: readonly Countable[]): Counts {
  return Object.fromEntries(lines.map((line) => [line.lineId, '0']));
}

export interface Chosen {
  readonly lines: readonly { readonly line_id: string; readonly quantity: number }[];
  readonly units: number;
  /** Everything there was to choose. */
  readonly isAll: boolean;
}

/** Null when a number is wrong or nothing is chosen. */
export function chosen(lines: readonly Countable[], counts: Counts): Chosen | null {
  const read = lines.map((line) => ({ line, quantity: wholeNumber(counts[line.lineId] ?? '0', 0, line.most) }));
  const picked: { line_id: string; quantity: number }[] = [];
  for (const { line, quantity } of read) {
    if (quantity === null) return null;
    if (quantity > 0) picked.push({ line_id: line.lineId, quantity });
  }
  const units = picked.reduce((sum, one) => sum + one.quantity, 0);
  const all = lines.reduce((sum, line) => sum + line.most, 0);
  return units === 0 ? null : { lines: picked, units, isAll: units === all };
}
