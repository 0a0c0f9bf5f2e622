import { createHmac, createPrivateKey, createPublicKey, randomBytes, sign, timingSafeEqual, verify } from 'node:crypto';

/** The three headers of Standard Webhooks 1.0. */
export interface SignatureHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** How far a receiver lets the sender's clock be away, seconds (Standard Webhooks 1.0). */
export const TOLERANCE_S = 300;

/** DER headers of a raw ed25519 key, so that 32 bytes are enough to store (RFC 8410). */
const privateHead = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicHead = Buffer.from('302a300506032b6570032100', 'hex');

/** A new shared secret: `whsec_` and 32 random bytes in Base64. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The public key (`whpk_…`) that verifies what a private key (`whsk_…`) signed. */
export function publicKeyOf(secret: string): string {
  const spki = createPublicKey(privateKeyOf(secret)).export({ format: 'der', type: 'spki' });
  return `whpk_${spki.subarray(publicHead.length).toString('base64')}`;
}

/**
 * The headers for one attempt to send `body`; several secrets give several signatures, so that receivers can change
 * theirs in their own time. Secrets are `whsec_…` (HMAC-SHA256, `v1`) or `whsk_…` (ed25519, `v1a`).
 */
export function signatureHeaders(id: string, atS: number, body: string, secrets: readonly string[]): SignatureHeaders {
  if (secrets.length === 0) throw new Error('a webhook needs at least one secret');
  const signed = Buffer.from(`${id}.${atS}.${body}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atS),
    'webhook-signature': secrets.map((secret) => signatureOf(signed, secret)).join(' '),
  };
}

/** Whether one of the headers' signatures was made with `key` (`whsec_…` or `whpk_…`) no more than five minutes from `nowS`. */
export function isSigned(headers: SignatureHeaders, body: string, key: string, nowS: number): boolean {
  const atS = Number(headers['webhook-timestamp']);
  if (!Number.isInteger(atS) || Math.abs(nowS - atS) > TOLERANCE_S) return false;
  const signed = Buffer.from(`${headers['webhook-id']}.${atS}.${body}`);
  return headers['webhook-signature'].split(' ').some((given) => matches(signed, given, key));
}

/** Throws unless `secret` is one that `signatureHeaders` can use. */
export function checkSecret(secret: string): void {
  if (secret.startsWith('whsk_')) privateKeyOf(secret);
  else hmacKey(secret);
}

function signatureOf(signed: Buffer, secret: string): string {
  if (secret.startsWith('whsk_')) return `v1a,${sign(null, signed, privateKeyOf(secret)).toString('base64')}`;
  return `v1,${createHmac('sha256', hmacKey(secret)).update(signed).digest('base64')}`;
}

function matches(signed: Buffer, given: string, key: string): boolean {
  const comma = given.indexOf(',');
  const signature = Buffer.from(given.slice(comma + 1), 'base64');
  if (key.startsWith('whpk_')) {
    const spki = Buffer.concat([publicHead, Buffer.from(key.slice(5), 'base64')]);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return given.startsWith('v1a,') && verify(null, signed, publicKey, signature);
  }
  const expected = createHmac('sha256', hmacKey(key)).update(signed).digest();
  return given.startsWith('v1,') && signature.length === expected.length && timingSafeEqual(signature, expected);
}

function hmacKey(secret: string): Buffer {
  const bytes = Buffer.from(secret.slice(6), 'base64');
  if (!secret.startsWith('whsec_') || bytes.length < 24 || bytes.length > 64) {
    throw new Error('webhook secret: expected whsec_ and 24 to 64 bytes in Base64');
  }
  return bytes;
}

function privateKeyOf(secret: string) {
  const seed = Buffer.from(secret.slice(5), 'base64').subarray(0, 32);
  if (!secret.startsWith('whsk_') || seed.length !== 32)
    throw new Error('webhook key: expected whsk_ and 32 bytes in Base64');
  return createPrivateKey({ key: Buffer.concat([privateHead, seed]), format: 'der', type: 'pkcs8' });
}
