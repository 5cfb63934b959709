import { afterEach, describe, expect, test } from 'vitest';
import { addMessages, chooseLanguage, setLanguage, t } from './i18n.ts';
import { formatMoney, moneyParts, parseMoney } from './money.ts';
import { countdown, dayRange, duration, forPicker, relative, withOffset } from './time.ts';

addMessages(
  { 'test.left': 'Left: {n}', 'test.items': '{n|# item|# items} for {name}', 'test.plain': 'Hello' },
  { 'test.left': '剩 {n} 件', 'test.items': '{name}：{n} 件', 'test.plain': '你好' },
);

afterEach(() => setLanguage('en'));

describe('words', () => {
  test('parameters and plurals are filled in', () => {
    expect(t('test.left', { n: 1200 })).toBe('Left: 1,200');
    expect(t('test.items', { n: 1, name: 'Ada' })).toBe('1 item for Ada');
    expect(t('test.items', { n: 3, name: 'Ada' })).toBe('3 items for Ada');
  });

  test('the language is the one chosen', () => {
    setLanguage('zh');
    expect(t('test.items', { n: 3, name: '小雨' })).toBe('小雨：3 件');
  });

  test('a parameter is never read as a pattern', () => {
    expect(t('test.items', { n: 2, name: '{n}' })).toBe('2 items for {n}');
  });

  test('one key cannot have two texts', () => {
    expect(() => addMessages({ 'test.plain': 'Hi' }, {})).toThrow('test.plain');
  });

  test('the cookie wins over the page, the page over the browser', () => {
    expect(chooseLanguage('a=b; language=zh', 'en', 'en-GB')).toBe('zh');
    expect(chooseLanguage('', 'zh-CN', 'en-GB')).toBe('zh');
    expect(chooseLanguage('', '', 'zh-Hans')).toBe('zh');
    expect(chooseLanguage('language=fr', '', 'fr')).toBe('en');
  });
});

describe('money', () => {
  test('minor units are shown with the digits of the currency', () => {
    expect(formatMoney({ amount_minor: 1250, currency: 'EUR' })).toBe('€12.50');
    expect(formatMoney({ amount_minor: 1250, currency: 'JPY' })).toBe('¥1,250');
    expect(formatMoney({ amount_minor: 1250, currency: 'KWD' })).toContain('1.250');
  });

  test('the parts are the same text, whole units large', () => {
    const parts = moneyParts({ amount_minor: 123456, currency: 'EUR' });
    expect(parts.map((part) => part.text).join('')).toBe('€1,234.56');
    expect(parts.filter((part) => part.large).map((part) => part.text)).toEqual(['1', ',', '234']);
  });

  test('typed amounts are read exactly or refused', () => {
    expect(parseMoney('12,5', 'EUR')).toEqual({ amount_minor: 1250, currency: 'EUR' });
    expect(parseMoney(' 7 ', 'JPY')).toEqual({ amount_minor: 7, currency: 'JPY' });
    expect(parseMoney('1.005', 'EUR')).toBeNull();
    expect(parseMoney('1e3', 'EUR')).toBeNull();
  });
});

describe('time', () => {
  test('positions and countdowns', () => {
    expect(duration(245_900)).toBe('4:05');
    expect(duration(3_845_000)).toBe('1:04:05');
    expect(countdown(1)).toBe('0:01');
    expect(countdown(0)).toBe('0:00');
    expect(countdown(299_001)).toBe('5:00');
  });

  test('days of delivery are calendar days, whatever the reader’s zone', () => {
    // How wide the spaces beside the dash are is the browser's taste.
    expect(dayRange('2026-11-25', '2026-11-27').replaceAll(/\s*–\s*/g, '–')).toBe('25–27 November');
    expect(dayRange('2026-11-30', '2026-12-02').replaceAll(/\s*–\s*/g, '–')).toBe('30 November–2 December');
    expect(dayRange('2026-11-25T00:00:00Z', '2026-11-25')).toBe('25 November');
  });

  test('what was said in one’s own zone keeps its offset', () => {
    const at = new Date(2026, 10, 23, 21, 5);
    expect(forPicker(at)).toBe('2026-11-23T21:05');
    expect(withOffset(at)).toMatch(/^2026-11-23T21:05:00[+-]\d\d:\d\d$/);
    expect(Date.parse(withOffset(at))).toBe(at.getTime());
  });

  test('relative times choose the largest fitting unit', () => {
    expect(relative(5 * 60_000, 0)).toBe('in 5 minutes');
    setLanguage('zh');
    expect(relative(-2 * 3_600_000, 0)).toBe('2小时前');
  });
});
