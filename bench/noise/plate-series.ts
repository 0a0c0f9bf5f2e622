import type { NoiseSet, Run } from '../../simulator/scenario/run.ts';
import { Simulation } from '../../simulator/simulate.ts';
import { loadRun } from '../accuracy/run-case.ts';
import { scenariosIn } from '../splits.ts';

/** Length of the real trace and of what is compared with it. */
const SECONDS = 17;

/** Plates of the laboratory with nobody in it, as their readings arrive: samples at 60 Hz, one series per plate. */
export function simulatedPlates(noise: NoiseSet['name'], seeds: readonly number[]): Float64Array[] {
  return seeds.flatMap((seed) => platesOf(emptied(loadRun(scenariosIn('thirty')[0]!, seed, { noise }))));
}

/** The run with its first shopper far off in time, so that it goes on with nobody there. */
function emptied(run: Run): Run {
  return {
    ...run,
    durationUs: (SECONDS + 1) * 1_000_000,
    cameras: [],
    shoppers: [{ ...run.shoppers[0]!, arriveUs: 1e12 }],
  };
}

function platesOf(run: Run): Float64Array[] {
  const simulation = new Simulation(run);
  const series = new Map(run.scales.map((scale) => [scale.id, scale.cells.map((): number[] => [])]));
  for (let step = simulation.step(); step; step = simulation.step()) {
    for (const reading of step.readings) {
      if (reading.kind !== 'scale') continue;
      const cells = series.get(reading.sensorId)!;
      reading.grams.forEach((grams, i) => {
        cells[i % cells.length]!.push(grams);
      });
    }
  }
  return [...series.values()].flat().map((samples) => Float64Array.from(samples.slice(0, SECONDS * 60)));
}
