/** How calls to and from a retailer's connector prove who sent them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { idFrom } from '../ids.ts';
import { checkSecret, isSigned, type SignatureHeaders, signatureHeaders } from '../webhooks/signature.ts';
import { type SignableRequest, signSigV4, verifySigV4 } from './sigv4.ts';

const webhookSecret = z.string().refine((secret) => {
  try {
    checkSecret(secret);
    return true;
  } catch {
    return false;
  }
}, 'expected whsec_ and 24 to 64 bytes in Base64');

export const connectorAuthSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sigv4'),
    accessKeyId: z.string().regex(/^[\w-]+$/),
    secretAccessKey: z.string().min(16),
    sessionToken: z.string().optional(),
    region: z.string().regex(/^[\w-]+$/),
    service: z.string().default('execute-api'),
  }),
  /** Standard Webhooks headers; several secrets while one is being changed. */
  z.strictObject({ kind: z.literal('hmac'), secrets: z.array(webhookSecret).min(1) }),
  z.strictObject({ kind: z.literal('bearer'), token: z.string().min(16) }),
]);
export type ConnectorAuth = z.infer<typeof connectorAuthSchema>;

/** The headers of a POST with a JSON body. */
export function signedHeaders(auth: ConnectorAuth, url: URL, body: string, atMs: number): Record<string, string> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  switch (auth.kind) {
    case 'sigv4':
      return signSigV4({ method: 'POST', url, headers, body }, auth, auth, atMs);
    case 'hmac':
      // One id for the same body, so that a receiver can tell a repeat.
      return {
        ...headers,
        ...signatureHeaders(idFrom(url.pathname, body), Math.floor(atMs / 1000), body, auth.secrets),
      };
    case 'bearer':
      return { ...headers, authorization: `Bearer ${auth.token}` };
  }
}

/** Whether a request was sent by whoever holds the credentials. */
export function isFrom(auth: ConnectorAuth, request: SignableRequest, nowMs: number): boolean {
  const { headers, body } = request;
  switch (auth.kind) {
    case 'sigv4': {
      const secretOf = (id: string) => (id === auth.accessKeyId ? auth.secretAccessKey : null);
      return verifySigV4(request, secretOf, auth.service, nowMs) !== null;
    }
    case 'hmac': {
      const given = headers as unknown as SignatureHeaders;
      if (!given['webhook-id'] || !given['webhook-timestamp'] || !given['webhook-signature']) return false;
      return auth.secrets.some((secret) => isSigned(given, body, secret, Math.floor(nowMs / 1000)));
    }
    case 'bearer':
      return sameText(headers['authorization'] ?? '', `Bearer ${auth.token}`);
  }
}

/** Constant in time, whatever the lengths. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
