import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DetectionReading, PoseReading, Reading } from '../readings.ts';
import type { Store } from '../store.ts';
import { Locator } from './locate.ts';
import { floorStore, TestCamera, VIEW_NOISE } from './test-cameras.ts';
import { TestCrowd } from './test-crowd.ts';
import { Dice } from './test-dice.ts';
import { IdentityScore } from './test-identity-score.ts';
import { entry, placeOf, TestScene, type Visit } from './test-visits.ts';
import { Tracker } from './tracker.ts';
import { ViewMerger } from './view-merger.ts';

interface Recorded {
  readonly readings: readonly DetectionReading[];
  readonly timeUs: number;
  readonly truthM: readonly [number, number][];
}

/** Moments of a crowd as seen by the store's cameras. */
function recordCrowd(store: Store, count: number, momentCount: number, seed: number): Recorded[] {
  const dice = new Dice(seed);
  const crowd = new TestCrowd(store.sizeM, count, dice);
  const cameras = store.cameras.map((camera) => new TestCamera(camera, VIEW_NOISE, new Dice(dice.uniform() * 1e9)));
  return Array.from({ length: momentCount }, (_, m) => {
    const readings = [...cameras]
      .sort((a, b) => a.phaseUs - b.phaseUs)
      .map((camera, i, order) => {
        crowd.step((camera.phaseUs - (i === 0 ? 0 : order[i - 1]!.phaseUs)) / 1e6);
        return camera.see(crowd.people(), m * 100_000 + camera.phaseUs);
      });
    crowd.step((100_000 - Math.max(...cameras.map((camera) => camera.phaseUs))) / 1e6);
    const truthM = crowd.walkers.map((walker): [number, number] => [walker.xM, walker.yM]);
    return { readings, timeUs: (m + 1) * 100_000, truthM };
  });
}

/** Ids and places after every moment, and all hands of the run. */
function follow(store: Store, moments: readonly { readings: readonly Reading[]; timeUs: number }[]) {
  const locator = new Locator(store);
  const merger = new ViewMerger(store);
  const tracker = new Tracker(store);
  const snapshots = moments.map(({ readings, timeUs }) => {
    tracker.update(merger.merge(locator.locate(readings), tracker.predict(timeUs)), timeUs);
    return tracker.snapshot();
  });
  const endUs = moments[moments.length - 1]!.timeUs;
  const hands = tracker.bodies().map((body) => [...tracker.handsBetween(body.trackId, 0, endUs)]);
  return { snapshots, hands, tracker };
}

const store = floorStore([10, 8], 6);
const recorded = recordCrowd(store, 12, 100, 7);
const plain = follow(store, recorded);

test('follows a crowd through misses, false alarms and crossings', () => {
  const score = new IdentityScore(0.5);
  const ids = recorded[0]!.truthM.map((_, i) => i);
  recorded.forEach((moment, m) => {
    // Bodies that are there from the start are confirmed within the first seconds.
    if (m >= 20) score.add(plain.snapshots[m]!, ids, moment.truthM);
  });
  const { idf1, precision, rmsM, switches } = score.result();
  expect(idf1).toBeGreaterThan(0.97);
  expect(precision).toBeGreaterThan(0.98);
  expect(rmsM).toBeLessThan(0.06);
  expect(switches).toBeLessThanOrEqual(1);
});

test('gives the same tracks whatever sensors are called and in whatever order they are listed', () => {
  const renamed = new Map(store.cameras.map((camera, i) => [camera.id, `z${99 - i}`]));
  const other = { ...store, cameras: store.cameras.map((c) => ({ ...c, id: renamed.get(c.id)! })).reverse() };
  const moments = recorded.map(({ readings, timeUs }) => ({
    timeUs,
    readings: readings.map((reading) => ({ ...reading, sensorId: renamed.get(reading.sensorId)! })),
  }));
  const { snapshots, hands } = follow(other, moments);
  expect(snapshots).toEqual(plain.snapshots);
  expect(hands).toEqual(plain.hands);
});

test('gives the same tracks for readings of equal time in any order, and for rows in any order', () => {
  const sameTime = recorded.slice(0, 40).map(({ readings, timeUs }) => ({
    timeUs,
    readings: readings.map((reading) => ({ ...reading, timeUs: timeUs - 50_000 })),
  }));
  const expected = follow(store, sameTime);
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const dice = new Dice(seed);
      const shuffled = sameTime.map(({ readings, timeUs }) => ({
        timeUs,
        readings: readings.map((reading) => withRowsShuffled(reading, dice)).sort(() => dice.uniform() - 0.5),
      }));
      const { snapshots, hands } = follow(store, shuffled);
      expect(snapshots).toEqual(expected.snapshots);
      expect(hands).toEqual(expected.hands);
    }),
    { numRuns: 5 },
  );
});

function withRowsShuffled(reading: DetectionReading, dice: Dice): DetectionReading {
  const d = reading.detections;
  const heads = Array.from(d.headDepthM, (_, i) => i).sort(() => dice.uniform() - 0.5);
  const hands = Array.from(d.handDepthM, (_, i) => i).sort(() => dice.uniform() - 0.5);
  return {
    ...reading,
    detections: {
      headsInImagePx: Float32Array.from(heads.flatMap((i) => [d.headsInImagePx[2 * i]!, d.headsInImagePx[2 * i + 1]!])),
      headDepthM: Float32Array.from(heads, (i) => d.headDepthM[i]!),
      headScore: Float32Array.from(heads, (i) => d.headScore[i]!),
      handsInImagePx: Float32Array.from(hands.flatMap((i) => [d.handsInImagePx[2 * i]!, d.handsInImagePx[2 * i + 1]!])),
      handDepthM: Float32Array.from(hands, (i) => d.handDepthM[i]!),
      handScore: Float32Array.from(hands, (i) => d.handScore[i]!),
      handOwner: Int16Array.from(hands, (i) => (d.handOwner[i]! < 0 ? -1 : heads.indexOf(d.handOwner[i]!))),
    },
  };
}

test('gives the same tracks when all times shift by whole moments', () => {
  const shiftUs = 86_400_000_000;
  const shifted = recorded.map(({ readings, timeUs }) => ({
    timeUs: timeUs + shiftUs,
    readings: readings.map((reading) => ({ ...reading, timeUs: reading.timeUs + shiftUs })),
  }));
  const { snapshots } = follow(store, shifted);
  expect(snapshots.map((s) => ({ ...s, timeUs: s.timeUs - shiftUs }))).toEqual(plain.snapshots);
});

test('gives the same tracks, turned, when the store is turned by a quarter', () => {
  // (x, y) → (depth − y, x): camera from turned world = camera from world · world from turned world.
  const [width, depth] = store.sizeM;
  const turned: Store = {
    ...store,
    sizeM: [depth, width],
    doors: store.doors.map((door) => ({ ...door, atM: [depth - door.atM[1], door.atM[0]] as [number, number] })),
    cameras: store.cameras.map((camera) => {
      const m = camera.cameraFromWorld;
      const rows = [0, 4, 8].flatMap((r) => [-m[r + 1]!, m[r]!, m[r + 2]!, m[r + 3]! + m[r + 1]! * depth]);
      return { ...camera, cameraFromWorld: rows };
    }),
  };
  const { snapshots } = follow(turned, recorded);
  snapshots.forEach((snapshot, m) => {
    expect(snapshot.trackIds).toEqual(plain.snapshots[m]!.trackIds);
    snapshot.trackIds.forEach((_, i) => {
      const [x, y] = [plain.snapshots[m]!.onFloorM[2 * i]!, plain.snapshots[m]!.onFloorM[2 * i + 1]!];
      expect(snapshot.onFloorM[2 * i]).toBeCloseTo(depth - y, 4);
      expect(snapshot.onFloorM[2 * i + 1]).toBeCloseTo(x, 4);
    });
  });
});

const through: Visit = {
  fromSeconds: 1,
  pathM: [
    [-0.5, 4],
    [3, 4],
    [5, 2.5],
    [9.2, 4],
    [10.6, 4],
  ],
  standSeconds: 3,
};

test('keeps a body through two seconds in which nobody sees it', () => {
  const scene = new TestScene(store).run([through], [entry(1, 'a')], 6);
  const before = scene.bodyAt(...placeOf(through, 6e6)!);
  scene.run([], [], 8);
  expect(scene.tracker.bodies()[0]!.state).toBe('coasting');
  scene.run([through], [], 10);
  expect(scene.tracker.bodies()).toHaveLength(1);
  expect(scene.bodyAt(...placeOf(through, 10e6)!)).toBe(before);
});

test('finds a body again that was lost inside for longer than it coasts', () => {
  const scene = new TestScene(store).run([through], [entry(1, 'a')], 6.5);
  scene.run([], [], 11.5);
  expect(scene.tracker.bodies()[0]!.state).toBe('missing');
  scene.run([through], [], 14);
  expect(scene.tracker.bodies()).toHaveLength(1);
  expect(scene.tracker.bodies()[0]!.state).toBe('live');
});

test('lets a body that went out by the exit go, and tells when', () => {
  const scene = new TestScene(store).run([through], [entry(1, 'a')], 26);
  const [body] = scene.tracker.bodies();
  expect(body!.state).toBe('left');
  // 11.4 m at 0.9 m/s and 9 s of standing after 1 s, less the last 60 cm out of sight.
  expect(body!.leftUs! / 1e6).toBeGreaterThan(20.5);
  expect(body!.leftUs! / 1e6).toBeLessThan(23.5);
  expect(body!.exit).toBe('seen');
  expect(scene.tracker.snapshot().trackIds).toHaveLength(0);
});

test('does not mistake waiting by the exit for leaving', () => {
  const waits: Visit = {
    ...through,
    pathM: [
      [-0.5, 4],
      [9, 4],
      [5, 4],
    ],
    standSeconds: 30,
  };
  const scene = new TestScene(store).run([waits], [], 14);
  scene.run([], [], 15.5);
  scene.run([waits], [], 30);
  expect(scene.tracker.bodies().map((body) => body.state)).toEqual(['live']);
});

test('follows a body that appears in the middle of the store, and says so', () => {
  const appears: Visit = {
    fromSeconds: 1,
    pathM: [
      [5, 4],
      [6, 5],
    ],
    speedMps: 0.1,
  };
  const scene = new TestScene(store).run([appears, through], [], 5);
  expect(
    scene.tracker
      .bodies()
      .map((body) => body.suspect)
      .sort(),
  ).toEqual([false, true]);
});

test('remembers where heads and hands were', () => {
  const scene = new TestScene(store).run([through], [entry(1, 'a')], 12);
  const { tracker } = scene;
  expect(tracker.idsBetween(0, 12e6)).toEqual([1]);
  expect(tracker.idsBetween(0, 1e6)).toEqual([]);
  const head = new Float64Array(3);
  for (let timeUs = 3_000_000; timeUs < 12_000_000; timeUs += 137_000) {
    expect(tracker.headInWorldInto(head, 1, timeUs)).toBe(true);
    const [x, y] = placeOf(through, timeUs)!;
    expect(Math.hypot(head[0]! - x, head[1]! - y)).toBeLessThan(0.2);
    expect(head[2]).toBeGreaterThan(1.4);
  }
  expect(tracker.headInWorldInto(head, 1, 0)).toBe(false);
  expect(tracker.headInWorldInto(head, 2, 5e6)).toBe(false);
  const hands = tracker.handsBetween(1, 5e6, 6e6);
  // Two hands, ten moments.
  expect(hands.length / 5).toBeGreaterThan(14);
  expect(hands.length / 5).toBeLessThan(26);
  let near = 0;
  for (let row = 0; row < hands.length; row += 5) {
    if (row > 0) expect(hands[row]).toBeGreaterThanOrEqual(hands[row - 5]!);
    const [x, y] = placeOf(through, hands[row]!)!;
    if (Math.hypot(hands[row + 1]! - x - 0.25, Math.abs(hands[row + 2]! - y) - 0.2) < 0.2) near++;
    expect(hands[row + 4]).toBeGreaterThan(0.5);
  }
  expect(near / (hands.length / 5)).toBeGreaterThan(0.9);
  expect(tracker.handsBetween(99, 0, 1e9)).toHaveLength(0);
});

test('forgets bodies two minutes after they left', () => {
  const scene = new TestScene(store).run([through], [entry(1, 'a')], 26);
  expect(scene.tracker.bodies()).toHaveLength(1);
  scene.run([], [], 160);
  expect(scene.tracker.bodies()).toHaveLength(0);
  expect(scene.tracker.idsBetween(0, 160e6)).toEqual([]);
});

test('follows people whom only a foreign tracker sees, whatever ids it gives them', () => {
  const blind = { ...store, cameras: [], poseSources: [{ id: 'poses' }] };
  const scene = new TestScene(blind);
  const dice = new Dice(5);
  const others: Visit = { ...through, fromSeconds: 3, heightM: 1.75 };
  for (let m = 0; m < 100; m++) {
    const timeUs = scene.timeUs + 40_000;
    const people = [through, others].flatMap((visit): PoseReading['people'][number][] => {
      const place = placeOf(visit, timeUs);
      if (place === null || place[0] < 0) return [];
      const jitter = () => 0.03 * dice.normal();
      const z = visit.heightM ?? 1.6;
      return [
        {
          targetId: `${Math.floor(dice.uniform() * 10)}`,
          head: { inWorldM: [place[0] + jitter(), place[1] + jitter(), z + jitter()], score: 0.9 },
          hands: [{ inWorldM: [place[0] + 0.3, place[1], 1.1], score: 0.8 }],
        },
      ];
    });
    const arrivalUs = timeUs + 2_300_000;
    const pose: PoseReading = { kind: 'pose', sensorId: 'poses', timeUs, arrivalUs, sequence: m, people };
    scene.step([pose]);
  }
  expect(scene.tracker.bodies()).toHaveLength(2);
  const [x, y] = placeOf(through, scene.timeUs)!;
  expect(scene.bodyAt(x, y)).toBe(1);
  expect(scene.tracker.handsBetween(1, 5e6, 6e6).length / 5).toBe(10);
});

test('gives a hand that several cameras see to the nearer body when one camera names the wrong one', () => {
  const near: Visit = {
    fromSeconds: 0,
    pathM: [
      [5, 4],
      [5, 4.01],
    ],
    speedMps: 0.0001,
  };
  const far: Visit = {
    fromSeconds: 0,
    pathM: [
      [5, 4.9],
      [5, 4.91],
    ],
    speedMps: 0.0001,
    heightM: 1.7,
  };
  const scene = new TestScene(store, VIEW_NOISE, 3, (reading) => {
    const owner = reading.detections.handOwner;
    // One camera takes everybody's hands for the first head's.
    if (reading.sensorId === 'camera-2') owner.fill(owner.length > 0 ? 0 : -1);
    return reading;
  });
  scene.run([near, far], [], 6);
  const id = scene.bodyAt(5, 4);
  const hands = scene.tracker.handsBetween(id, 4e6, 6e6);
  let own = 0;
  for (let row = 0; row < hands.length; row += 5) if (Math.abs(Math.abs(hands[row + 2]! - 4) - 0.2) < 0.12) own++;
  expect(own / (hands.length / 5)).toBeGreaterThan(0.9);
});
