import { expect, test } from 'vitest';
import { throughJpeg } from './jpeg-artefacts.ts';

const [width, height] = [64, 48];

/** A picture with an edge and a slope, in memory that threads share. */
function picture(): Uint8Array {
  const rgb = new Uint8Array(new SharedArrayBuffer(3 * width * height));
  for (let i = 0; i < rgb.length; i++) rgb[i] = (i / 3) % width < 20 ? 30 : 100 + ((i * 7) % 90);
  return rgb;
}

async function error(quality: number): Promise<number> {
  const [before, after] = [picture(), picture()];
  await throughJpeg(after, width, height, quality);
  return before.reduce((sum, level, i) => sum + Math.abs(level - after[i]), 0) / before.length;
}

test('blurs colour the more, the lower its quality', async () => {
  const errors = [await error(100), await error(60), await error(10)];
  expect(errors[0]).toBeGreaterThan(0);
  expect(errors[1]).toBeGreaterThan(errors[0]);
  expect(errors[2]).toBeGreaterThan(errors[1]);
});
