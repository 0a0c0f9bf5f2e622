import fc from 'fast-check';
import { generateSync } from 'otplib';
import { expect, test } from 'vitest';
import { matchingStep, stepAt, totp } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

test('gives the codes of RFC 6238, appendix B', () => {
  const vectors: [number, string][] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ];
  for (const [seconds, code] of vectors) expect(totp(secret, stepAt(seconds * 1000, 30))).toBe(code);
});

test('agrees with otplib at any time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (epoch) => {
      const peer = generateSync({ secret, digits: 8, epoch });
      expect(totp(secret, stepAt(epoch * 1000, 30))).toBe(peer);
    }),
    { numRuns: 50 },
  );
});

test('knows the step of a code within the drift and refuses everything else', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 1e8 }), fc.integer({ min: -4, max: 4 }), (step, off) => {
      const found = matchingStep(secret, totp(secret, step + off), step, 1);
      expect(found).toBe(Math.abs(off) <= 1 ? step + off : null);
    }),
  );
  for (const code of ['', '1', '942870821', 'abcdefgh']) expect(matchingStep(secret, code, 1, 1)).toBeNull();
});
