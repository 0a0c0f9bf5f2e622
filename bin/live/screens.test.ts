import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveFile } from '../scenario-files.ts';
import { LiveStore } from './live-store.ts';
import { type OpenPage, openPage } from './testing/open-page.ts';
import { addressOf, stillPicture, VIEWS } from './testing/views.ts';
import { viewerBundle } from './viewer-bundle.ts';
import { serveViewer } from './viewer-server.ts';

const demo = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));
const screens = new URL('./testing/screens/', import.meta.url);
/** Channels of a pixel that differ by more are another picture; edges are smoothed a little differently elsewhere. */
const LEVELS = 24;
const MOST_DIFFERENT = 0.002;

let server: FastifyInstance;
let address: string;
let open: OpenPage;

beforeAll(async () => {
  const live = new LiveStore(resolveFile(demo, 1, {}));
  live.setPace(Number.POSITIVE_INFINITY, false);
  const bundle = await viewerBundle(() => {});
  await live.play();
  live.setPace(1, false);
  ({ server, address } = await serveViewer(live, bundle, 4750));
  open = await openPage(addressOf(address, 'shop'), { widthPx: 1024, heightPx: 640, scale: 0.625 });
});

afterAll(async () => {
  await open?.close();
  await server?.close();
});

test.each(Object.keys(VIEWS))('shows the view %s as it was last looked at by eye', async (view) => {
  await open.page.goto(addressOf(address, view));
  await expect.poll(() => open.page.locator('.cart').count(), { timeout: 90_000 }).toBeGreaterThan(0);
  await VIEWS[view].go(open.page);
  const taken = await stillPicture(open.page);
  const file = new URL(`${view}.png`, screens);
  // `SCREENS=write` takes them anew, to be looked at before they are committed.
  if (process.env.SCREENS === 'write')
    writeFileSync(file, await sharp(taken).png({ palette: false, compressionLevel: 9 }).toBuffer());
  expect(existsSync(file)).toBe(true);
  expect(await different(taken, readFileSync(file))).toBeLessThanOrEqual(MOST_DIFFERENT);
});

/** Share of pixels that differ. */
async function different(a: Buffer, b: Buffer): Promise<number> {
  const [one, other] = await Promise.all(
    [a, b].map((png) => sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  expect([one.info.width, one.info.height]).toEqual([other.info.width, other.info.height]);
  let count = 0;
  for (let i = 0; i < one.data.length; i += 3) {
    const isSame = [0, 1, 2].every((k) => Math.abs(one.data[i + k] - other.data[i + k]) <= LEVELS);
    if (!isSame) count += 1;
  }
  return (3 * count) / one.data.length;
}
