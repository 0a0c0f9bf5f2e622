import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { PoseReading } from '../readings.ts';
import { parseStore } from '../store.ts';
import { Locator } from './locate.ts';
import { Dice } from './test-dice.ts';
import { IdentityScore } from './test-identity-score.ts';
import { Tracker } from './tracker.ts';
import { ViewMerger } from './view-merger.ts';

const DATA = process.env['AISLE_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data');
/** Observations are 0.4 s apart (BIWI walking pedestrians, Pellegrini et al. 2009). */
const STEP_US = 400_000;

interface Walk {
  readonly timesUs: number[];
  readonly placesM: [number, number][];
}

/** Pedestrians of an `obsmat.txt` (frame, id, x, z, y, …), shifted into the first quadrant. */
function readWalks(file: string): { walks: Walk[]; sizeM: [number, number]; endUs: number } {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const frames = [...new Set(rows.map((row) => row[0]!))].sort((a, b) => a - b);
  const frameStep = Math.min(...frames.slice(1).map((frame, i) => frame - frames[i]!));
  const lowX = Math.min(...rows.map((row) => row[2]!)) - 0.3;
  const lowY = Math.min(...rows.map((row) => row[4]!)) - 0.3;
  const walks = new Map<number, Walk>();
  let endUs = 0;
  const sizeM: [number, number] = [0, 0];
  for (const row of rows) {
    const timeUs = Math.round(((row[0]! - frames[0]!) / frameStep) * STEP_US);
    const walk = walks.get(row[1]!) ?? { timesUs: [], placesM: [] };
    walks.set(row[1]!, walk);
    walk.timesUs.push(timeUs);
    walk.placesM.push([row[2]! - lowX, row[4]! - lowY]);
    endUs = Math.max(endUs, timeUs);
    sizeM[0] = Math.max(sizeM[0], row[2]! - lowX + 0.3);
    sizeM[1] = Math.max(sizeM[1], row[4]! - lowY + 0.3);
  }
  return { walks: [...walks.values()].flatMap((walk) => withWaysInAndOut(walk, sizeM)), sizeM, endUs };
}

/** The scene is open, a store is not: people walk straight in from, and out to, beyond its edge. */
function withWaysInAndOut(walk: Walk, sizeM: readonly [number, number]): Walk[] {
  const end = walk.timesUs.length - 1;
  if (end < 2) return [];
  const before = wayOut(walk.placesM[0]!, walk.placesM[2]!, sizeM).reverse();
  const after = wayOut(walk.placesM[end]!, walk.placesM[end - 2]!, sizeM);
  if (before.length === 0 || after.length === 0) return [];
  const firstUs = walk.timesUs[0]! - before.length * STEP_US;
  const placesM = [...before, ...walk.placesM, ...after];
  // Gaps of single observations are left as they are: people walk on evenly.
  const timesUs = [
    ...before.map((_, i) => firstUs + i * STEP_US),
    ...walk.timesUs,
    ...after.map((_, i) => walk.timesUs[end]! + (i + 1) * STEP_US),
  ];
  return [{ timesUs, placesM }];
}

/** Steps from a place to beyond the edge, away from where the walker was two steps ago or will be in two; none for one who stands. */
function wayOut(from: [number, number], inner: [number, number], sizeM: readonly [number, number]): [number, number][] {
  const dx = (from[0] - inner[0]) / 2;
  const dy = (from[1] - inner[1]) / 2;
  if (Math.hypot(dx, dy) < 0.1) return [];
  const steps: [number, number][] = [];
  let [x, y] = from;
  while (x > -0.5 && y > -0.5 && x < sizeM[0] + 0.5 && y < sizeM[1] + 0.5) {
    x += dx;
    y += dy;
    steps.push([x, y]);
  }
  return steps;
}

function placeAt(walk: Walk, timeUs: number): [number, number] | null {
  const { timesUs, placesM } = walk;
  if (timeUs < timesUs[0]! || timeUs > timesUs[timesUs.length - 1]!) return null;
  const after = Math.max(
    1,
    timesUs.findIndex((one) => one >= timeUs),
  );
  if (timesUs.length < 2) return placesM[0]!;
  const share = (timeUs - timesUs[after - 1]!) / (timesUs[after]! - timesUs[after - 1]!);
  const [a, b] = [placesM[after - 1]!, placesM[after]!];
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
}

/** Feeds the first minutes of a real scene, with 5 cm of noise and misses of 0.3 to 3 s, to the tracker. */
function track(file: string) {
  const { walks, sizeM, endUs } = readWalks(file);
  const [width, depth] = sizeM;
  const store = parseStore({
    name: 'street',
    sizeM,
    // People come and go along all sides.
    doors: [
      { id: 'west', atM: [0, depth / 2], widthM: depth, use: 'both' },
      { id: 'east', atM: [width, depth / 2], widthM: depth, use: 'both' },
      { id: 'south', atM: [width / 2, 0], widthM: width, use: 'both' },
      { id: 'north', atM: [width / 2, depth], widthM: width, use: 'both' },
    ],
    fixtures: [],
    scales: [],
    cameras: [],
    poseSources: [{ id: 'poses' }],
    slots: [],
    products: [],
  });
  const dice = new Dice(11);
  const missingUntilUs = walks.map(() => 0);
  const score = new IdentityScore(0.5);
  const locator = new Locator(store);
  const merger = new ViewMerger(store);
  const tracker = new Tracker(store);
  for (let m = 0; m * 100_000 < Math.min(endUs, 300e6); m++) {
    const timeUs = m * 100_000 + 99_999;
    const people: PoseReading['people'][number][] = [];
    const truthIds: number[] = [];
    const truthM: [number, number][] = [];
    walks.forEach((walk, i) => {
      const place = placeAt(walk, timeUs);
      if (place === null || place[0] < 0 || place[1] < 0 || place[0] > width || place[1] > depth) return;
      truthIds.push(i);
      truthM.push(place);
      // 5 % of the time unseen, as for a detector.
      if (dice.uniform() < 0.1 * 0.05) missingUntilUs[i] = timeUs + dice.between(0.3, 1.7) * 1e6;
      if (timeUs < missingUntilUs[i]!) return;
      const noise = () => 0.05 * dice.normal();
      const heightM = 1.5 + ((i * 7) % 11) * 0.03;
      const inWorldM: [number, number, number] = [place[0] + noise(), place[1] + noise(), heightM + noise()];
      people.push({ targetId: '', head: { inWorldM, score: 0.9 }, hands: [] });
    });
    const reading: PoseReading = { kind: 'pose', sensorId: 'poses', timeUs, arrivalUs: timeUs, sequence: m, people };
    const momentUs = (m + 1) * 100_000;
    tracker.update(merger.merge(locator.locate([reading]), tracker.predict(momentUs)), momentUs);
    score.add(tracker.snapshot(), truthIds, truthM);
  }
  return { ...score.result(), people: walks.length };
}

for (const scene of ['eth', 'hotel']) {
  const file = path.join(DATA, 'tracking/trajectories', scene, 'obsmat.txt');
  const isThere = existsSync(file);
  if (!isThere) console.info(`real motion of ${scene} not tested: ${file} is not there (set AISLE_DATA)`);
  test.runIf(isThere)(`follows real pedestrians (${scene}) through noise and misses`, () => {
    const result = track(file);
    console.info(scene, result);
    expect(result.idf1).toBeGreaterThan(0.85);
    expect(result.purity).toBeGreaterThan(0.95);
  });
}
