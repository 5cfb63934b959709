// Countries and currencies by their names in the page's language.
import { locale } from '@shopcast/format/i18n.ts';

/** Where the built-in tax and shipping tables have rows, and the large live-selling markets. */
const COUNTRIES = [
  'AT',
  'AU',
  'BE',
  'BR',
  'CA',
  'CH',
  'CN',
  'CZ',
  'DE',
  'DK',
  'ES',
  'FI',
  'FR',
  'GB',
  'GR',
  'HK',
  'HU',
  'ID',
  'IE',
  'IN',
  'IT',
  'JP',
  'KR',
  'LU',
  'MX',
  'MY',
  'NL',
  'NO',
  'NZ',
  'PH',
  'PL',
  'PT',
  'RO',
  'SE',
  'SG',
  'TH',
  'TR',
  'TW',
  'US',
  'VN',
  'ZA',
];
const CURRENCIES = [
  'EUR',
  'USD',
  'GBP',
  'CNY',
  'JPY',
  'KRW',
  'HKD',
  'TWD',
  'SGD',
  'AUD',
  'CAD',
  'CHF',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'BRL',
  'MXN',
  'INR',
  'IDR',
  'THB',
  'VND',
  'ZAR',
];

type Choice = { value: string; label: string };

export function countryChoices(own: string): Choice[] {
  const names = new Intl.DisplayNames([locale()], { type: 'region' });
  return withOwn(COUNTRIES, own)
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, locale()));
}

export function currencyChoices(own: string): Choice[] {
  const names = new Intl.DisplayNames([locale()], { type: 'currency' });
  return withOwn(CURRENCIES, own).map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
}

function withOwn(known: readonly string[], own: string): string[] {
  return own === '' || known.includes(own) ? [...known] : [own, ...known];
}
