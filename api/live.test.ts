import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLive, encodeLive, type LiveMessage, packLive, unpackLive } from './live.ts';

const timeUs = fc.integer({ min: 0, max: 2 ** 50 });
const message: fc.Arbitrary<LiveMessage> = fc.oneof(
  fc.record({ kind: fc.constant('scene' as const), timeUs, bytes: fc.uint8Array({ maxLength: 64 }) }),
  fc.record({
    kind: fc.constant('stock' as const),
    timeUs,
    firstRow: fc.nat(),
    rows: fc.float32Array({ maxLength: 24, noNaN: true }),
  }),
  fc.array(fc.tuple(fc.nat(), fc.float({ noNaN: true }), fc.float({ noNaN: true })), { maxLength: 9 }).map((rows) => ({
    kind: 'tracks' as const,
    timeUs: 12,
    trackIds: Int32Array.from(rows, ([id]) => id),
    onFloorM: Float32Array.from(rows.flatMap(([, x, y]) => [x, y])),
  })),
  fc.record({
    kind: fc.constant('news' as const),
    timeUs,
    news: fc.record({ type: fc.constant('alert' as const), timeUs, about: fc.string(), text: fc.string() }),
  }),
);

test('reads back every message it wrote, one by one and in one body', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 8 }), (messages) => {
      expect(unpackLive(packLive(messages.map(encodeLive)))).toEqual(messages);
    }),
  );
});

test('refuses what is no message, or not a whole one', () => {
  expect(() => decodeLive(Uint8Array.of(9, 0, 0))).toThrow('found 3 bytes of kind 9');
  const bytes = encodeLive({ kind: 'scene', timeUs: 1, bytes: Uint8Array.of(1, 2) });
  expect(() => unpackLive(packLive([bytes]).subarray(0, 12))).toThrow('expected a whole message');
});
