import { expect, test } from 'vitest';
import { ReadingsHash } from '../engine/recording/reading-codec.ts';
import { Simulation } from '../simulator/simulate.ts';
import { resolveFile } from './scenario-files.ts';
import { SimulationAhead } from './simulation-ahead.ts';

const run = resolveFile('scenarios/demo.yaml', 1, {});

test('gives the steps, the truth and the hash that a simulation on this thread gives', async () => {
  const simulation = new Simulation(run);
  const hash = new ReadingsHash();
  const decoded = new ReadingsHash();
  const ahead = new SimulationAhead(run);
  let steps = 0;
  for await (const step of ahead.steps()) {
    const here = simulation.step()!;
    for (const reading of here.readings) hash.add(reading);
    for (const reading of step.readings) decoded.add(reading);
    expect({ ...step, readings: [] }).toEqual({ ...here, readings: [] });
    steps++;
  }
  expect(steps).toBeGreaterThan(100);
  expect(simulation.step()).toBeNull();
  expect(decoded.digest()).toBe(ahead.end.readingsHash);
  expect(ahead.end).toEqual({ carts: simulation.carts(), readingsHash: hash.digest() });
  await ahead.close();
});

test('passes on why a simulation cannot go on', async () => {
  const ahead = new SimulationAhead({ ...run, doors: undefined, store: undefined } as never);
  await expect(ahead.steps().next()).rejects.toThrow();
  await ahead.close();
});
