import { expect, test } from 'vitest';
import { Births } from './births.ts';
import { Origins } from './origins.ts';
import { Track } from './track.ts';

const COV = Float64Array.of(0.01, 0, 0.01);
const MOMENT_US = 100_000;
const BIRTH_US = 20 * MOMENT_US;

function follow(id: number, x: number, heightM: number, fromUs: number): Track {
  const track = new Track(id, fromUs, Float64Array.of(x, 1, heightM), 0, COV);
  track.trackId = id;
  return track;
}

function see(track: Track, heightM: number, timeUs: number): void {
  track.predict(timeUs);
  track.see(timeUs, Float64Array.of(track.motion[0]!, 1, heightM), 0, COV, 0);
}

/** One body is followed for two seconds; then another track is born beside it, and both are seen for six more. */
function bear(knownM: number, thenM: number, newbornM: number, suspect: boolean) {
  const origins = new Origins();
  const exchanged: number[] = [];
  const births = new Births(origins, (newborn, stolen) => exchanged.push(newborn.trackId, stolen.trackId));
  const old = follow(1, 1, knownM, 0);
  for (let i = 1; i <= 20; i++) see(old, knownM, i * MOMENT_US);
  old.settleStature();
  const newborn = follow(2, 1.7, newbornM, BIRTH_US);
  newborn.suspect = suspect;
  newborn.bornUs = BIRTH_US;
  old.bornUs = 0;
  births.begin(newborn, [old, newborn], BIRTH_US);
  for (let i = 21; i < 80; i++) {
    see(old, thenM, i * MOMENT_US);
    see(newborn, newbornM, i * MOMENT_US);
    births.update(i * MOMENT_US);
  }
  const doubt = origins.at(2, Number.POSITIVE_INFINITY).find(({ trackId }) => trackId === 1)?.prob ?? 0;
  return { exchanged, doubt };
}

test('knows a newborn for the body whose track has gone over to somebody of another height', () => {
  expect(bear(1.6, 1.75, 1.6, true).exchanged).toEqual([2, 1]);
});

test('lets a newborn at a door be new while its neighbour stays as tall as ever', () => {
  const { exchanged, doubt } = bear(1.6, 1.6, 1.75, false);
  expect(exchanged).toEqual([]);
  expect(doubt).toBeLessThan(0.001);
});

test('keeps a doubt where heights say nothing', () => {
  const { exchanged, doubt } = bear(1.6, 1.6, 1.6, false);
  expect(exchanged).toEqual([]);
  expect(doubt).toBeGreaterThan(0.01);
});
