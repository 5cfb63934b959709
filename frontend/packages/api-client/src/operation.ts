/** One call by its name in the server's description, so that a wrong address, query, body or answer does not compile. */
import type { Operations } from './generated.ts';
import type { CallOptions, Transport } from './transport.ts';

export type OperationName = keyof Operations;
export type Answer<Name extends OperationName> = Operations[Name]['answer'];

type Part<Name extends string> = Name extends `${string}{${infer Field}}${infer Rest}` ? Field | Part<Rest> : never;

type PathOf<Name extends OperationName> = [Part<Name>] extends [never]
  ? { path?: undefined }
  : { path: Record<Part<Name>, string> };

type BodyOf<Name extends OperationName> = undefined extends Operations[Name]['body']
  ? { body?: undefined }
  : null extends Operations[Name]['body']
    ? { body?: Operations[Name]['body'] }
    : { body: Operations[Name]['body'] };

type QueryOf<Name extends OperationName> = undefined extends Operations[Name]['query']
  ? { query?: undefined }
  : { query?: Operations[Name]['query'] };

export type OperationOptions<Name extends OperationName> = PathOf<Name> &
  BodyOf<Name> &
  QueryOf<Name> &
  Omit<CallOptions, 'body' | 'query' | 'form'>;

export type Ask = <Name extends OperationName>(name: Name, options: OperationOptions<Name>) => Promise<Answer<Name>>;

export function createAsk(call: Transport): Ask {
  return (name, options) => {
    const space = name.indexOf(' ');
    const parts = (options.path ?? {}) as Readonly<Record<string, string>>;
    const path = name
      .slice(space + 1)
      .replace(/\{(\w+)\}/g, (_whole, field: string) => encodeURIComponent(parts[field] ?? ''));
    return call(name.slice(0, space), path, options);
  };
}
