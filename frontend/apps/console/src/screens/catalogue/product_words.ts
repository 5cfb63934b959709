// A product's price and stock in a few words.
import { formatMoney } from '@shopcast/format';
import type { Product } from '../../types.ts';

export function fromPrice(product: Product): string {
  const [first] = product.variants ?? [];
  if (!first) return '–';
  const prices = product.variants.map((variant) => variant.price_minor);
  const low = formatMoney({ amount_minor: Math.min(...prices), currency: first.currency });
  const high = formatMoney({ amount_minor: Math.max(...prices), currency: first.currency });
  return low === high ? low : `${low} – ${high}`;
}

/** What can still be sold, over all variants. */
export function free(product: Product): number {
  return (product.variants ?? []).reduce((sum, variant) => sum + variant.left, 0);
}
