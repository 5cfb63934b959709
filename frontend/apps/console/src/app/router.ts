// The console's addresses: which screen a path names, and moving between them without a page load.

export interface Route {
  readonly screen: string;
  readonly params: Readonly<Record<string, string>>;
  readonly path: string;
  readonly query: URLSearchParams;
}

const BASE = '/console';

/** First match wins, so fixed words stand before `:id`. */
const PATTERNS: readonly (readonly [pattern: string, screen: string])[] = [
  ['/', 'shows'],
  ['/shows', 'shows'],
  ['/shows/new', 'show-new'],
  ['/shows/:id/live', 'live'],
  ['/shows/:id/numbers', 'numbers'],
  ['/shows/:id', 'show'],
  ['/shows/:id/:tab', 'show'],
  ['/catalogue', 'catalogue'],
  ['/catalogue/new', 'product-new'],
  ['/catalogue/import', 'import'],
  ['/catalogue/import/:id', 'import'],
  ['/catalogue/:id', 'product'],
  ['/orders', 'orders'],
  ['/orders/pick-list', 'pick-list'],
  ['/orders/:id/slip', 'slip'],
  ['/orders/:id', 'order'],
  ['/returns', 'returns'],
  ['/returns/:id', 'return'],
  ['/disputes', 'disputes'],
  ['/disputes/:id', 'dispute'],
  ['/promotions', 'promotions'],
  ['/promotions/new', 'promotion'],
  ['/promotions/try', 'promotion-try'],
  ['/promotions/:id', 'promotion'],
  ['/customers', 'customers'],
  ['/customers/:tab', 'customers'],
  ['/money', 'money'],
  ['/team', 'team'],
  ['/settings', 'settings'],
  ['/settings/:tab', 'settings'],
  ['/health', 'health'],
  ['/health/:tab', 'health'],
];

export function match(pathname: string, search = ''): Route {
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length).replace(/\/+$/, '') || '/' : '/';
  const query = new URLSearchParams(search);
  const words = path.split('/');
  for (const [pattern, screen] of PATTERNS) {
    const expected = pattern.split('/');
    if (expected.length !== words.length) continue;
    const params: Record<string, string> = {};
    const fits = expected.every((word, index) => {
      const actual = words[index] ?? '';
      if (!word.startsWith(':')) return word === actual;
      params[word.slice(1)] = safeDecode(actual);
      return actual !== '';
    });
    if (fits) return { screen, params, path, query };
  }
  return { screen: 'missing', params: {}, path, query };
}

function safeDecode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

export const href = (path: string): string => `${BASE}${path}`;

/** A screen with unsaved work answers false to keep the person on it. */
export type LeaveGuard = () => boolean;

export class Router extends EventTarget {
  #route = match(location.pathname, location.search);
  #guard: LeaveGuard | null = null;

  get route(): Route {
    return this.#route;
  }

  start(): void {
    addEventListener('popstate', () => this.#read());
    addEventListener('beforeunload', (event) => {
      if (this.#guard && !this.#guard()) event.preventDefault();
    });
    document.addEventListener('click', (event) => this.#follow(event));
  }

  guard(guard: LeaveGuard | null): void {
    this.#guard = guard;
  }

  go(path: string, options: { replace?: boolean } = {}): void {
    const target = href(path);
    if (options.replace) history.replaceState(null, '', target);
    else history.pushState(null, '', target);
    this.#read();
  }

  /** Changes filters in the address without leaving the screen or adding a step to go back through. */
  setQuery(changes: Readonly<Record<string, string | null>>): void {
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === '') query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    history.replaceState(null, '', location.pathname + (text ? `?${text}` : ''));
    this.#read();
  }

  #read(): void {
    const before = this.#route.path;
    this.#route = match(location.pathname, location.search);
    if (before !== this.#route.path) {
      this.#guard = null;
      scrollTo(0, 0);
    }
    this.dispatchEvent(new Event('change'));
  }

  #follow(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.composedPath().find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement);
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname !== BASE && !link.pathname.startsWith(`${BASE}/`)) return;
    event.preventDefault();
    if (this.#guard && !this.#guard()) return;
    this.#guard = null;
    this.go(link.pathname.slice(BASE.length) + link.search);
  }
}
