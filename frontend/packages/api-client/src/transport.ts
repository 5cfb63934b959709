/** One call: base address, JSON, CSRF header, Idempotency-Key, time limit, problems. */
import { Problem, problemFrom } from './problem.ts';

export interface CallOptions {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  /** A form or a file goes as it is. */
  form?: FormData;
  /** One key per intention of the person; the same key for every repetition of it. */
  idempotencyKey?: string;
  bearer?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Goes on when the page is closed meanwhile. */
  keepalive?: boolean;
}

export interface TransportOptions {
  baseUrl?: string;
  fetch?: typeof fetch;
  /** Reads the double-submit token; by default the cookie the server set for it. */
  csrf?: () => string;
  language?: () => string;
}

export type Transport = <Result>(method: string, path: string, options?: CallOptions) => Promise<Result>;

/** Longer than the server's own limit for any request, so that its refusal arrives first. */
const TIMEOUT_MS = 15_000;

const SAFE_METHODS = new Set(['GET', 'HEAD']);

export function newIdempotencyKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  // A page opened by plain http from another machine has no randomUUID.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function csrfCookie(): string {
  if (typeof document === 'undefined') return '';
  const value = /(?:^|;\s*)shopcast_csrf=([^;]*)/.exec(document.cookie)?.[1];
  return value ? decodeURIComponent(value) : '';
}

function address(base: string, path: string, query: CallOptions['query']): string {
  const pairs = Object.entries(query ?? {}).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  if (pairs.length === 0) return base + path;
  return `${base}${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

export function createTransport(options: TransportOptions = {}): Transport {
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  const base = options.baseUrl ?? '';
  const csrf = options.csrf ?? csrfCookie;

  return async <Result>(method: string, path: string, call: CallOptions = {}): Promise<Result> => {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    if (!SAFE_METHODS.has(method)) headers['X-CSRF-Token'] = csrf();
    if (call.idempotencyKey) headers['Idempotency-Key'] = call.idempotencyKey;
    if (call.bearer) headers.Authorization = `Bearer ${call.bearer}`;
    if (options.language) headers['Accept-Language'] = options.language();

    const limit = AbortSignal.timeout(call.timeoutMs ?? TIMEOUT_MS);
    const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit;
    let response: Response;
    try {
      response = await send(address(base, path, call.query), {
        method,
        headers,
        signal,
        credentials: 'same-origin',
        ...(call.keepalive ? { keepalive: true } : {}),
        body: call.form ?? (call.body === undefined ? null : JSON.stringify(call.body)),
      });
    } catch (error) {
      if (call.signal?.aborted) throw error;
      throw new Problem(limit.aborted ? 'timeout' : 'offline', 0, '');
    }
    if (!response.ok) throw await problemFrom(response);
    if (response.status === 204 || response.headers.get('Content-Length') === '0') return undefined as Result;
    return (await response.json()) as Result;
  };
}
