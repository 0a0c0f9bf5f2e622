/** AWS Signature Version 4 in the `Authorization` header: signing and verifying (docs.aws.amazon.com, IAM user guide). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SigV4Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** For keys from AssumeRole. */
  readonly sessionToken?: string | undefined;
}

export interface SigV4Scope {
  readonly region: string;
  readonly service: string;
}

export interface SignableRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case; `host` is taken from the URL where it is missing. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How far the signer's clock may be from ours; AWS's own tolerance. */
const MAX_SKEW_MS = 5 * 60_000;
const ALGORITHM = 'AWS4-HMAC-SHA256';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** The headers to send: those given, `x-amz-date`, `x-amz-security-token` where there is one, and `authorization`. */
export function signSigV4(request: SignableRequest, key: SigV4Key, scope: SigV4Scope, atMs: number) {
  const amzDate = new Date(atMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = { host: request.url.host, ...request.headers, 'x-amz-date': amzDate };
  if (key.sessionToken !== undefined) headers['x-amz-security-token'] = key.sessionToken;
  const names = Object.keys(headers).sort();
  const credential = `${amzDate.slice(0, 8)}/${scope.region}/${scope.service}/aws4_request`;
  const signature = signatureOf({ ...request, headers }, names, key.secretAccessKey, credential, amzDate);
  const parts = `Credential=${key.accessKeyId}/${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization: `${ALGORITHM} ${parts}` };
}

/** What is known of a verified caller. */
export interface SigV4Caller {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/**
 * Verifies a signed request; null for every reason to refuse alike, so that a caller learns nothing from it. Host, date
 * and body must be signed; a body that the signer left out (`UNSIGNED-PAYLOAD`) is refused.
 */
export function verifySigV4(
  request: SignableRequest,
  secretOf: (accessKeyId: string) => string | null,
  service: string,
  nowMs: number,
): SigV4Caller | null {
  const match =
    /^AWS4-HMAC-SHA256 +Credential=([\w-]+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, *SignedHeaders=([a-z0-9;-]+), *Signature=([0-9a-f]{64})$/.exec(
      request.headers['authorization'] ?? '',
    );
  const amzDate = request.headers['x-amz-date'];
  if (!match || !amzDate) return null;
  const [, accessKeyId, day, region, givenService, signed, given] = match as unknown as string[];
  const names = signed!.split(';');
  const atMs = dateOf(amzDate);
  if (givenService !== service || day !== amzDate.slice(0, 8) || Math.abs(nowMs - atMs) > MAX_SKEW_MS) return null;
  if (Number.isNaN(atMs) || !names.includes('host') || !names.includes('x-amz-date')) return null;
  if (names.some((name) => request.headers[name] === undefined)) return null;
  const bodyHash = request.headers['x-amz-content-sha256'];
  if (bodyHash !== undefined && bodyHash !== sha256(request.body)) return null;
  const secret = secretOf(accessKeyId!);
  // An unknown key costs the same time as a wrong signature.
  const credential = `${day}/${region}/${service}/aws4_request`;
  const expected = signatureOf(request, names, secret ?? 'nobody', credential, amzDate);
  const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(given!));
  return isRight && secret !== null ? { accessKeyId: accessKeyId!, region: region!, service } : null;
}

function signatureOf(
  { method, url, headers, body }: SignableRequest,
  names: readonly string[],
  secret: string,
  credential: string,
  amzDate: string,
): string {
  const lines = names.map((name) => `${name}:${headers[name]!.trim().replace(/ +/g, ' ')}\n`).join('');
  const canonical = [method, canonicalPath(url), canonicalQuery(url), lines, names.join(';'), sha256(body)].join('\n');
  const text = [ALGORITHM, amzDate, credential, sha256(canonical)].join('\n');
  const signingKey = credential.split('/').reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secret}`);
  return hmac(signingKey, text).toString('hex');
}

/** RFC 3986 says that these are not reserved; `encodeURIComponent` leaves five more alone. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Every service but S3 signs the path encoded twice. */
function canonicalPath(url: URL): string {
  return url.pathname.split('/').map(encoded).join('/');
}

function canonicalQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) => [encoded(name), encoded(value)] as const);
  const sorted = pairs.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return sorted.map(([name, value]) => `${name}=${value}`).join('&');
}

function dateOf(amzDate: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(amzDate);
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
