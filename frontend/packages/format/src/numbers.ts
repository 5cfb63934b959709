/** Counts of people and things. */
import { locale } from './i18n.ts';

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

/** 12,340 becomes "12K" or "1.2万": for counts that need no last digit. */
export function compactNumber(value: number): string {
  return new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}
