import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { RgbPicture } from '../picture/crop.ts';
import { Dice } from '../train/dice.ts';
import type { Landmarks } from './landmarkers.ts';
import { standingPerson } from './test-person.ts';

interface Answer {
  readonly found: { readonly poses: Landmarks[]; readonly hands: Landmarks[] }[];
  readonly attempts: string[];
}

function inWorker(pictures: readonly RgbPicture[], isTold: boolean): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = new URL('./test-guarded-worker.ts', import.meta.url);
    const worker = new Worker(url, { workerData: { pictures, isTold }, stderr: true });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function noise(): RgbPicture {
  const dice = new Dice(1, 'noise');
  return { widthPx: 320, heightPx: 240, rgb: Uint8Array.from({ length: 3 * 320 * 240 }, () => 100 + dice.below(50)) };
}

test('finds a drawn person where it stands, nobody in noise, and asks nobody outside this machine', async () => {
  const person = await standingPerson();
  const { found, attempts } = await inWorker([person.picture, noise()], false);
  expect(found[0].poses).toHaveLength(1);
  const { inImagePx } = found[0].poses[0];
  expect(inImagePx).toHaveLength(66);
  const nose = 0;
  expect(Math.hypot(inImagePx[2 * nose] - person.head[0], inImagePx[2 * nose + 1] - person.head[1])).toBeLessThan(
    0.12 * person.heightPx,
  );
  expect(found[1].poses).toHaveLength(0);
  expect(attempts).toEqual([]);
}, 30_000);

test('would notice a request', async () => {
  const { attempts } = await inWorker([], true);
  expect(attempts).toEqual(['fetch https://example.org/']);
}, 30_000);
