import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { compareReport } from '../../bench/fit-detections/compare-report.ts';
import { DetectionCameras } from '../../bench/fit-detections/detection-cameras.ts';
import { DetectionMeter } from '../../bench/fit-detections/detection-meter.ts';
import { DetectionSums } from '../../bench/fit-detections/detection-sums.ts';
import { fitReport } from '../../bench/fit-detections/fit-report.ts';
import { fittedNoise } from '../../bench/fit-detections/fitted-noise.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import { PicturePool, STEPS_UNDER_WAY } from '../pictures/picture-pool.ts';
import { resolveFile } from '../scenario-files.ts';
import { machine, parseCount } from './bench-options.ts';

/** Others than those on which both kinds of cameras are compared. */
const FILES = [
  'calibration/convenience-evening.yaml',
  'calibration/room-afternoon.yaml',
  'calibration/lab-crowded.yaml',
  'calibration/convenience-adversarial.yaml',
];
const TABLE = fileURLToPath(new URL('../../simulator/sensors/fitted-camera.json', import.meta.url));

/** What both kinds of cameras are compared on; never fitted to. */
const COMPARED = ['populations/lunch-rush.yaml'];

interface CompareOptions {
  readonly seconds: number;
  readonly workers: number;
  readonly noise: string;
}

export function compareDetectionsCommand(): Command {
  return new Command('compare-detections')
    .description('Misses, errors and false alarms of `pixels` and `detections` cameras at the same moments, by stratum')
    .argument('[files...]', 'scenarios, from the folder of scenarios', COMPARED)
    .option('--seconds <n>', 'simulated seconds of each at most', parseCount, 120)
    .option('--workers <n>', 'threads for pictures', parseCount, availableParallelism())
    .option('--noise <set>', 'noise of the `detections` cameras', 'fitted')
    .action(async (files: string[], { noise, ...options }: CompareOptions) => {
      console.log(machine());
      const [pixels, detections] = [new DetectionSums(), new DetectionSums()];
      for (const file of files) await measure(options, file, pixels, { sums: detections, noise });
      console.log(compareReport(pixels, detections));
    });
}

interface Options {
  readonly seconds: number;
  readonly workers: number;
  readonly out: string;
}

export function fitDetectionsCommand(): Command {
  return new Command('fit-detections')
    .description('Measure what pictures show of people and hands against the truth, and write the noise set `fitted`')
    .argument('[files...]', 'scenarios, from the folder of scenarios', FILES)
    .option('--seconds <n>', 'simulated seconds of each at most', parseCount, 300)
    .option('--workers <n>', 'threads for pictures', parseCount, availableParallelism())
    .option('--out <file>', 'table to write', TABLE)
    .action(async (files: string[], options: Options) => {
      console.log(machine());
      const sums = new DetectionSums();
      for (const file of files) {
        await measure(options, file, sums);
        console.error(`${file}: ${sums.pictures} pictures so far`);
      }
      const fit = fittedNoise(sums);
      console.log(fitReport(sums, fit));
      const about = `Written by bench fit-detections from ${files.join(', ')}, ${options.seconds} s of each: ${sums.pictures} pictures`;
      writeFileSync(options.out, `${JSON.stringify({ version: 1, about, camera: fit.camera }, null, 2)}\n`);
      console.log(options.out);
    });
}

/** Plays a scenario with pictures, and beside them the `detections` of the same moments where `beside` is given. */
async function measure(
  { seconds, workers }: Pick<Options, 'seconds' | 'workers'>,
  file: string,
  pixels: DetectionSums,
  beside?: { readonly sums: DetectionSums; readonly noise: string },
): Promise<void> {
  // Perception levels a camera by the floor; what a fitter measured wrongly is none of the detector's errors.
  const overrides = { knowledge: 'perfect', ...(beside ? { noise: beside.noise } : {}) };
  const whole = resolveFile(fileURLToPath(new URL(`../../scenarios/${file}`, import.meta.url)), null, overrides);
  const durationUs = Math.min(whole.durationUs, seconds * 1e6);
  const run = { ...whole, durationUs, cameras: whole.cameras.map((one) => ({ ...one, output: 'pixels' as const })) };
  const meter = new DetectionMeter(run, pixels);
  const other = beside ? { cameras: new DetectionCameras(run), meter: new DetectionMeter(run, beside.sums) } : null;
  let pool: PicturePool | null = null;
  const simulation = new Simulation(run, {
    pictures: (camera, world, timeUs, isFogged) => {
      const seen = pool!.take(camera, world, timeUs, isFogged);
      meter.take(camera, world, timeUs, seen);
      const told = other?.cameras.take(camera, world, isFogged);
      if (told) other!.meter.take(camera, world, timeUs, told);
      return seen;
    },
    watch: (world) => {
      pool?.watch(world);
      other?.cameras.watch(world);
    },
  });
  pool = await PicturePool.open(run, simulation.store, { workers });
  const ahead: { readonly step: SimulationStep; readonly seen: Promise<void> }[] = [];
  const settle = async () => {
    const { step, seen } = ahead.shift()!;
    await seen;
    meter.settle(step.timeUs);
    other?.meter.settle(step.timeUs);
  };
  try {
    for (let step = simulation.step(); step; step = simulation.step()) {
      ahead.push({ step, seen: pool.endStep() });
      if (ahead.length === STEPS_UNDER_WAY) await settle();
    }
    while (ahead.length > 0) await settle();
  } finally {
    await pool.close();
  }
  pixels.endRun();
  beside?.sums.endRun();
}
