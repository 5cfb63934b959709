// Whether the price written into a cue is a price a buyer would pay.

export interface SaidPrice {
  readonly amount_minor: number;
  readonly currency: string;
}
export interface Priced {
  readonly currency: string;
  readonly price_minor: number;
  readonly variants: readonly { readonly price_minor: number }[];
}

/** True when nothing is said, or when some variant costs exactly what is said. */
export function priceMatches(said: SaidPrice | null, item: Priced | null): boolean {
  if (said === null || item === null) return true;
  if (said.currency !== item.currency) return false;
  const prices = item.variants.length > 0 ? item.variants.map((variant) => variant.price_minor) : [item.price_minor];
  return prices.includes(said.amount_minor);
}
