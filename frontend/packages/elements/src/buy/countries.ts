/** Countries a form offers, named by the browser in the page's language. Whether one is served is the server's answer. */
import { language } from '@shopcast/format';

const CODES =
  'AT AU BE BG BR CA CH CN CY CZ DE DK EE ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KR LI LT LU LV MO MT MX MY NL NO NZ PH PL PT RO SE SG SI SK TH TR TW UA US VN ZA'.split(
    ' ',
  );

export function countryChoices(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language() === 'zh' ? 'zh-CN' : 'en-GB', { type: 'region' });
  return CODES.map((value) => ({ value, label: names.of(value) ?? value })).sort((a, b) =>
    a.label.localeCompare(b.label, language()),
  );
}

export function countryName(code: string): string {
  return new Intl.DisplayNames(language() === 'zh' ? 'zh-CN' : 'en-GB', { type: 'region' }).of(code) ?? code;
}

/** A guess for the first form: the region of the browser's language, or the shop's most likely one. */
export function likelyCountry(languages: readonly string[]): string {
  for (const one of languages) {
    const region = /[-_]([A-Z]{2})$/.exec(one)?.[1];
    if (region && CODES.includes(region)) return region;
  }
  return languages[0]?.startsWith('zh') ? 'CN' : 'DE';
}
