import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { VisionFigures } from './measure-vision.ts';
import { measurePipeline, type PipelineFigure } from './pipeline-speed.ts';

/** Figures of the picture path, measured in a worker thread. */
export async function benchVision(): Promise<VisionFigures> {
  const worker = new Worker(new URL('./vision-bench.worker.ts', import.meta.url));
  const [figures] = (await once(worker, 'message')) as [VisionFigures];
  await worker.terminate();
  return figures;
}

/** How fast a whole store with pictures runs, on two worker threads. */
export async function benchPipeline(): Promise<PipelineFigure[]> {
  return [await measurePipeline(320, 240, 2), await measurePipeline(640, 360, 2)];
}

/** Lines of text for whole stores. */
export function pipelineTable(figures: readonly PipelineFigure[]): string {
  const [{ people, workers }] = figures;
  const lines = figures.map(({ widthPx, heightPx, timesRealTime, timesByCpu, detectionBytes }) => {
    const size = `${widthPx}×${heightPx}`.padEnd(9);
    const times = `${timesRealTime.toFixed(2).padStart(6)} ${timesByCpu.toFixed(2).padStart(6)}`;
    const target = widthPx === 320 ? '  3' : '';
    return `${size} world, drawing, sensor, perception, tracking, carts ${times}${target}   ${detectionBytes.toFixed(0)} bytes`;
  });
  return [
    `a whole store: 8 cameras at 10 Hz, up to ${people} people, 20 s, ${workers} picture workers`,
    'times real time: by the clock, by CPU time over two cores, wanted; bytes copied between threads per picture',
    ...lines,
  ].join('\n');
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
    `bytes between threads per moment: a snapshot of ${snapshotBytes}, seen in place; per picture 0 copied of its pixels,`,
    `written straight into shared memory: ${written.join(', ')} (RGB and depth)`,
  ].join('\n');
}
