/** The page's language and its words. English and Simplified Chinese are written by hand; nothing falls back silently. */

export type Language = 'en' | 'zh';
type Messages = Record<string, string>;
type Params = Record<string, string | number>;

const LOCALES: Record<Language, string> = { en: 'en-GB', zh: 'zh-CN' };
const tables: Record<Language, Messages> = { en: {}, zh: {} };
const listeners = new Set<() => void>();
let current: Language = 'en';

export function language(): Language {
  return current;
}

export function locale(): string {
  return LOCALES[current];
}

/** Adds an app's words. A key written twice is a mistake that shows at once. */
export function addMessages(en: Messages, zh: Messages): void {
  for (const [table, added] of [
    [tables.en, en],
    [tables.zh, zh],
  ] as const) {
    for (const [key, text] of Object.entries(added)) {
      if (key in table && table[key] !== text) throw new Error(`The message ${key} is defined twice.`);
      table[key] = text;
    }
  }
}

export function setLanguage(next: Language): void {
  if (next === current) return;
  current = next;
  for (const listener of listeners) listener();
}

/** Called after each change of language; returns how to stop. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The cookie wins, then what the shell was rendered in, then the browser's first language. */
export function chooseLanguage(cookie: string, htmlLanguage: string, browserLanguage: string): Language {
  const chosen = /(?:^|;\s*)language=(en|zh)/.exec(cookie)?.[1] ?? (htmlLanguage || browserLanguage);
  return chosen.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/**
 * The text of a key. `{name}` is replaced by a parameter; `{n|one|other}` chooses by the plural of a number,
 * in which `#` is the number itself.
 */
export function t(key: string, params: Params = {}): string {
  const text = tables[current][key] ?? tables.en[key];
  if (text === undefined) return key;
  return text.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (_whole, name: string, one?: string, other?: string) => {
    const value = params[name];
    const shown = typeof value === 'number' ? new Intl.NumberFormat(locale()).format(value) : String(value ?? '');
    if (one === undefined || other === undefined) return shown;
    const form = new Intl.PluralRules(locale()).select(Number(value)) === 'one' ? one : other;
    return form.replace('#', shown);
  });
}
