import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadScenario } from '../scenario/load-scenario.ts';
import { resolve } from '../scenario/resolve.ts';
import type { Run } from '../scenario/run.ts';
import { formatScenarioError } from '../scenario/scenario-error.ts';
import { World } from './world.ts';

const root = join(import.meta.dirname, '../../scenarios');
const within = (folder: string) =>
  readdirSync(join(root, folder))
    .sort()
    .map((name) => `${folder}/${name}`);

function runOf(file: string): Run {
  const loaded = loadScenario(join(root, file));
  if ('errors' in loaded) throw new Error(loaded.errors.map(formatScenarioError).join('\n'));
  return resolve(loaded.scenario);
}

interface Outcome {
  readonly skipped: string[];
  readonly receipts: Record<string, Record<string, number>>;
  readonly inside: string[];
}

function play(run: Run): Outcome {
  const world = new World(run);
  const skipped: string[] = [];
  while (world.timeUs < run.durationUs && !world.isOver) {
    world.step();
    for (const event of world.takeTruth())
      if (event.kind === 'skipped') skipped.push(`${event.shopper} ${event.action}: ${event.reason}`);
  }
  const carts = world.carts();
  return {
    skipped,
    receipts: Object.fromEntries(
      carts.map(({ shopper, lines }) => [shopper, Object.fromEntries(lines.map(({ sku, count }) => [sku, count]))]),
    ),
    inside: carts.filter(({ exitedAtUs }) => exitedAtUs === null).map(({ shopper }) => shopper),
  };
}

describe('scripted scenario files', () => {
  const files = [...within('thirty'), ...within('behaviours'), 'demo.yaml'];

  test.each(files)('happen as written, with the receipts they expect: %s', (file) => {
    const run = runOf(file);
    const { skipped, receipts, inside } = play(run);
    expect(skipped).toEqual([]);
    expect(inside).toEqual([]);
    for (const shopper of Object.keys(run.expect.receipts))
      expect({ [shopper]: receipts[shopper] ?? {} }).toEqual({ [shopper]: run.expect.receipts[shopper] });
    const judged = [...Object.keys(run.expect.receipts), ...run.expect.review];
    if (judged.length > 0) expect(Object.keys(receipts).filter((shopper) => !judged.includes(shopper))).toEqual([]);
  });
});

test('keeps about 60 shoppers in the grocery from the second minute on', () => {
  const run = runOf('stores/grocery.yaml');
  const world = new World(run);
  const counts: number[] = [];
  for (let second = 0; second < 240; second++) {
    for (let tick = 0; tick < run.tickHz; tick++) world.step();
    if (second >= 120 && second % 10 === 0) counts.push(world.bodies.filter(({ present }) => present).length);
  }
  for (const count of counts) {
    expect(count).toBeGreaterThanOrEqual(45);
    expect(count).toBeLessThanOrEqual(75);
  }
});
