// What a person typed as an amount, to integer minor units; never through a float.

const FRACTION = /^(\d{1,12})(?:[.,](\d+))?$/;

export type ParsedAmount =
  | { readonly minor: number }
  | { readonly problem: 'empty' | 'not_a_number' | 'too_many_digits' | 'too_large' };

/** Largest price a form accepts, in minor units: far above any shelf price and far inside an exact double. */
const LARGEST_MINOR = 100_000_000_000;

export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Accepts "12", "12.5", "12,50" and full-width digits; refuses thousands marks, because "1,234" is ambiguous. */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const plain = text.normalize('NFKC').replace(/[\s€$£¥]/g, '');
  if (plain === '') return { problem: 'empty' };
  const match = FRACTION.exec(plain);
  if (!match) return { problem: 'not_a_number' };
  const digits = minorDigits(currency);
  const fraction = match[2] ?? '';
  if (fraction.length > digits) return { problem: 'too_many_digits' };
  const minor = Number(`${match[1]}${fraction.padEnd(digits, '0')}`);
  return minor > LARGEST_MINOR ? { problem: 'too_large' } : { minor };
}

/** The same amount as plain text for an input: 1250 EUR → "12.50". */
export function amountText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(minor).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
