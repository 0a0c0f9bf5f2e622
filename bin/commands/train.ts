import { existsSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { openBackend } from '../../models/backend/open-backend.ts';
import { trainHandState } from '../../models/train/train-hand-state.ts';
import { trainRecogniser } from '../../models/train/train-recogniser.ts';
import { trainShelfReader } from '../../models/train/train-shelf-reader.ts';
import { Progress } from '../progress.ts';
import { UserError } from '../user-error.ts';
import { parseCount } from './bench-options.ts';

const trainings = {
  'product-recogniser': trainRecogniser,
  'hand-state': trainHandState,
  'shelf-reader': trainShelfReader,
};
type ModelName = keyof typeof trainings;

interface TrainOptions {
  readonly seed: number;
  readonly threads: number;
  readonly out?: string;
  readonly fresh?: boolean;
}

export function trainCommand(): Command {
  return new Command('train')
    .description(`Train a model on generated pictures and write its weights: ${Object.keys(trainings).join(', ')}`)
    .argument('<name>', 'model')
    .option('--seed <n>', 'seed of data and weights', parseCount, 1)
    .option('--threads <n>', 'threads of the arithmetic', parseCount, Math.min(2, availableParallelism()))
    .option('--out <folder>', 'where to write it instead of its place in the sources')
    .option('--fresh', 'begin anew instead of going on from the last finished epoch')
    .action(train);
}

async function train(name: string, options: TrainOptions): Promise<void> {
  if (!Object.hasOwn(trainings, name))
    throw new UserError(`name: found ${name}, expected one of ${Object.keys(trainings).join(', ')}`);
  const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const checkpoint = at(`out/train/${name}-${options.seed}.state`);
  if (options.fresh) for (const file of [checkpoint, `${checkpoint}.curve.json`]) rmSync(file, { force: true });
  else if (existsSync(checkpoint)) console.error(`going on from ${checkpoint}`);
  const { backend } = await openBackend('onnxruntime-node');
  const progress = new Progress();
  const result = await trainings[name as ModelName](backend, {
    seed: options.seed,
    threads: options.threads,
    checkpoint,
    folder: options.out ?? at(`models/${name}/weights`),
    progress: (done, label) => progress.show(done, label),
  });
  progress.clear();
  for (const [metric, value] of Object.entries(result)) console.log(`${metric.padEnd(28)} ${value.toFixed(4)}`);
}
