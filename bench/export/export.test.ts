import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CameraPlan, FixturePlan, Run, ShopperPlan } from '../../simulator/scenario/run.ts';
import type { TruthPose } from '../../simulator/truth.ts';
import { BodyBoxes, type BodyCylinder, cylindersOf } from './body-boxes.ts';
import { TruthExport } from './truth-export.ts';

/** 90° wide, 640 × 480, at (0, 2, 1), looking along +x: focal length 320 px. */
const camera = (id: string) =>
  ({
    id,
    atM: [0, 2, 1],
    lookM: [5, 2, 1],
    hfovRad: Math.PI / 2,
    widthPx: 640,
    heightPx: 480,
    k1: 0,
    k2: 0,
  }) as unknown as CameraPlan;

function runWith(cameras: readonly CameraPlan[], fixtures: readonly FixturePlan[] = []): Run {
  const shoppers = ['ana', 'ben'].map((key) => ({ key, heightM: 1.8, carriedBy: null }) as ShopperPlan);
  return { scenario: 'lunch rush', seed: 3, cameras, shoppers, store: { sizeM: [10, 4], fixtures } } as unknown as Run;
}

function pose(timeUs: number, bodies: readonly (readonly [index: number, x: number, y: number])[]): TruthPose {
  return {
    timeUs,
    shopperIndex: Int32Array.from(bodies, ([index]) => index),
    inWorldM: Float32Array.from(bodies.flatMap(([, x, y]) => [x, y, 1.69, x, y, 1, x, y, 1])),
    onFloorM: Float32Array.from(bodies.flatMap(([, x, y]) => [x, y])),
  };
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aisle-export-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

describe('boxes of bodies', () => {
  const body = (shopperIndex: number, xM: number, yM: number): BodyCylinder => ({
    ...{ shopperIndex, xM, yM, radiusM: 0.25, bottomM: 0, topM: 1.8 },
  });

  test('follow from the pinhole by hand', () => {
    const [box] = new BodyBoxes(runWith([camera('c')])).list(0, [body(0, 4, 2)]);
    // Nearest rim at 3.75 m: crown 0.8 m above and floor 1 m below the axis: v = 240 − 320·0.8/3.75 … 240 + 320/3.75.
    expect(box.topPx).toBeCloseTo(240 - (320 * 0.8) / 3.75, 6);
    expect(box.topPx + box.heightPx).toBeCloseTo(240 + 320 / 3.75, 6);
    // The tangent to the rim has slope 0.25 / √(4² − 0.25²); 16 points come within 2 % of it.
    const half = (320 * 0.25) / Math.sqrt(16 - 0.0625);
    expect(box.widthPx / (2 * half)).toBeGreaterThan(0.98);
    expect(box.widthPx / (2 * half)).toBeLessThanOrEqual(1 + 1e-9);
    expect(box.leftPx + box.widthPx / 2).toBeCloseTo(320, 6);
    expect(box.visibility).toBe(1);
  });

  test('leave out who is behind the camera and cut at the picture', () => {
    const boxes = new BodyBoxes(runWith([camera('c')]));
    expect(boxes.list(0, [body(0, -3, 2)])).toEqual([]);
    // At the left edge of the view: y = 2 + 4 lies at u = 0.
    const [box] = boxes.list(0, [body(0, 4, 6)]);
    expect(box.leftPx).toBe(0);
    expect(box.visibility).toBeGreaterThan(0.2);
    expect(box.visibility).toBeLessThan(0.8);
  });

  test('tell what others and fixtures hide', () => {
    const boxes = new BodyBoxes(runWith([camera('c')]));
    const seen = boxes.list(0, [body(0, 2, 2), body(1, 6, 2)]);
    // The nearer, as wide at a third of the distance, hides the farther, but for what is below its feet: nothing.
    expect(seen.map((box) => [box.shopperIndex, box.visibility])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    const shelf = {
      ...{ id: 'A', kind: 'gondola', atM: [4, 2], facingRad: Math.PI, lengthM: 2, depthM: 0.5 },
      heightM: 1,
    };
    const behind = new BodyBoxes(
      runWith([camera('c')], [{ ...shelf, door: null, shelves: [] } as unknown as FixturePlan]),
    );
    // As high as the camera: all below 1 m is hidden, of eight heights the four above 1 m stay.
    expect(behind.list(0, [body(0, 6, 2)])[0].visibility).toBe(4 / 8);
  });

  test('end where the legs do for a carried child', () => {
    const run = runWith([]);
    const child = { ...run.shoppers[0], heightM: 0.8, carriedBy: 'ben' };
    const [carried] = cylindersOf({ shoppers: [child] }, pose(0, [[0, 1, 1]]));
    expect([carried.topM, carried.bottomM]).toEqual([expect.closeTo(1.8, 6), expect.closeTo(1, 6)]);
  });
});

describe('MOTChallenge', () => {
  test("writes TrackEval's folders, nine columns, everything counted from 1", () => {
    const out = new TruthExport(folder, runWith([camera('front'), camera('back/2')]));
    out.pose(pose(0, [[1, 4, 2]]));
    out.pose(
      pose(100_000, [
        [0, -3, 2],
        [1, 4, 2],
      ]),
    );
    out.close();
    const root = 'mot-challenge/data/gt/mot_challenge';
    expect(read(`${root}/seqmaps/OpenAisle-train.txt`)).toBe('name\nlunch_rush-s3-back_2\nlunch_rush-s3-front\n');
    const rows = read(`${root}/OpenAisle-train/lunch_rush-s3-front/gt/gt.txt`).trim().split('\n');
    expect(rows.map((row) => row.split(',').length)).toEqual([9, 9]);
    expect(rows.map((row) => row.split(',').slice(0, 2))).toEqual([
      ['1', '2'],
      ['2', '2'],
    ]);
    expect(rows[0].split(',').slice(6)).toEqual(['1', '1', '1.000']);
    expect(read(`${root}/OpenAisle-train/lunch_rush-s3-back_2/seqinfo.ini`)).toBe(
      '[Sequence]\nname=lunch_rush-s3-back_2\nimDir=img1\nframeRate=10\nseqLength=2\nimWidth=640\nimHeight=480\nimExt=.jpg\n',
    );
  });

  test('keeps the sequences of an earlier run in the list', () => {
    for (const seed of [3, 4]) new TruthExport(folder, { ...runWith([camera('c')]), seed }).close();
    expect(read('mot-challenge/data/gt/mot_challenge/seqmaps/OpenAisle-train.txt')).toBe(
      'name\nlunch_rush-s3-c\nlunch_rush-s4-c\n',
    );
  });
});

test('writes the lines of AI City 2025', () => {
  const out = new TruthExport(folder, runWith([]));
  out.pose(pose(0, [[0, 1, 1]]));
  out.pose(pose(100_000, [[0, 1, 1.5]]));
  out.pose(pose(200_000, [[0, 1, 1.5]]));
  out.close();
  // Height 1.69 + 0.11, its middle at 0.9; width 2 · 0.13 · 1.8; a step along +y is a yaw of π / 2, kept while standing.
  expect(read('ai-city/track1.txt').trim().split('\n')).toEqual([
    '3 0 1 0 1.000 1.000 0.900 0.468 0.468 1.800 0.000',
    '3 0 1 1 1.000 1.500 0.900 0.468 0.468 1.800 1.571',
    '3 0 1 2 1.000 1.500 0.900 0.468 0.468 1.800 1.571',
  ]);
});

describe('COCO', () => {
  test('writes instances that belong to their images', () => {
    const out = new TruthExport(folder, runWith([camera('a'), camera('b')]));
    for (let t = 0; t < 400; t++)
      out.pose(
        pose(t * 100_000, [
          [0, 3, 2],
          [1, 4, 1],
        ]),
      );
    out.close();
    const { images, annotations, categories } = JSON.parse(read('coco/instances.json'));
    expect(categories).toEqual([{ id: 1, name: 'person', supercategory: 'person' }]);
    expect(images).toHaveLength(800);
    expect(annotations).toHaveLength(1600);
    expect(images[2]).toEqual({ id: 3, width: 640, height: 480, file_name: 'lunch_rush-s3-a/000002.jpg' });
    expect(new Set(annotations.map((one: { id: number }) => one.id)).size).toBe(1600);
    const known = new Set(images.map((image: { id: number }) => image.id));
    for (const { image_id, bbox, area } of annotations) {
      expect(known.has(image_id)).toBe(true);
      expect(bbox[2] * bbox[3]).toBeCloseTo(area, -1);
    }
    expect(readdirSync(join(folder, 'coco'))).toEqual(['instances.json']);
  });

  test('is valid without a single pose', () => {
    new TruthExport(folder, runWith([camera('a')])).close();
    expect(JSON.parse(read('coco/instances.json'))).toMatchObject({ images: [], annotations: [] });
  });
});
