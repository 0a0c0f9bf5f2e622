import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expect, test } from 'vitest';
import { checkSecret, isSigned, newSecret, publicKeyOf, signatureHeaders } from './signature.ts';

test("gives the specification's signature for the specification's example", () => {
  const headers = signatureHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}', [
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ]);
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('is verified by the standardwebhooks and svix packages, whatever the body', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.json(), (id, body) => {
      const secret = newSecret();
      const headers = { ...signatureHeaders(id, Math.floor(Date.now() / 1000), body, [secret]) };
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
      new SvixWebhook(secret).verify(body, headers);
      expect(() => new SvixWebhook(secret).verify(`${body} `, headers)).toThrow();
      expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
      expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow();
    }),
    { numRuns: 50 },
  );
});

test('is verified by holders of the old and of the new secret while one replaces the other', () => {
  const [older, newer] = [newSecret(), newSecret()];
  const headers = { ...signatureHeaders('evt_1', Math.floor(Date.now() / 1000), '{}', [newer, older]) };
  for (const secret of [older, newer]) {
    new Webhook(secret).verify('{}', headers);
    new SvixWebhook(secret).verify('{}', headers);
  }
});

test('accepts what standardwebhooks signed, and nothing older than five minutes', () => {
  const secret = newSecret();
  const atS = 1_800_000_000;
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(atS),
    'webhook-signature': new Webhook(secret).sign('evt_1', new Date(atS * 1000), '{}'),
  };
  expect(isSigned(headers, '{}', secret, atS + 300)).toBe(true);
  expect(isSigned(headers, '{}', secret, atS + 301)).toBe(false);
  expect(isSigned(headers, '{"a":1}', secret, atS)).toBe(false);
  expect(isSigned({ ...headers, 'webhook-id': 'evt_2' }, '{}', secret, atS)).toBe(false);
});

test('signs with ed25519 what only its public key verifies', () => {
  const secret = `whsk_${Buffer.alloc(32, 7).toString('base64')}`;
  const headers = signatureHeaders('evt_1', 1_800_000_000, '{}', [secret]);
  expect(headers['webhook-signature']).toMatch(/^v1a,/);
  expect(isSigned(headers, '{}', publicKeyOf(secret), 1_800_000_000)).toBe(true);
  expect(isSigned(headers, '{ }', publicKeyOf(secret), 1_800_000_000)).toBe(false);
  const other = publicKeyOf(`whsk_${Buffer.alloc(32, 8).toString('base64')}`);
  expect(isSigned(headers, '{}', other, 1_800_000_000)).toBe(false);
});

test('refuses secrets that are no secrets', () => {
  for (const secret of ['', 'whsec_', 'whsec_c2hvcnQ=', 'hello', 'whsk_c2hvcnQ='])
    expect(() => checkSecret(secret)).toThrow();
  checkSecret(newSecret());
});
