import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FixtureSight } from '../sensors/fixture-sight.ts';
import { trueCamera } from '../sensors/true-camera.ts';
import { Layout } from '../world/layout.ts';
import { loadScenario, type Scenario } from './load-scenario.ts';
import { resolve } from './resolve.ts';
import type { Run } from './run.ts';
import { formatScenarioError } from './scenario-error.ts';

const root = join(import.meta.dirname, '../../scenarios');
const fragment = /\.(store|catalog|sensors)\.yaml$/;
const files = readdirSync(root, { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.yaml') && !fragment.test(name))
  .sort();
const within = (folder: string) => files.filter((file) => file.startsWith(`${folder}/`));

function load(file: string): Scenario {
  const loaded = loadScenario(join(root, file));
  if ('errors' in loaded) throw new Error(loaded.errors.map(formatScenarioError).join('\n'));
  return loaded.scenario;
}

const runOf = (file: string): Run => resolve(load(file));
const lab = runOf(within('thirty')[0]!);
const gramsOf = (run: Run) =>
  new Map(run.products.map(({ sku, weightGrams }) => [sku, 'normal' in weightGrams ? weightGrams.normal.mean : 0]));

describe('scenario files', () => {
  test.each(files)('load and resolve: %s', (file) => {
    const scenario = load(file);
    expect(resolve(scenario).shoppers.length).toBeGreaterThan(0);
    const own = scenario.warnings.filter(() => file !== 'lunch.shop.yaml');
    expect(own.map(formatScenarioError)).toEqual([]);
  });

  test('are all runnable or fragments in base', () => {
    expect(within('base')).toEqual([]);
  });
});

describe('behaviours', () => {
  const behaviours = within('behaviours');

  test('cover the 17 published groups', () => {
    const texts = behaviours.map((file) => readFileSync(join(root, file), 'utf8'));
    const groups = new Set(texts.flatMap((text) => [...text.matchAll(/\bGroup (\d+)/g)].map(([, n]) => Number(n))));
    expect([...groups].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  });

  test('begin with a visit of one shopper and one item', () => {
    const [only, ...others] = runOf(behaviours[0]!).shoppers;
    expect(others).toEqual([]);
    expect(only!.actions.map(({ verb }) => verb)).toEqual(['take', 'leave']);
  });

  test('each say what must come out', () => {
    for (const file of behaviours) {
      const { receipts, review, never } = runOf(file).expect;
      expect(Object.keys(receipts).length + review.length + never.length, file).toBeGreaterThan(0);
    }
  });
});

describe('the thirty cases', () => {
  const cases = within('thirty').map((file) => ({ file, run: runOf(file) }));

  test('are 24 of one shopper and 6 of two or three', () => {
    const sizes = cases.map(({ run }) => run.shoppers.length);
    expect(sizes.filter((size) => size === 1)).toHaveLength(24);
    expect(sizes.filter((size) => size === 2 || size === 3)).toHaveLength(6);
    expect(sizes).toHaveLength(30);
  });

  test('state every receipt and bound no score', () => {
    for (const { file, run } of cases) {
      expect(Object.keys(run.expect.receipts), file).toEqual(run.shoppers.map(({ key }) => key));
      expect(run.expect.metrics, file).toEqual([]);
    }
  });

  test('last between one minute and two and a half', () => {
    for (const { file, run } of cases) {
      expect(run.durationUs, file).toBeGreaterThanOrEqual(60e6);
      expect(run.durationUs, file).toBeLessThanOrEqual(150e6);
    }
  });
});

describe('the laboratory', () => {
  test('has 306 plates under 30 shelves at 60 Hz and 12 cameras of 640 × 360 at 10 Hz', () => {
    expect(lab.scales).toHaveLength(30);
    expect(lab.scales.reduce((sum, { cells }) => sum + cells.length, 0)).toBe(306);
    expect(new Set(lab.scales.map(({ rateHz }) => rateHz))).toEqual(new Set([60]));
    for (const { cells } of lab.scales) for (const { fromM, toM } of cells) expect(toM - fromM).toBeCloseTo(0.102, 6);
    expect(lab.cameras).toHaveLength(12);
    for (const { widthPx, heightPx, rateHz } of lab.cameras)
      expect([widthPx, heightPx, rateHz]).toEqual([640, 360, 10]);
  });

  test('sells 109 products with the published spread of weights', () => {
    const sorted = [...gramsOf(lab).values()].sort((a, b) => a - b);
    expect(sorted).toHaveLength(109);
    expect(sorted[27]).toBeCloseTo(71, 0);
    expect(sorted[54]).toBeCloseTo(138, 0);
    expect(sorted[81]).toBeCloseTo(467, 0);
  });

  test('has as many products of nearly one weight as published', () => {
    const grams = [...gramsOf(lab).values()];
    const withNear = (within: number) =>
      grams.filter((a, i) => grams.some((b, j) => j !== i && Math.abs(a - b) <= within)).length / grams.length;
    expect(Math.abs(withNear(5) - 86 / 108)).toBeLessThan(0.02);
    expect(Math.abs(withNear(1) - 61 / 108)).toBeLessThan(0.02);
  });

  test('stands products within 10 g on one shelf as often as published', () => {
    const grams = gramsOf(lab);
    let pairs = 0;
    let close = 0;
    for (const { slots } of shelvesOf(lab))
      for (let i = 0; i < slots.length; i++)
        for (let j = 0; j < i; j++) {
          pairs += 1;
          if (Math.abs(grams.get(slots[i]!)! - grams.get(slots[j]!)!) <= 10) close += 1;
        }
    expect(Math.abs(close / pairs - 0.37)).toBeLessThan(0.02);
  });

  test('gives every product one to five facings, two to five deep', () => {
    for (const { facings, depth } of lab.store.slots) {
      expect(facings).toBeGreaterThanOrEqual(1);
      expect(facings).toBeLessThanOrEqual(5);
      expect(depth).toBeGreaterThanOrEqual(2);
      expect(depth).toBeLessThanOrEqual(5);
    }
  });

  test('shows every slot front to two cameras at least', () => {
    const layout = new Layout(lab);
    const sight = new FixtureSight(lab);
    const cameras = lab.cameras.map(trueCamera);
    const at = new Float64Array(3);
    for (const slot of layout.slots) {
      layout.pointOnShelfInto(at, slot, (slot.plan.fromM + slot.plan.toM) / 2, -0.03, 0.1);
      const [x, y, z] = at as unknown as [number, number, number];
      const seeing = cameras.filter((camera) => camera.project(x, y, z) && sight.isFree(camera.atM, x, y, z));
      expect(seeing.length, slot.plan.id).toBeGreaterThanOrEqual(2);
    }
  });
});

test('puts 200 scale units and 24 cameras on the 200 square metres of the grocery', () => {
  const run = runOf('stores/grocery.yaml');
  expect(run.store.sizeM[0] * run.store.sizeM[1]).toBeCloseTo(200, 6);
  expect(run.scales).toHaveLength(200);
  expect(run.cameras).toHaveLength(24);
});

function shelvesOf(run: Run): { slots: string[] }[] {
  const shelves = new Map<string, string[]>();
  for (const { shelfId, skus } of run.store.slots) shelves.set(shelfId, [...(shelves.get(shelfId) ?? []), ...skus]);
  return [...shelves.values()].map((slots) => ({ slots }));
}
