/** What every page does first: language, the shell's data, and putting its element in place. */
import { chooseLanguage, setLanguage } from '@shopcast/format';
import '@shopcast/ui/base.css';

/** The JSON the server put into the page, or null when the page must fetch it. */
export function shellData<Data>(): Data | null {
  const text = document.getElementById('shopcast-data')?.textContent;
  if (!text?.trim()) return null;
  try {
    return JSON.parse(text) as Data;
  } catch {
    return null;
  }
}

export function applyLanguage(): void {
  const language = chooseLanguage(document.cookie, document.documentElement.lang, navigator.language);
  setLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

/** `/shows/shw_1/list` → part(1) is "shw_1". */
export function pathPart(index: number): string {
  return decodeURIComponent(location.pathname.split('/').filter(Boolean)[index] ?? '');
}

export function queryValue(name: string): string {
  return new URLSearchParams(location.search).get(name) ?? '';
}

export function pageName(fallback: string): string {
  return document.body.dataset.page ?? fallback;
}

/** Puts the page's element where the shell wants it. What the server rendered inside stays until it draws. */
export function mount(element: HTMLElement): void {
  const place = document.getElementById('app') ?? document.body;
  place.replaceChildren(element);
}
