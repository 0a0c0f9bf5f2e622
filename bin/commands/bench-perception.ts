import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { QualityMeter, qualityLine } from '../../bench/vision/perception-quality.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import { PicturePool, STEPS_UNDER_WAY } from '../pictures/picture-pool.ts';
import { resolveFile } from '../scenario-files.ts';
import { machine, parseCount } from './bench-options.ts';

const FILES = ['demo.yaml', 'populations/lunch-rush.yaml', 'thirty/case-06-basket-of-eight.yaml'];

export function perceptionCommand(): Command {
  return new Command('perception')
    .description('People and hands as pictures give them, against the truth, beside `detections`')
    .argument('[files...]', 'scenarios, from the folder of scenarios', FILES)
    .option('--seconds <n>', 'simulated seconds of each at most', parseCount, 120)
    .option('--workers <n>', 'threads for pictures', parseCount, availableParallelism())
    .action(async (files: string[], { seconds, workers }: { seconds: number; workers: number }) => {
      console.log(machine());
      for (const file of files)
        for (const output of ['detections', 'pixels'] as const)
          console.log(await measure(file, output, seconds, workers));
    });
}

async function measure(
  file: string,
  output: 'detections' | 'pixels',
  seconds: number,
  workers: number,
): Promise<string> {
  const whole = resolveFile(fileURLToPath(new URL(`../../scenarios/${file}`, import.meta.url)), null, {});
  const durationUs = Math.min(whole.durationUs, seconds * 1e6);
  const run = { ...whole, durationUs, cameras: whole.cameras.map((camera) => ({ ...camera, output })) };
  let pool: PicturePool | null = null;
  const simulation = new Simulation(run, {
    pictures: (...picture) => pool!.take(...picture),
    watch: (world) => pool?.watch(world),
  });
  if (output === 'pixels') pool = await PicturePool.open(run, simulation.store, { workers });
  const meter = new QualityMeter(run, simulation);
  const ahead: { step: SimulationStep; seen: Promise<void> | undefined }[] = [];
  const play = async () => {
    const { step, seen } = ahead.shift()!;
    await seen;
    meter.step(step);
  };
  for (let step = simulation.step(); step; step = simulation.step()) {
    ahead.push({ step, seen: pool?.endStep() });
    if (ahead.length === STEPS_UNDER_WAY) await play();
  }
  while (ahead.length > 0) await play();
  await pool?.close();
  return qualityLine(file.replace(/^.*\/|\.yaml$/g, ''), meter.finish());
}
