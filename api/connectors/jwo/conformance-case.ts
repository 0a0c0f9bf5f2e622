/** What a conformance case is made of. */
import type { Clock } from '../../clock.ts';
import type { ConnectorAuth } from '../connector-auth.ts';
import { errorAnswerSchema } from './outbound-wire.ts';

export interface ConformanceTarget {
  readonly baseUrl: string;
  readonly auth: ConnectorAuth;
  readonly clock: Clock;
  /** A store and a code that the retailer's test system knows. */
  readonly storeId: string;
  readonly validCode: string;
  readonly validSku: string;
  readonly timeoutMs?: number;
}

export type Json = Record<string, unknown>;
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}
export type Send = (path: string, body: unknown, more?: { readonly unsigned?: boolean }) => Promise<Reply>;

export interface ConformanceCase {
  readonly id: string;
  readonly name: string;
  /** Null: passed; else what was found and expected. */
  run(target: ConformanceTarget, send: Send): Promise<string | null>;
}

export const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

export const without = (body: Json, path: string): Json => changed(body, path, undefined);

/** A copy with one member replaced, or left out where the value is undefined; `a.0.b` leads into arrays. */
export function changed(body: Json, path: string, value: unknown): Json {
  const copy = structuredClone(body);
  const parts = path.split('.');
  let at = copy as Record<string, unknown>;
  for (const part of parts.slice(0, -1)) at = at[part] as Record<string, unknown>;
  if (value === undefined) delete at[parts.at(-1)!];
  else at[parts.at(-1)!] = value;
  return copy;
}

export const status = (reply: Reply, ...expected: number[]) =>
  expected.includes(reply.status) ? null : `found status ${reply.status}, expected ${expected.join(' or ')}`;

const refused = (reply: Reply, ...expected: number[]) =>
  status(reply, ...expected) ??
  (errorAnswerSchema.safeParse(reply.body).success
    ? null
    : 'found no errorMsg in the answer, expected {"errorMsg": …}');

export const bad = (reply: Reply) => refused(reply, 400);
export const long = 'x'.repeat(256);

/** A call that nobody signed must not be answered. */
export function unsigned(
  id: string,
  name: string,
  path: string,
  body: (target: ConformanceTarget) => Json,
): ConformanceCase {
  return {
    id,
    name,
    run: async (target, send) => status(await send(path, body(target), { unsigned: true }), 401, 403),
  };
}
