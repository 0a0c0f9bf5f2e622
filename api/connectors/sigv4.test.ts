import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsV4Signer } from 'aws4fetch';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signSigV4, verifySigV4 } from './sigv4.ts';

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const AT_MS = Date.UTC(2015, 7, 30, 12, 36, 0);
const scope = { region: 'us-east-1', service: 'execute-api' };
const secretOf = (id: string) => (id === key.accessKeyId ? key.secretAccessKey : null);

const body = fc.oneof(fc.constant(''), fc.json(), fc.string({ unit: 'grapheme' }));
const segment = fc
  .string({ unit: fc.constantFrom('a', 'Z', '9', '-', '_', '.', '~', ' ', '+', '%', 'é', ':', '@'), minLength: 1 })
  .filter((text) => !/^\.+$/.test(text));
const url = fc
  .record({ path: fc.array(segment, { maxLength: 4 }), query: fc.dictionary(segment, segment, { maxKeys: 3 }) })
  .map(({ path, query }) => {
    const made = new URL(`https://gate.example.com/${path.map(encodeURIComponent).join('/')}`);
    made.search = Object.entries(query)
      .map((pair) => pair.map(encodeURIComponent).join('='))
      .join('&');
    return made;
  });

describe('SigV4', () => {
  test.each([
    ['GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  ])("signs AWS's published vector for a plain %s", (method, signature) => {
    const request = { method, url: new URL('https://example.amazonaws.com/'), headers: {}, body: '' };
    const { authorization } = signSigV4(request, key, { region: 'us-east-1', service: 'service' }, AT_MS);
    expect(authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });

  test("agrees with AWS's own signer on any body and query", async () => {
    const theirs = new SignatureV4({ credentials: key, sha256: Sha256, applyChecksum: false, ...scope });
    await fc.assert(
      fc.asyncProperty(body, url, async (text, to) => {
        const headers = { 'content-type': 'application/json', host: to.host };
        const query = Object.fromEntries([...to.searchParams]);
        const path = to.pathname;
        const sent = { method: 'POST', protocol: 'https:', hostname: to.host, path, query, headers, body: text };
        const signed = await theirs.sign(sent, { signingDate: new Date(AT_MS) });
        const ours = signSigV4({ method: 'POST', url: to, headers, body: text }, key, scope, AT_MS);
        expect(ours.authorization).toBe(signed.headers['authorization']);
      }),
      { numRuns: 100 },
    );
  });

  test('accepts what stock signers send, unmodified, and session tokens', async () => {
    const datetime = '20150830T123600Z';
    const text = '{"a":1}';
    for (const sessionToken of [undefined, 'token/with+signs==']) {
      const signer = new AwsV4Signer({
        ...{ method: 'POST', url: 'https://gate.example.com/v1/adjust/charge', body: text, datetime, ...key, ...scope },
        ...{ headers: { 'content-type': 'application/json' }, ...(sessionToken ? { sessionToken } : {}) },
      });
      const { url: to, headers } = await signer.sign();
      const plain = { host: to.host, ...Object.fromEntries(headers) };
      const request = { method: 'POST', url: to, headers: plain, body: text };
      expect(verifySigV4(request, secretOf, 'execute-api', AT_MS)).toMatchObject({ accessKeyId: 'AKIDEXAMPLE' });
    }
  });

  test('verifies what it signed, and nothing else', () => {
    fc.assert(
      fc.property(
        body,
        url,
        fc.constantFrom('body', 'path', 'host', 'late', 'early', 'key', 'service', 'signature'),
        (text, to, change) => {
          const request = { method: 'POST', url: to, headers: {}, body: text };
          const headers: Record<string, string> = signSigV4(request, key, scope, AT_MS);
          const signed = { ...request, headers };
          expect(verifySigV4(signed, secretOf, 'execute-api', AT_MS)).not.toBeNull();
          const nowMs = change === 'late' ? AT_MS + 300_001 : change === 'early' ? AT_MS - 300_001 : AT_MS;
          const forged = {
            ...signed,
            ...(change === 'body' ? { body: `${text} ` } : {}),
            ...(change === 'path' ? { url: new URL(`https://gate.example.com/other${to.pathname}`) } : {}),
            headers: {
              ...headers,
              ...(change === 'host' ? { host: 'evil.example.com' } : {}),
              ...(change === 'signature' ? { authorization: flipped(headers['authorization']!) } : {}),
            },
          };
          const secrets = change === 'key' ? () => null : secretOf;
          expect(verifySigV4(forged, secrets, change === 'service' ? 's3' : 'execute-api', nowMs)).toBeNull();
        },
      ),
      { numRuns: 100 },
    );
  });

  test('refuses a body that the signer left out', () => {
    const request = { method: 'POST', url: new URL('https://a.example/'), body: 'x' };
    const headers = signSigV4(
      { ...request, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
      key,
      scope,
      AT_MS,
    );
    expect(verifySigV4({ ...request, headers }, secretOf, 'execute-api', AT_MS)).toBeNull();
  });
});

function flipped(authorization: string): string {
  return authorization.slice(0, -1) + (authorization.endsWith('0') ? '1' : '0');
}
