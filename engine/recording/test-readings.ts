/** Arbitrary readings for property tests: every kind, empty arrays, NaN and broken stamps included. */
import fc from 'fast-check';
import type { Reading, Stamp } from '../readings.ts';

const text = fc.string({ unit: 'binary', maxLength: 8 });
const timeUs = fc.oneof(fc.integer({ min: -1_000_000, max: 1e9 }), fc.double());
const stamp: fc.Arbitrary<Stamp> = fc.record({ sensorId: text, timeUs, arrivalUs: timeUs, sequence: timeUs });
const floats = fc.float32Array({ maxLength: 6 });
const point = fc.record({ inWorldM: fc.tuple(fc.double(), fc.double(), fc.double()), score: fc.double() });

const detection = fc
  .record({
    headsInImagePx: floats,
    headDepthM: floats,
    headScore: floats,
    handsInImagePx: floats,
    handDepthM: floats,
    handScore: floats,
    handOwner: fc.int16Array({ maxLength: 6 }),
  })
  .map((detections) => ({ kind: 'detection' as const, detections }));

const scale = fc.record({ kind: fc.constant('scale' as const), periodUs: fc.double(), grams: floats });

const gate = fc.record({
  kind: fc.constant('gate' as const),
  event: fc.constantFrom('entry' as const, 'refused' as const, 'exit' as const),
  credential: fc.option(text),
  admits: fc.double(),
});

const pose = fc.record({
  kind: fc.constant('pose' as const),
  people: fc.array(fc.record({ targetId: text, head: point, hands: fc.array(point, { maxLength: 3 }) }), {
    maxLength: 3,
  }),
});

const decision = fc.record({
  kind: fc.constant('decision' as const),
  tripId: text,
  lines: fc.array(fc.record({ sku: text, quantity: fc.double() }), { maxLength: 3 }),
});

const tick = fc.record({ kind: fc.constant('tick' as const) });

export const anyReading: fc.Arbitrary<Reading> = fc
  .tuple(stamp, fc.oneof(detection, scale, gate, pose, decision, tick))
  .map(([common, body]) => ({ ...common, ...body }));
