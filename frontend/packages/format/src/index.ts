/** How numbers, money, times and words are shown. Owns the language of the page; knows no element and no address. */
export { addMessages, chooseLanguage, type Language, language, onLanguage, setLanguage, t } from './i18n.ts';
export { formatMoney, type Money, minorDigits, moneyParts, parseMoney } from './money.ts';
export { compactNumber, formatNumber } from './numbers.ts';
export {
  clockTime,
  countdown,
  dateTime,
  day,
  dayRange,
  duration,
  forPicker,
  relative,
  timeOfDay,
  withOffset,
} from './time.ts';
