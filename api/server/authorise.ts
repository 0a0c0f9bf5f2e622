import type { FastifyRequest, preHandlerAsyncHookHandler } from 'fastify';
import type { ApiKeys, Principal, Scope } from './api-keys.ts';
import { ProblemError } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** What a key must be allowed to do; a route without one is refused at start unless it is `public`. */
    scope?: Scope | 'public';
  }
}

/** Reads the bearer key of a request; throws for none and for one that is not valid. */
export async function authenticate(request: FastifyRequest, keys: ApiKeys): Promise<Principal> {
  const header = request.headers.authorization ?? '';
  const match = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header);
  const principal = match ? await keys.verify(match[1]!) : null;
  if (principal === null) throw new ProblemError('unauthenticated');
  return principal;
}

/** Lets only keys with the route's scope through. */
export function authoriser(keys: ApiKeys): preHandlerAsyncHookHandler {
  return async (request) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined || scope === 'public') return;
    const principal = request.principal ?? (await authenticate(request, keys));
    if (!principal.scopes.has(scope)) throw new ProblemError('forbidden', `this needs the scope ${scope}`);
    request.principal = principal;
  };
}

/** The caller of a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error('a public route asked who is calling');
  return request.principal;
}

/** The store a caller means: a key of one store sees no other. */
export function storeIdOf(request: FastifyRequest, asked: string | undefined): string | null {
  const { storeId } = principalOf(request);
  if (storeId !== null && asked !== undefined && asked !== storeId) throw new ProblemError('not-found');
  return storeId ?? asked ?? null;
}
