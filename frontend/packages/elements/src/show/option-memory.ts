/** The options bought last ("M", "Navy"), kept in this browser so that they are chosen first next time. */

const KEY = 'shopcast.options';

export function lastOptions(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberOptions(options: readonly string[]): void {
  if (options.length === 0) return;
  try {
    localStorage.setItem(KEY, JSON.stringify(options));
  } catch {
    // Storage is closed to us; the first size in stock is chosen next time.
  }
}
