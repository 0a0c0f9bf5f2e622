import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { VisionFigures } from './measure-vision.ts';

/** Figures of the picture path, measured in a worker thread. */
export async function benchVision(): Promise<VisionFigures> {
  const worker = new Worker(new URL('./vision-bench.worker.ts', import.meta.url));
  const [figures] = (await once(worker, 'message')) as [VisionFigures];
  await worker.terminate();
  return figures;
}

/** The figures as lines of text. */
export function visionTable({ figures, snapshotBytes, people, things }: VisionFigures): string {
  const lines = figures.map(({ name, widthPx, heightPx, framesPerSecond, framesPerCpuSecond, target }) => {
    const size = `${widthPx}×${heightPx}`.padEnd(9);
    const wall = framesPerSecond.toFixed(0).padStart(6);
    const cpu = framesPerCpuSecond.toFixed(0).padStart(6);
    return `${size} ${name.padEnd(30)} ${wall} ${cpu}  ${target ?? ''}`;
  });
  const sizes = figures.filter((figure, i) => figures.findIndex((other) => other.widthPx === figure.widthPx) === i);
  const written = sizes.map(({ widthPx, heightPx }) => `${5 * widthPx * heightPx} at ${widthPx}×${heightPx}`);
  return [
    `medians by benny, one worker thread; ${people} people, ${things} resting things, 8 cameras, RGB + depth + ids`,
    'frames per second: by the clock (benny), by CPU time of the thread, wanted',
    ...lines,
    `bytes between threads per moment: a snapshot of ${snapshotBytes}, seen in place; per picture 0 copied,`,
    `written straight into shared memory: ${written.join(', ')} (RGB and depth)`,
  ].join('\n');
}
