// A typed exchange rate as the decimal text the server takes; never through a float.

/** Up to twelve places, above zero; null when it is none. */
export function rateText(typed: string): string | null {
  const match = /^(\d{1,9})(?:[.,](\d{1,12}))?$/.exec(typed.normalize('NFKC').trim());
  if (!match || !/[1-9]/.test(typed.normalize('NFKC'))) return null;
  return match[2] ? `${match[1]}.${match[2]}` : `${match[1]}`;
}
