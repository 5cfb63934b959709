/** Money as integer minor units; a float exists only in the moment of display. */
import { locale } from './i18n.ts';

export interface Money {
  amount_minor: number;
  currency: string;
}

function formatter(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale(), { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
}

export function minorDigits(currency: string): number {
  return formatter(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

export function formatMoney(money: Money): string {
  return formatter(money.currency).format(money.amount_minor / 10 ** minorDigits(money.currency));
}

export interface MoneyPart {
  text: string;
  /** Large: the whole units. Small: symbol, decimal mark and cents, which look.md wants small. */
  large: boolean;
}

/** The same text as formatMoney in parts, so that whole units can be set large. */
export function moneyParts(money: Money): MoneyPart[] {
  const digits = minorDigits(money.currency);
  return formatter(money.currency)
    .formatToParts(money.amount_minor / 10 ** digits)
    .map(({ type, value }) => ({ text: value, large: type === 'integer' || type === 'group' || type === 'minusSign' }));
}

/** Reads "12.50" or "12,50" as typed by a person; null when it is no amount or has too many digits. */
export function parseMoney(text: string, currency: string): Money | null {
  const digits = minorDigits(currency);
  const match = /^\s*(\d{1,12})(?:[.,](\d{1,3}))?\s*$/.exec(text);
  if (!match) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > digits) return null;
  return { amount_minor: Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, '0') || 0), currency };
}
