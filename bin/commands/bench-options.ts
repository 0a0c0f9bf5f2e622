import { availableParallelism, cpus } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import type { PlayOptions } from '../../bench/accuracy/play-jobs.ts';
import { RowCache } from '../../bench/accuracy/row-cache.ts';
import { PROJECT } from '../../bench/splits.ts';
import { Progress } from '../progress.ts';
import { parseSeeds } from '../seeds.ts';

/** What a figure was measured on. */
export const machine = () => `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${cpus().length} cores`;

/** Option parser for a whole number from 1 on. */
export function parseCount(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > 1e6) throw new InvalidArgumentError('expected a whole number from 1 on.');
  return n;
}

/** Option parser for seeds. */
export function parseSeedList(text: string): number[] {
  try {
    return parseSeeds(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** Options of benchmarks that play many runs. */
export interface PlayFlags {
  readonly workers: number;
  readonly cache: boolean;
}

export function addPlayOptions(command: Command): Command {
  return command
    .option('--workers <n>', 'runs at a time', parseCount, availableParallelism())
    .option('--no-cache', 'play every run anew; else rows of unchanged sources come from node_modules/.cache');
}

/** Plays with a progress bar; Ctrl-C stops it and leaves what was finished in the cache. */
export async function withProgress<T>(
  { workers, cache }: PlayFlags,
  play: (options: PlayOptions) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const onInterrupt = () => abort.abort();
  process.once('SIGINT', onInterrupt);
  const progress = new Progress();
  try {
    return await play({
      workers,
      cache: cache ? new RowCache(PROJECT) : null,
      signal: abort.signal,
      progress: (done, label) => progress.show(done, label),
    });
  } finally {
    progress.clear();
    process.off('SIGINT', onInterrupt);
  }
}
