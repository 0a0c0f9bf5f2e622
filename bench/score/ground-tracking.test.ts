import { expect, test } from 'vitest';
import type { Run } from '../../simulator/scenario/run.ts';
import { clearOf } from './clear.ts';
import { GroundTracking } from './ground-tracking.ts';
import { hotaOf } from './hota.ts';
import { idf1Of } from './identity.ts';

const run = {
  store: { sizeM: [10, 10], zones: [{ id: 'restroom', minM: [0, 8], maxM: [2, 10] }] },
  shoppers: [{ carriedBy: null }, { carriedBy: null }, { carriedBy: 'ana' }],
} as unknown as Pick<Run, 'store' | 'shoppers'>;

type Body = readonly [id: number, x: number, y: number];
const ids = (bodies: readonly Body[]) => Int32Array.from(bodies, ([id]) => id);
const places = (bodies: readonly Body[]) => Float32Array.from(bodies.flatMap(([, x, y]) => [x, y]));
const pose = (timeUs: number, bodies: readonly Body[]) => ({
  timeUs,
  shopperIndex: ids(bodies),
  inWorldM: new Float32Array(9 * bodies.length),
  onFloorM: places(bodies),
});
const snapshot = (timeUs: number, bodies: readonly Body[]) => ({
  timeUs,
  trackIds: ids(bodies),
  onFloorM: places(bodies),
});

test('scores two walkers who are followed without fault as 1', () => {
  const tracking = new GroundTracking(run);
  for (let t = 0; t <= 100; t++) {
    const walkers: Body[] = [
      [0, 1 + t * 0.05, 3],
      [1, 8 - t * 0.05, 6],
    ];
    tracking.pose(pose(t * 100_000, walkers));
    tracking.tracks(
      snapshot(
        t * 100_000,
        walkers.map(([id, x, y]) => [id + 70, x, y] as const),
      ),
    );
  }
  const { hota, clear, identity } = tracking.finish();
  expect(hotaOf(hota).hota).toBeCloseTo(1, 9);
  expect(clearOf(clear)).toEqual({ mota: 1, motp: 1 });
  expect(idf1Of(identity)).toBe(1);
  // 10 s at 5 Hz, both ends included, two bodies.
  expect(clear.tp).toBe(51 * 2);
});

test('moves truth to the time of the snapshot', () => {
  // 1 m/s along x; snapshots lie 40 ms after each pose and know the place of that moment: no error is left.
  const tracking = new GroundTracking(run);
  for (let t = 0; t <= 50; t++) {
    tracking.pose(pose(t * 100_000, [[0, 1 + t * 0.1, 3]]));
    tracking.tracks(snapshot(t * 100_000 + 40_000, [[5, 1 + t * 0.1 + 0.04, 3]]));
  }
  expect(clearOf(tracking.finish().clear).motp).toBeGreaterThan(0.998);
});

test('counts missing snapshots as misses and a changed id as one switch', () => {
  // 0 to 4 s at 5 Hz = 21 frames. Tracks: id 1 up to 1.8 s (10 frames), none from 2 s to 2.8 s, id 2 from 3 s on. A snapshot
  // serves frames within 0.25 s, so 1.8 s also serves 2.0 s and 3.0 s also serves 2.8 s: missed are 2.2, 2.4, 2.6 s.
  const tracking = new GroundTracking(run);
  for (let t = 0; t <= 40; t++) tracking.pose(pose(t * 100_000, [[0, 5, 5]]));
  for (let t = 0; t <= 18; t++) tracking.tracks(snapshot(t * 100_000, [[1, 5, 5]]));
  for (let t = 30; t <= 40; t++) tracking.tracks(snapshot(t * 100_000, [[2, 5, 5]]));
  const { clear, identity } = tracking.finish();
  // Frames without tracks do not touch CLEAR's memory, so the gap is no fragment.
  expect(clear).toMatchObject({ tp: 18, fn: 3, fp: 0, idSwitches: 1, fragments: 0 });
  // MOTA = 1 − (3 + 0 + 1) / 21.
  expect(clearOf(clear).mota).toBeCloseTo(17 / 21, 12);
  // The best single track is id 1 with 11 frames: IDF1 = 2·11 / (2·11 + 10 + 7).
  expect(idf1Of(identity)).toBeCloseTo(22 / 39, 12);
});

test('leaves out who is carried, outside, or where no camera sees, tracked or not', () => {
  const tracking = new GroundTracking(run);
  const places: Body[] = [
    [0, 1, 9],
    [1, -0.5, 4],
    [2, 5, 5],
  ];
  for (let t = 0; t <= 20; t++) {
    tracking.pose(pose(t * 100_000, places));
    tracking.tracks(snapshot(t * 100_000, places));
  }
  expect(tracking.finish().clear).toMatchObject({ tp: 0, fn: 0, fp: 0 });
});

test('counts a track just outside for the body just inside, and one near nobody as a false alarm', () => {
  // 0 to 1 s at 5 Hz = 6 frames; the body is 0.1 m inside the wall, its track 0.1 m outside, another at an empty place.
  const tracking = new GroundTracking(run);
  for (let t = 0; t <= 10; t++) {
    tracking.pose(pose(t * 100_000, [[0, 0.1, 4]]));
    tracking.tracks(
      snapshot(t * 100_000, [
        [1, -0.1, 4],
        [2, 5, 5],
        [3, -3, 4],
      ]),
    );
  }
  expect(tracking.finish().clear).toMatchObject({ tp: 6, fn: 0, fp: 6 });
});

test('pools whole hours like separate sequences', () => {
  // Two seconds of the first hour and two of the second, one pose and snapshot per 200 ms, none in between.
  const tracking = new GroundTracking(run);
  const second = 1_000_000;
  for (const startUs of [0, 3_605 * second]) {
    for (let t = 0; t < 10; t++) {
      tracking.pose(pose(startUs + t * 200_000, [[0, 5, 5]]));
      tracking.tracks(snapshot(startUs + t * 200_000, [[startUs === 0 ? 1 : 2, 5, 5]]));
    }
  }
  const { clear, identity, hota } = tracking.finish();
  // The id changes between the hours, but an hour is a sequence of its own: no switch, IDF1 = 1.
  expect(clear.idSwitches).toBe(0);
  expect(idf1Of(identity)).toBe(1);
  expect(hotaOf(hota).hota).toBeCloseTo(1, 9);
});
