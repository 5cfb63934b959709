/** Choosing among variants by their options. Pure. */
import type { CardVariant } from '@shopcast/api-client';

/**
 * The variant that has `value` as its option number `index` and keeps the other chosen options; when there is none (or it
 * is sold out), the first one in stock with that value, then any.
 */
export function variantByOptions(
  variants: readonly CardVariant[],
  chosen: CardVariant | null,
  index: number,
  value: string,
): CardVariant | null {
  const having = variants.filter((one) => (one.options[index] ?? one.title) === value);
  const same = having.find((one) => one.options.every((option, at) => at === index || option === chosen?.options[at]));
  if (same && same.left > 0) return same;
  return having.find((one) => one.left > 0) ?? same ?? having[0] ?? null;
}

/** The variant like the one bought or asked for before: "M" stays chosen from item to item. */
export function preferredVariant(variants: readonly CardVariant[], words: readonly string[]): CardVariant | undefined {
  const wanted = words.map((word) => word.toLowerCase());
  return variants.find((one) => one.left > 0 && one.options.some((option) => wanted.includes(option.toLowerCase())));
}
