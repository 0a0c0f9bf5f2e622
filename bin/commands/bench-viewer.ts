import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { quantile } from '../../bench/fit-detections/spread.ts';
import { type FeedCost, feedCost } from '../../bench/viewer/feed-cost.ts';
import { pageCost } from '../../bench/viewer/page-cost.ts';
import { watchingCost } from '../../bench/viewer/watching-cost.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { viewerBundle } from '../live/viewer-bundle.ts';
import { resolveFile } from '../scenario-files.ts';
import { machine, parseCount } from './bench-options.ts';

const scenario = (path: string) => fileURLToPath(new URL(`../../scenarios/${path}`, import.meta.url));
const WATCHERS = 10;
const PARTS = ['crowd', 'hour', 'watchers'];

interface ViewerFlags {
  readonly people: number;
  readonly rounds: number;
  readonly speed: number;
  readonly part?: string;
}

export function viewerBenchCommand(): Command {
  return new Command('viewer')
    .description(
      'The store you can watch: bytes, time and memory of its feed, frames of the page, cost of ten who watch',
    )
    .option('--people <n>', 'inside at once before the page is looked at', parseCount, 100)
    .option('--rounds <n>', 'interleaved runs with and without watchers', parseCount, 3)
    .option('--speed <n>', 'pace of these, simulated seconds per second', parseCount, 10)
    .option('--part <name>', `only one of ${PARTS.join(', ')}`)
    .action(bench);
}

async function bench({ people, rounds, speed, part }: ViewerFlags): Promise<void> {
  console.log(machine());
  const bundle = await viewerBundle(console.log);
  if (part === undefined || part === 'crowd') await benchCrowd(bundle, people);
  if (part === undefined || part === 'hour') {
    const [cost] = await feedCost(resolveFile(scenario('open-day.yaml'), 1, {}));
    console.log(`an hour in a small shop: ${feedLine(cost)}`);
  }
  if (part === undefined || part === 'watchers') await benchWatchers(bundle, rounds, speed);
}

/** A grocery with 10,000 items as full as asked for. */
async function benchCrowd(bundle: string, people: number): Promise<void> {
  const overrides = { 'shoppers.crowd.arrive.count': Math.ceil(people * 1.3), 'shoppers.crowd.dwell': '120s' };
  const run = resolveFile(scenario('populations/crush.yaml'), 1, overrides);
  const [cost, live] = await feedCost(run, people);
  console.log(`${itemsOf(run)} items, at most ${cost.mostPeople} people: ${feedLine(cost)}`);
  const page = await pageCost(live, bundle, cost.crowdedUs);
  console.log(
    `page, software WebGL: ${page.medianMs.toFixed(1)} ms of script a frame (p95 ${page.p95Ms.toFixed(1)}, ${page.frames} frames), ${page.drawCalls} draw calls`,
  );
}

async function benchWatchers(bundle: string, rounds: number, speed: number): Promise<void> {
  const run = () => resolveFile(scenario('populations/lunch-rush.yaml'), 1, { 'run.duration': '80s' });
  const added: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const alone = await watchingCost(run(), bundle, 0, speed);
    const watched = await watchingCost(run(), bundle, WATCHERS, speed);
    added.push(watched / alone - 1);
    console.log(
      `round ${round + 1}: ${percent(alone)} of a core alone, ${percent(watched)} with ${WATCHERS} who watch`,
    );
  }
  console.log(
    `${WATCHERS} who watch add ${percent(quantile(added, 0.5))} to the engine's thread (median of ${rounds})`,
  );
}

function feedLine(cost: FeedCost): string {
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  return [
    `${cost.seconds.toFixed(0)} s`,
    `${cost.sceneBytesPerSecondShopper.toFixed(0)} B/s and shopper of scenes`,
    `${kib(cost.sceneBytesPerSecond)}/s of scenes, ${kib(cost.newsBytesPerSecond)}/s of news and samples`,
    `${cost.encodeUs.toFixed(0)} µs a scene`,
    `${(cost.keptBytes / 2 ** 20).toFixed(1)} MiB kept`,
    `RSS ${(cost.rssBytes / 2 ** 20).toFixed(0)} MiB`,
  ].join(', ');
}

function itemsOf(run: Run): number {
  return run.store.slots.reduce((sum, { contents }) => sum + contents.reduce((n, { count }) => n + count, 0), 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
