import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { DetectionReading } from '../../engine/readings.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation } from '../../simulator/simulate.ts';
import { resolveFile } from '../scenario-files.ts';
import { PicturePool, type PicturePoolOptions, STEPS_UNDER_WAY } from './picture-pool.ts';

const file = fileURLToPath(new URL('../../scenarios/behaviours/01-one-item.yaml', import.meta.url));
/** Small pictures of four cameras. */
const base = resolveFile(file, null, { 'sensors.c1.image': [160, 90] });
const run: Run = { ...base, cameras: base.cameras.slice(0, 4).map((camera) => ({ ...camera, output: 'pixels' })) };
const endUs = 18_000_000;

/** Everything the cameras' readings say in a run, and how many pictures were lost. */
async function seen(options: PicturePoolOptions): Promise<{ readings: DetectionReading[]; lost: number }> {
  let pool: PicturePool | null = null;
  const simulation = new Simulation(run, {
    pictures: (...picture) => pool!.take(...picture),
    watch: (world) => pool?.watch(world),
  });
  pool = await PicturePool.open(run, simulation.store, options);
  const readings: DetectionReading[] = [];
  const under: { step: ReturnType<Simulation['step']>; seen: Promise<void> }[] = [];
  const play = async () => {
    const first = under.shift()!;
    await first.seen;
    for (const reading of first.step!.readings)
      if (reading.kind === 'detection' && !pool.isLost(reading.detections)) readings.push(reading);
  };
  for (let step = simulation.step(); step && step.timeUs < endUs; step = simulation.step()) {
    under.push({ step, seen: pool.endStep() });
    if (under.length === STEPS_UNDER_WAY) await play();
  }
  while (under.length > 0) await play();
  await pool.close();
  return { readings, lost: pool.lostPictures };
}

const whole = await seen({ workers: 1 });

test('sees people in the pictures', () => {
  expect(whole.lost).toBe(0);
  expect(whole.readings.some(({ detections }) => detections.headDepthM.length > 0)).toBe(true);
});

test.each([2, 4])('sees the same with %i workers', async (workers) => {
  expect(await seen({ workers })).toEqual(whole);
});

describe('puts another worker in the place of one that', () => {
  test.each([
    ['crashes', { worker: new URL('./test-crashing-worker.ts', import.meta.url) }],
    ['hangs', { worker: new URL('./test-hanging-worker.ts', import.meta.url), deadlineMs: 6000 }],
    ['uses up its heap', { worker: new URL('./test-greedy-worker.ts', import.meta.url), heapMiB: 64 }],
  ])('%s, counts the pictures lost and goes on', async (_, options) => {
    const { readings, lost } = await seen({ ...options, workers: 2 });
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(4 * STEPS_UNDER_WAY);
    // Cameras c2 and c4 are the other worker's.
    const others = (all: readonly DetectionReading[]) =>
      all.filter(({ sensorId }) => sensorId === run.cameras[1].id || sensorId === run.cameras[3].id);
    expect(others(readings)).toEqual(others(whole.readings));
    const last = (all: readonly DetectionReading[]) => all.findLast(({ sensorId }) => sensorId === run.cameras[0].id);
    expect(last(readings)!.sequence).toBe(last(whole.readings)!.sequence);
  });
});
