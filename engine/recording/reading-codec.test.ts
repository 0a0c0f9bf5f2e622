import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../readings.ts';
import { decodeReading, encodeReading, encodeReadingBorrowed, ReadingsHash } from './reading-codec.ts';
import { anyReading } from './test-readings.ts';

const tick: Reading = { kind: 'tick', sensorId: 'x', timeUs: 5, arrivalUs: 6, sequence: 7 };

test('gives back every kind of reading bit for bit', () => {
  fc.assert(
    fc.property(anyReading, (reading) => {
      const bytes = encodeReading(reading);
      const back = decodeReading(bytes);
      expect(back).toEqual(reading);
      expect(Buffer.compare(encodeReading(back), bytes)).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('gives each encoding memory of its own', () => {
  const bytes = encodeReading(tick);
  const before = Buffer.from(bytes);
  encodeReading({ ...tick, sensorId: 'another' });
  expect(before.equals(bytes)).toBe(true);
});

test('keeps the payload of a NaN', () => {
  const grams = new Float32Array(new Uint32Array([0x7fc12345, 0xffc00001]).buffer);
  const bytes = encodeReading({ ...tick, kind: 'scale', periodUs: 1, grams });
  const back = decodeReading(bytes);
  expect(back.kind === 'scale' && [...new Uint32Array(back.grams.buffer)]).toEqual([0x7fc12345, 0xffc00001]);
});

test('reads an encoding that starts at an odd address', () => {
  const bytes = encodeReading({ ...tick, kind: 'scale', periodUs: 1, grams: Float32Array.of(1, 2) });
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  expect(decodeReading(shifted.subarray(1))).toEqual(decodeReading(bytes));
});

test('refuses mutated bytes with a RangeError or reads another reading, never anything else', () => {
  fc.assert(
    fc.property(anyReading, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (reading, at, flip, cut) => {
      const bytes = encodeReading(reading);
      const where = at % bytes.length;
      bytes[where] ^= flip;
      const mutated = cut ? bytes.subarray(0, where) : bytes;
      let back: Reading;
      try {
        back = decodeReading(mutated);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect((error as RangeError).message).toMatch(/found .*, expected /s);
        return;
      }
      expect(cut).toBe(false);
      expect(decodeReading(encodeReading(back))).toEqual(back);
    }),
    { numRuns: 500 },
  );
});

test('says which version it found', () => {
  const bytes = encodeReading(tick);
  bytes[1] = 2;
  expect(() => decodeReading(bytes)).toThrow('found reading version 2, expected 1');
});

test('refuses a string with half a surrogate pair instead of changing it', () => {
  expect(() => encodeReading({ ...tick, sensorId: '\ud800' })).toThrow('surrogate');
});

test('hashes readings in order, whatever the borrowed buffer held before', () => {
  const readings = fc.sample(anyReading, { numRuns: 300, seed: 1 });
  const hash = new ReadingsHash();
  const plain = createHash('sha256').update('openaisle readings 1\n');
  for (const reading of readings) {
    hash.add(reading);
    const bytes = encodeReadingBorrowed(reading);
    plain.update(Uint8Array.of(bytes.length & 255, bytes.length >> 8, 0, 0)).update(bytes);
  }
  expect(hash.digest()).toBe(plain.digest('hex'));
  const reversed = new ReadingsHash();
  for (const reading of readings.toReversed()) reversed.add(reading);
  expect(reversed.digest()).not.toBe(hash.digest());
});

test('hashes readings longer than its block', () => {
  const grams = new Float32Array(40_000).fill(1);
  const long: Reading = { ...tick, kind: 'scale', periodUs: 1, grams };
  const bytes = encodeReading(long);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(bytes.length);
  const plain = createHash('sha256').update('openaisle readings 1\n');
  const hash = new ReadingsHash();
  for (let i = 0; i < 2; i++) {
    plain.update(head).update(bytes);
    hash.add(long);
  }
  expect(hash.digest()).toBe(plain.digest('hex'));
});
