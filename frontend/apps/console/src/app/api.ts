// The console's way to the server: verbs over the shared transport, uploads with progress, and safe repetition.
import { type ApiClient, type CallOptions, newIdempotencyKey } from '@shopcast/api-client';

export type Query = CallOptions['query'];

export class Api {
  constructor(readonly client: ApiClient) {}

  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.client.call<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) });
  }

  /** Carries an Idempotency-Key always: where the server does not need it, it does no harm. */
  post<T = void>(path: string, body: unknown = {}, idempotencyKey = newIdempotencyKey()): Promise<T> {
    return this.client.call<T>('POST', path, { body, idempotencyKey });
  }

  patch<T = void>(path: string, body: unknown): Promise<T> {
    return this.client.call<T>('PATCH', path, { body });
  }

  put<T = void>(path: string, body: unknown): Promise<T> {
    return this.client.call<T>('PUT', path, { body });
  }

  delete<T = void>(path: string): Promise<T> {
    return this.client.call<T>('DELETE', path);
  }

  /** A file may take minutes on a phone's line; the limit is for a line that has died. */
  upload<T>(path: string, file: File, name = 'file'): Promise<T> {
    const form = new FormData();
    form.append(name, file);
    return this.client.call<T>('POST', path, { form, idempotencyKey: newIdempotencyKey(), timeoutMs: 300_000 });
  }
}

/** Lists come as a page or, from small endpoints, as a bare array; screens see one shape. */
export function itemsOf<T>(answer: T[] | { items: T[] }): T[] {
  return Array.isArray(answer) ? answer : answer.items;
}
