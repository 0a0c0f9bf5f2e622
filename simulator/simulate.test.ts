import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Run } from './scenario/run.ts';
import { Simulation } from './simulate.ts';
import { shopper, testRun } from './world/test-run.ts';

const take = { verb: 'take', sku: 'cola', from: 'G1.1', quantity: 1, hands: 1, slow: false, keep: 'bag' } as const;

function hashOf(run: Run): { hash: string; endUs: number; steps: number } {
  const simulation = new Simulation(run);
  const hash = createHash('sha256');
  let endUs = 0;
  let steps = 0;
  for (let step = simulation.step(); step !== null; step = simulation.step()) {
    for (const reading of step.readings) {
      hash.update(JSON.stringify({ ...reading, grams: undefined, detections: undefined }));
      if (reading.kind === 'scale') hash.update(new Uint8Array(reading.grams.buffer));
    }
    hash.update(JSON.stringify(step.truth));
    endUs = step.timeUs;
    steps += 1;
  }
  hash.update(JSON.stringify([simulation.carts(), simulation.store]));
  return { hash: hash.digest('hex'), endUs, steps };
}

test('gives the same readings, truth and carts for a seed, and others for another', () => {
  const run = testRun([shopper('ana', [take]), shopper('ben', [take])]);
  expect(hashOf(run).hash).toBe(hashOf(run).hash);
  expect(hashOf({ ...run, seed: 8 }).hash).not.toBe(hashOf(run).hash);
});

test('ends a scripted run 15 s after the last shopper has left, any other at its duration', () => {
  const scripted = hashOf(testRun([shopper('ana', [take])]));
  expect(scripted.endUs).toBeGreaterThan(30_000_000);
  expect(scripted.endUs).toBeLessThan(70_000_000);
  expect(hashOf(testRun([shopper('lunch/1', [take])])).endUs).toBe(120_000_000);
});

test('gives every reading once, none before it arrived, and the gate’s and the scales’ among them', () => {
  const simulation = new Simulation(testRun([shopper('ana', [take])]));
  const seen = new Set<string>();
  const kinds = new Set<string>();
  let beforeUs = Number.NEGATIVE_INFINITY;
  for (let step = simulation.step(); step !== null; step = simulation.step()) {
    for (const { sensorId, sequence, arrivalUs, kind } of step.readings) {
      const id = `${sensorId}#${sequence}`;
      expect(seen.has(id)).toBe(false);
      seen.add(id);
      kinds.add(kind);
      expect(arrivalUs).toBeGreaterThanOrEqual(beforeUs);
      beforeUs = arrivalUs;
    }
  }
  expect([...kinds].sort()).toEqual(['gate', 'scale', 'tick']);
  expect(simulation.step()).toBeNull();
});

test('gives poses at the rate asked for', () => {
  const count = (truthHz?: number) => {
    const simulation = new Simulation(testRun([], { durationUs: 10e6 }), truthHz === undefined ? {} : { truthHz });
    let poses = 0;
    for (let step = simulation.step(); step !== null; step = simulation.step()) if (step.pose) poses += 1;
    return poses;
  };
  expect(count()).toBe(100);
  expect(count(2)).toBe(20);
});
