import { describe, expect, test } from 'vitest';
import type { DetectionReading } from '../../engine/readings.ts';
import { cos, sin } from '../maths.ts';
import type { CameraNoise, CameraPlan, FixturePlan, NoiseSet, ShopperPlan } from '../scenario/run.ts';
import { STRATA, stratumOf } from './miss-strata.ts';
import { noiseSet } from './noise.ts';
import { camera, type FakeWorld, fakeRun, fault, gondola, readingsOf, sense, shopper } from './test-world.ts';
import { lookAt, TrueCamera, trueCamera, turned } from './true-camera.ts';

const none = noiseSet('none');

function quiet(change: Partial<CameraNoise>): NoiseSet {
  return { ...none, camera: { ...none.camera, ...change } };
}

/** What one camera sends in some seconds of standing about. */
function pictures(
  given: {
    noise?: NoiseSet;
    fixtures?: FixturePlan[];
    shoppers?: ShopperPlan[];
    plan?: Partial<CameraPlan>;
    faults?: Parameters<typeof fault>[0][];
  },
  seconds: number,
  move: (world: FakeWorld, tick: number) => void,
): DetectionReading[] {
  const noise = given.noise ?? none;
  const run = fakeRun({
    noise,
    fixtures: given.fixtures ?? [],
    cameras: [camera('c1', noise, given.plan)],
    shoppers: given.shoppers ?? [shopper('ana')],
    faults: (given.faults ?? []).map(fault),
  });
  return readingsOf(sense(run, seconds, move), 'detection', 'c1');
}

/** Puts the first body's left hand somewhere, the body beside it, the right hand out of every picture. */
function handAt(world: FakeWorld, x: number, y: number, z: number): void {
  world.stand(0, x + 0.45, y + 0.6);
  world.bodies[0]!.handsInWorldM.set([x, y, z, x + 0.7, y, -50]);
}

const heads = (all: readonly DetectionReading[]) => all.map((r) => r.detections.headScore.length);
const hands = (all: readonly DetectionReading[]) => all.map((r) => r.detections.handScore.length);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('misses by stratum', () => {
  const strata = (prob: (stratum: number) => number) => ({
    head: Array.from({ length: STRATA }, (_, s) => prob(s)),
    hand: new Array(STRATA).fill(0),
  });
  const seenAt = (missStrata: CameraNoise['missStrata'], x: number) =>
    mean(
      heads(
        pictures({ noise: quiet({ ...(missStrata ? { missStrata } : {}) }) }, 120, (world) => world.stand(0, x, 3)),
      ),
    );

  test('follow the distance from the camera', () => {
    const far = stratumOf({ distanceM: 9, isCrowded: false, isAwkward: false });
    const onlyFar = strata((stratum) => (stratum === far ? 0.8 : 0));
    expect(seenAt(onlyFar, 3)).toBe(1);
    expect(seenAt(onlyFar, 7)).toBeLessThan(0.4);
    expect(seenAt(undefined, 7)).toBe(1);
  });

  test('follow the company', () => {
    const crowded = strata((stratum) => ((stratum & 2) > 0 ? 0.8 : 0));
    const two = [shopper('ana'), shopper('ben')];
    const seenApart = (apartM: number) =>
      mean(
        heads(
          pictures({ noise: quiet({ missStrata: crowded }), shoppers: two }, 120, (world) => {
            world.stand(0, 4, 3);
            world.stand(1, 4 + apartM, 3 + apartM);
          }),
        ),
      );
    expect(seenApart(1.2)).toBe(2);
    expect(seenApart(0.4)).toBeLessThan(1);
  });
});

describe('projection', () => {
  test('puts the point looked at in the middle of the picture, at its distance', () => {
    const seen = trueCamera(camera('c', none));
    expect(seen.project(4, 3, 1)).toBe(true);
    expect(seen.u).toBeCloseTo(320, 9);
    expect(seen.v).toBeCloseTo(180, 9);
    expect(seen.depthM).toBeCloseTo(Math.sqrt(9 + 4 + 1.8 * 1.8), 9);
  });

  test('has u to the right, v downwards and the horizontal field of view across the picture', () => {
    const seen = trueCamera(camera('c', none, { atM: [0, 0, 1], lookM: [5, 0, 1], hfovRad: Math.PI / 2 }));
    seen.project(5, -1, 1);
    expect(seen.u).toBeGreaterThan(320);
    seen.project(5, 0, 0.5);
    expect(seen.v).toBeGreaterThan(180);
    expect(seen.project(5, -4.999, 1)).toBe(true);
    expect(seen.u).toBeCloseTo(640, 0);
    expect(seen.project(5, -5.001, 1)).toBe(false);
    expect(seen.project(-1, 0, 1)).toBe(false);
  });

  test('looks straight down with +y up in the picture', () => {
    const seen = trueCamera(camera('c', none, { atM: [2, 2, 3], lookM: [2, 2, 0] }));
    expect(seen.project(2.1, 2.1, 1)).toBe(true);
    expect(seen.u).toBeGreaterThan(320);
    expect(seen.v).toBeLessThan(180);
    expect(seen.depthM).toBeCloseTo(2, 9);
  });

  test('goes back to the world through the inverse of pose and lens', () => {
    const plan = camera('c', none, { k1: -0.12, k2: 0.02 });
    const seen = trueCamera(plan);
    const pose = lookAt(plan.atM, plan.lookM);
    for (const [x, y, z] of [
      [4, 3, 1],
      [3, 3.5, 0.4],
      [5, 2.6, 1.7],
    ] as const) {
      expect(seen.project(x, y, z)).toBe(true);
      const [dx, dy] = [(seen.u - 320) / seen.focalPx, (seen.v - 180) / seen.focalPx];
      let [nx, ny] = [dx, dy];
      for (let i = 0; i < 50; i++) {
        const r2 = nx * nx + ny * ny;
        const stretch = 1 + r2 * (plan.k1 + r2 * plan.k2);
        [nx, ny] = [dx / stretch, dy / stretch];
      }
      const inCamera = [nx * seen.depthM, ny * seen.depthM, seen.depthM];
      const back = [0, 1, 2].map((axis) =>
        [0, 1, 2].reduce((sum, row) => sum + pose[4 * row + axis]! * (inCamera[row]! - pose[4 * row + 3]!), 0),
      );
      expect(back[0]).toBeCloseTo(x, 7);
      expect(back[1]).toBeCloseTo(y, 7);
      expect(back[2]).toBeCloseTo(z, 7);
    }
  });

  test('turns a pose by the asked angle about its own centre', () => {
    const at = [1, 1, 2.8] as const;
    const pose = lookAt(at, [4, 3, 1]);
    const other = turned(pose, at, [0, 1, 0], 0.1);
    const forward = (p: Float64Array) => [p[8]!, p[9]!, p[10]!];
    const dot = forward(pose).reduce((sum, value, i) => sum + value * forward(other)[i]!, 0);
    expect(dot).toBeCloseTo(cos(0.1), 9);
    const seen = new TrueCamera(camera('c', none), other, [...at]);
    expect(seen.project(at[0] + 3, at[1] + 2, at[2] - 1.8)).toBe(true);
    expect(Math.abs(seen.u - 320)).toBeCloseTo((seen.focalPx * sin(0.1)) / cos(0.1), 6);
  });
});

test('shows a lone shopper’s head and hands exactly when nothing goes wrong', () => {
  const all = pictures({}, 3, (world) => {
    world.stand(0, 4, 3);
    world.bodies[0]!.handsInWorldM.set([3.6, 3.2, 1.1, 4, 2.6, 1.1]);
  });
  const seen = trueCamera(camera('c1', none));
  seen.project(4, 3, 1.63);
  for (const { detections } of all) {
    expect(detections.headScore.length).toBe(1);
    expect(detections.headsInImagePx[0]).toBeCloseTo(seen.u, 3);
    expect(detections.headsInImagePx[1]).toBeCloseTo(seen.v, 3);
    expect(detections.headDepthM[0]).toBeCloseTo(seen.depthM, 5);
    expect(Array.from(detections.handOwner)).toEqual([0, 0]);
    expect(detections.headScore[0]).toBe(1);
  }
  expect(all.length).toBeGreaterThanOrEqual(29);
});

describe('occlusion', () => {
  // The gondola faces +x; the camera stands in front of it or behind it.
  const fixtures = [gondola('A', 4, 3)];
  const front = { atM: [6.5, 3, 2.8] as const, lookM: [4, 3, 1] as const };
  const back = { atM: [1, 3, 2.8] as const, lookM: [4, 3, 1] as const };
  const handsSeen = (
    plan: Partial<CameraPlan>,
    x: number,
    z: number,
    more: Partial<Parameters<typeof pictures>[0]> = {},
  ) => mean(hands(pictures({ fixtures, plan, ...more }, 2, (world) => handAt(world, x, 3, z))));

  test('leaves a hand that reaches into a shelf from the front to be seen from the front', () => {
    expect(handsSeen(front, 3.9, 1)).toBe(1);
  });

  test('hides the same hand from behind the shelf', () => {
    expect(handsSeen(back, 3.9, 1)).toBe(0);
  });

  test('hides a hand deep under a board from a camera above', () => {
    const above = { atM: [4.4, 3, 2.8] as const, lookM: [4, 3, 1] as const };
    expect(handsSeen(above, 3.6, 0.5)).toBe(0);
    expect(handsSeen(above, 4.05, 0.5)).toBe(1);
  });

  test('hides a hand behind another fixture', () => {
    const between = [...fixtures, gondola('B', 5.6, 3)];
    expect(handsSeen({ ...front, atM: [8, 3, 2.2] }, 3.95, 0.6, { fixtures: between })).toBe(0);
  });

  test('hides a hand behind a closed or fogged door, and only inside', () => {
    const fridge = [{ ...gondola('A', 4, 3), kind: 'fridge', door: 'hinged' } as FixturePlan];
    const seen = (open: number, x: number, faults: Parameters<typeof fault>[0][] = []) =>
      mean(
        hands(
          pictures({ fixtures: fridge, plan: front, faults }, 2, (world) => {
            world.doorOpen[0] = open;
            handAt(world, x, 3, 1);
          }),
        ),
      );
    expect(seen(0, 3.9)).toBe(0);
    expect(seen(1, 3.9)).toBe(1);
    expect(seen(0, 4.25)).toBe(1);
    expect(seen(1, 3.9, [{ kind: 'fog', targets: ['A'] }])).toBe(0);
  });

  test('hides one shopper behind another, by height', () => {
    const line = (tall: number, short: number) =>
      mean(
        heads(
          pictures(
            {
              plan: { atM: [0.5, 3, 2.2], lookM: [4, 3, 1.4] },
              shoppers: [shopper('front', { heightM: tall }), shopper('rear', { heightM: short })],
            },
            2,
            (world) => {
              world.stand(0, 3.5, 3);
              world.stand(1, 4.2, 3);
            },
          ),
        ),
      );
    expect(line(1.8, 1.1)).toBe(1);
    expect(line(1.1, 1.8)).toBe(2);
  });

  test('sees nobody outside the picture, out of sight, absent or beyond 12 m', () => {
    const seen = (move: (world: FakeWorld) => void, plan: Partial<CameraPlan> = {}) =>
      mean(heads(pictures({ plan }, 1, move)));
    expect(seen((world) => world.stand(0, 0.2, 0.2))).toBe(0);
    expect(
      seen((world) => {
        world.stand(0, 4, 3);
        world.bodies[0]!.visible = false;
      }),
    ).toBe(0);
    expect(
      seen((world) => {
        world.stand(0, 4, 3);
        world.bodies[0]!.present = false;
      }),
    ).toBe(0);
    expect(seen((world) => world.stand(0, 8, 5), { atM: [-6, -3, 2.8] })).toBe(0);
    expect(seen((world) => world.stand(0, 4, 3), { atM: [-6, -3, 2.8] })).toBe(1);
  });

  test('loses hands too small to make out before it loses heads', () => {
    const far = pictures({ plan: { atM: [-4, 3, 2.8], lookM: [4, 3, 1], widthPx: 320, heightPx: 180 } }, 1, (world) =>
      world.stand(0, 4, 3),
    );
    expect(mean(heads(far))).toBe(1);
    expect(mean(hands(far))).toBe(0);
  });
});

describe('errors', () => {
  test('spread pixels with the asked SD and depth with the square of distance', () => {
    const noise = quiet({ headPx: 2, depthM: 0.01 });
    const seen = trueCamera(camera('c1', none));
    seen.project(4, 3, 1.63);
    const all = pictures({ noise }, 120, (world) => world.stand(0, 4, 3));
    const off = all.map((r) => r.detections.headsInImagePx[0]! - seen.u);
    const depth = all.map((r) => r.detections.headDepthM[0]! - seen.depthM);
    const sd = (x: number[]) => Math.sqrt(mean(x.map((value) => value * value)));
    expect(sd(off)).toBeGreaterThan(1.8);
    expect(sd(off)).toBeLessThan(2.2);
    const expected = 0.01 * seen.depthM ** 2;
    expect(sd(depth) / expected).toBeGreaterThan(0.92);
    expect(sd(depth) / expected).toBeLessThan(1.08);
  });

  test('miss as often as asked, for 0.3 to 3 s at a time', () => {
    const noise = quiet({ headMiss: 0.1, missUs: noiseSet('default').camera.missUs, missShared: 0.2 });
    const seen = heads(pictures({ noise }, 600, (world) => world.stand(0, 4, 3)));
    const share = 1 - mean(seen);
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
    const runs: number[] = [];
    let length = 0;
    for (const count of seen) {
      if (count === 0) length += 1;
      else if (length > 0) {
        runs.push(length);
        length = 0;
      }
    }
    expect(runs.length).toBeGreaterThan(20);
    // Pictures are 0.1 s apart; two misses may run into each other.
    expect(Math.min(...runs)).toBeGreaterThanOrEqual(2);
    expect(runs.filter((pictures) => pictures > 31).length / runs.length).toBeLessThan(0.1);
  });

  test('miss in several cameras at once when causes are shared', () => {
    const together = (missShared: number) => {
      const noise = quiet({ headMiss: 0.15, missUs: { fixed: 1_000_000 }, missShared });
      const plans = ['c1', 'c2'].map((id) => camera(id, noise));
      const readings = sense(fakeRun({ noise, cameras: plans, shoppers: [shopper('ana')] }), 300, (world) =>
        world.stand(0, 4, 3),
      );
      const [one, two] = ['c1', 'c2'].map((id) => heads(readingsOf(readings, 'detection', id)));
      const missed = one!.map((count, i) => count === 0 && two![i] === 0).filter(Boolean).length;
      return missed / one!.filter((count) => count === 0).length;
    };
    expect(together(1)).toBeGreaterThan(0.8);
    expect(together(0)).toBeLessThan(0.4);
  });

  test('let hands wander together in all cameras', () => {
    const noise = quiet({ handWanderM: 0.05, handWanderTauUs: 1_000_000 });
    const one = camera('c1', noise);
    const two = camera('c2', noise, { atM: [7, 5, 2.8] });
    const readings = sense(fakeRun({ noise, cameras: [one, two], shoppers: [shopper('ana')] }), 120, (world) => {
      world.stand(0, 4, 3);
      world.bodies[0]!.handsInWorldM.set([4, 3, 1.1, 4, 3, -50]);
      world.bodies[0]!.headInWorldM.set([4.8, 3, 1.6]);
      world.bodies[0]!.xM = 4.8;
    });
    const heights = ['c1', 'c2'].map((id) =>
      readingsOf(readings, 'detection', id).map((r) => r.detections.handsInImagePx[1] ?? Number.NaN),
    );
    const pairs = heights[0]!.map((v, i) => [v, heights[1]![i]!]).filter(([a, b]) => Number.isFinite(a! + b!));
    const [ma, mb] = [mean(pairs.map((p) => p[0]!)), mean(pairs.map((p) => p[1]!))];
    const cross = mean(pairs.map(([a, b]) => (a! - ma) * (b! - mb)));
    const [va, vb] = [mean(pairs.map(([a]) => (a! - ma) ** 2)), mean(pairs.map(([, b]) => (b! - mb) ** 2))];
    expect(pairs.length).toBeGreaterThan(900);
    expect(cross / Math.sqrt(va * vb)).toBeGreaterThan(0.5);
    const lagged = mean(pairs.slice(1).map(([a], i) => (a! - ma) * (pairs[i]![0]! - ma)));
    expect(lagged / va).toBeGreaterThan(0.8);
  });

  const close = (distance: number) => (world: FakeWorld) => {
    world.stand(0, 4, 3 - distance / 2);
    world.stand(1, 4, 3 + distance / 2);
  };
  const pair = [shopper('ana'), shopper('ben')];

  test('merge two bodies closer than asked into one head between them, and no others', () => {
    const noise = quiet({ mergeM: 0.6, mergePerSecond: 2, mergeUs: { fixed: 1_000_000 } });
    const merged = pictures({ noise, shoppers: pair }, 60, close(0.5));
    const one = merged.filter((r) => r.detections.headScore.length === 1);
    expect(one.length / merged.length).toBeGreaterThan(0.15);
    expect(one.length / merged.length).toBeLessThan(0.6);
    const two = merged.find((r) => r.detections.headScore.length === 2)!.detections.headsInImagePx;
    for (const { detections } of one) {
      expect(detections.headsInImagePx[0]).toBeCloseTo((two[0]! + two[2]!) / 2, 2);
      expect(Array.from(detections.handOwner).every((row) => row === 0)).toBe(true);
    }
    expect(mean(heads(pictures({ noise, shoppers: pair }, 60, close(0.7))))).toBe(2);
  });

  test('give a hand to the wrong one of two close bodies now and then', () => {
    const noise = quiet({ ownerSwapPerSecond: 0.5, ownerSwapUs: { fixed: 1_000_000 } });
    const wrong = (distance: number) => {
      const all = pictures({ noise, shoppers: pair }, 60, close(distance));
      const flags = all.flatMap(({ detections: d }) =>
        Array.from(d.handOwner, (owner, row) => {
          const u = d.handsInImagePx[2 * row]!;
          const nearer = Math.abs(u - d.headsInImagePx[0]!) < Math.abs(u - d.headsInImagePx[2]!) ? 0 : 1;
          return owner === nearer ? 0 : 1;
        }),
      );
      return mean(flags);
    };
    const apart = wrong(1.4);
    expect(wrong(0.75)).toBeGreaterThan(apart + 0.05);
    expect(apart).toBe(0);
  });

  test('raise false alarms at the asked rate, with lower scores that overlap the true ones', () => {
    const noise = quiet({ falsePerFrame: 0.5 });
    const all = pictures(
      {
        noise,
        fixtures: [gondola('A', 4, 3)],
        plan: { atM: [8.5, 3, 2.8], lookM: [4, 3, 1], hfovRad: 1.6 },
        shoppers: [],
      },
      600,
      () => {},
    );
    const perPicture = mean(heads(all)) + mean(hands(all));
    // Some fall outside this camera's picture.
    expect(perPicture).toBeGreaterThan(0.2);
    expect(perPicture).toBeLessThan(0.6);
    const scores = all.flatMap(({ detections }) => [...detections.headScore, ...detections.handScore]);
    expect(mean(scores)).toBeLessThan(0.75);
    expect(scores.some((score) => score > 0.85)).toBe(true);
    expect(all.every(({ detections }) => detections.handOwner.every((owner) => owner === -1))).toBe(true);
  });

  test('score 5 to 10 % of true hands below 0.8', () => {
    const noise = quiet({ handScoreSd: noiseSet('default').camera.handScoreSd!, headScoreSd: 0.07 });
    const all = pictures({ noise }, 200, (world) => world.stand(0, 4, 3));
    const scores = all.flatMap(({ detections }) => [...detections.handScore]);
    const low = scores.filter((score) => score < 0.8).length / scores.length;
    expect(low).toBeGreaterThan(0.05);
    expect(low).toBeLessThan(0.1);
  });
});

test('shuffles rows from picture to picture', () => {
  const shoppers = ['a', 'b', 'c', 'd', 'e'].map((key) => shopper(key));
  const all = pictures({ shoppers, plan: { hfovRad: 1.6 } }, 20, (world) => {
    shoppers.forEach((_, i) => {
      world.stand(i, 3.5 + 0.8 * (i % 3), 2.5 + 0.9 * Math.floor(i / 3));
    });
  });
  const orders = new Set(all.map(({ detections }) => Array.from(detections.headsInImagePx, Math.round).join()));
  expect(orders.size).toBeGreaterThan(30);
});

test('needs somebody to take the pictures of cameras that send pixels', () => {
  const run = fakeRun({ cameras: [camera('c9', none, { output: 'pixels' })] });
  expect(() => sense(run, 0.1)).toThrow(
    /camera c9: found output pixels, expected detections where none takes pictures/,
  );
});
