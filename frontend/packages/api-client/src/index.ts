/** The server's HTTP API, typed. Knows addresses, CSRF, idempotency and problems; knows no element. */
export { type ApiClient, type ApiOptions, createApi } from './api.ts';
export type { Answer, Ask, OperationName, OperationOptions } from './operation.ts';
export { asProblem, Problem } from './problem.ts';
export { type CallOptions, createTransport, newIdempotencyKey, type Transport } from './transport.ts';
export type * from './types.ts';
