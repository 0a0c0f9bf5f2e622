import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DetectionReading, type Detections, type Reading, readingProblem } from './readings.ts';

const stamp = { sensorId: 'a', timeUs: 1000, arrivalUs: 2000, sequence: 0 };

function detections(heads: number, hands: number): Detections {
  return {
    headsInImagePx: new Float32Array(2 * heads).fill(100),
    headDepthM: new Float32Array(heads).fill(3),
    headScore: new Float32Array(heads).fill(0.9),
    handsInImagePx: new Float32Array(2 * hands).fill(100),
    handDepthM: new Float32Array(hands).fill(3),
    handScore: new Float32Array(hands).fill(0.9),
    handOwner: new Int16Array(hands).fill(heads - 1),
  };
}

const good: Reading[] = [
  { ...stamp, kind: 'tick' },
  { ...stamp, kind: 'detection', detections: detections(2, 3) },
  { ...stamp, kind: 'detection', detections: detections(0, 0) },
  { ...stamp, kind: 'scale', periodUs: 50_000, grams: Float32Array.of(1, Number.NaN, -20) },
  { ...stamp, kind: 'gate', event: 'entry', credential: null, admits: 1 },
  { ...stamp, kind: 'pose', people: [{ targetId: '1', head: { inWorldM: [1, 2, 1.6], score: 1 }, hands: [] }] },
  { ...stamp, kind: 'decision', tripId: 'trip-1', lines: [{ sku: 'cola', quantity: 1 }] },
];

test('finds nothing wrong with good readings of every kind', () => {
  for (const reading of good) expect(readingProblem(reading)).toBeNull();
});

test('finds times and numbers that cannot be', () => {
  for (const field of ['timeUs', 'arrivalUs', 'sequence'])
    for (const value of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, '7', null])
      expect(readingProblem({ ...good[0]!, [field]: value } as Reading)).toMatch(field);
});

test('finds coordinates, scores and lengths that cannot be', () => {
  const change = (edit: (found: Detections) => Partial<Detections>): string | null => {
    const found = detections(2, 2);
    return readingProblem({
      ...stamp,
      kind: 'detection',
      detections: { ...found, ...edit(found) },
    } as DetectionReading);
  };
  expect(change(() => ({ headDepthM: Float32Array.of(1, Number.NaN) }))).toMatch('headDepthM');
  expect(change(() => ({ handDepthM: Float32Array.of(1, -2) }))).toMatch('handDepthM');
  expect(change(() => ({ headsInImagePx: Float32Array.of(1, 2, 3, 1e9) }))).toMatch('headsInImagePx');
  expect(change(() => ({ headScore: Float32Array.of(0.5, 1.5) }))).toMatch('headScore');
  expect(change(() => ({ handOwner: Int16Array.of(0, 2) }))).toMatch('handOwner');
  expect(change(() => ({ headScore: new Float32Array(3) }))).toMatch('arrays');
  expect(change(() => ({ handScore: new Float32Array(3) }))).toMatch('arrays');
  expect(readingProblem({ ...stamp, kind: 'scale', periodUs: 0, grams: new Float32Array(1) })).toMatch('periodUs');
  expect(readingProblem({ ...stamp, kind: 'scale', periodUs: 1, grams: Float32Array.of(1e9) })).toMatch('grams');
  expect(readingProblem({ ...stamp, kind: 'gate', event: 'entry', credential: 'x', admits: 0 })).toMatch('admits');
});

test('never throws, whatever it is given', () => {
  const stubborn = { toString: null, valueOf: null };
  for (const base of good)
    for (const field of Object.keys(base)) readingProblem({ ...base, [field]: stubborn } as unknown as Reading);
  const head = { inWorldM: [stubborn, 1, 1], score: stubborn };
  const people = [{ targetId: '1', head, hands: [] }];
  expect(readingProblem({ ...stamp, kind: 'pose', people } as unknown as Reading)).toMatch('head');
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...good), fc.string(), fc.anything(), (any, base, key, junk) => {
      readingProblem(any as Reading);
      for (const field of [...Object.keys(base), key]) readingProblem({ ...base, [field]: junk } as Reading);
    }),
    { numRuns: 300 },
  );
});
