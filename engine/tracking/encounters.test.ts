import { expect, test } from 'vitest';
import { Encounters } from './encounters.ts';
import { Origins } from './origins.ts';
import { Track } from './track.ts';

const COV = Float64Array.of(0.01, 0, 0.01);
const MOMENT_US = 100_000;

function body(id: number, x: number, heightM: number): Track {
  const track = new Track(id, 0, Float64Array.of(x, 1, heightM), 0, COV);
  track.trackId = id;
  for (let i = 0; i < 50; i++) track.lately.add(heightM);
  return track;
}

/** They stand together for a moment, and part; from then on they are this tall. */
function meet(before: [number, number], after: [number, number]) {
  const [a, b] = [body(1, 1, before[0]), body(2, 1.1, before[1])];
  const origins = new Origins();
  const exchanged: number[][] = [];
  const encounters = new Encounters(origins, (one, other, sinceUs) => {
    one.exchange(other, sinceUs);
    exchanged.push([one.trackId, other.trackId]);
  });
  encounters.update([a, b], MOMENT_US);
  b.motion[0] = 3;
  for (let i = 2; i < 60; i++) {
    a.lately.add(after[0]);
    b.lately.add(after[1]);
    a.lastSeenUs = b.lastSeenUs = i * MOMENT_US;
    encounters.update([a, b], i * MOMENT_US);
  }
  return { a, b, origins, exchanged };
}

const otherProb = (origins: Origins) =>
  origins.at(1, Number.POSITIVE_INFINITY).find(({ trackId }) => trackId === 2)?.prob ?? 0;

test('leaves those be who are as tall after an encounter as before', () => {
  const { exchanged, origins } = meet([1.6, 1.75], [1.6, 1.75]);
  expect(exchanged).toEqual([]);
  expect(otherProb(origins)).toBe(0);
});

test('exchanges who they are where the heights have changed places', () => {
  const { a, b, exchanged } = meet([1.6, 1.75], [1.75, 1.6]);
  expect(exchanged).toHaveLength(1);
  expect([a.trackId, b.trackId]).toEqual([2, 1]);
});

test('keeps the doubt where both are equally tall', () => {
  const { exchanged, origins } = meet([1.7, 1.7], [1.7, 1.7]);
  expect(exchanged).toEqual([]);
  expect(otherProb(origins)).toBeGreaterThan(0.01);
});
