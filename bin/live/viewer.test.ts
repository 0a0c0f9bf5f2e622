import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRecording } from '../../engine/recording/replay.ts';
import { replay } from '../commands/replay.ts';
import { executeRun } from '../execute-run.ts';
import { resolveFile } from '../scenario-files.ts';
import { LiveStore } from './live-store.ts';
import { type OpenPage, openPage } from './testing/open-page.ts';
import { viewerBundle } from './viewer-bundle.ts';
import { serveViewer } from './viewer-server.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const demo = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));

const oneItem = fileURLToPath(new URL('../../scenarios/behaviours/01-one-item.yaml', import.meta.url));

let live: LiveStore;
let server: FastifyInstance;
let open: OpenPage;

beforeAll(async () => {
  live = new LiveStore(resolveFile(demo, null, {}));
  live.setPace(Number.POSITIVE_INFINITY, false);
  const bundle = await viewerBundle(() => {});
  await live.play();
  const served = await serveViewer(live, bundle, 4700);
  server = served.server;
  open = await openPage(served.address);
});

afterAll(async () => {
  await open?.close();
  await server?.close();
});

/** Goes to a moment of the run and stays there. */
async function seek(seconds: number): Promise<void> {
  await open.page.evaluate(`{
    const range = document.querySelector('.time-bar input[type=range]');
    range.value = ${seconds * 1000};
    range.dispatchEvent(new Event('input'));
    document.querySelector('.time-bar [data-playing="true"]')?.click();
  }`);
  await until(() => open.page.textContent('.now')).toContain(`0:${seconds}`.slice(0, 4));
}

/** Drawing in software on a busy machine takes its time. */
function until<T>(look: () => T | Promise<T>) {
  return expect.poll(look, { timeout: 20_000, interval: 100 });
}

const cartOf = (name: string) => open.page.locator('.cart', { has: open.page.getByText(name, { exact: true }) });

test('draws the shop and shows what a shopper took on the card over their head', async () => {
  await seek(40);
  await until(() => open.page.locator('.card').allTextContents()).toContainEqual(expect.stringContaining('ana'));
  await until(() => cartOf('ana').first().textContent()).toContain('Oat cookies');
});

test('opens the evidence of a line: the weight, who it was, what it was', async () => {
  await cartOf('ana')
    .getByRole('button', { name: /Oat cookies/ })
    .click();
  const evidence = open.page.locator('.evidence');
  await until(() => evidence.textContent()).toMatch(/The shelf felt −1\d\d g; one weighs 1\d\d g/);
  expect(await evidence.locator('.bars').first().textContent()).toMatch(/ana\s*\d+ %/);
  await until(() => evidence.locator('canvas').count()).toBe(1);
  await open.page.getByRole('button', { name: /Back to the carts/ }).click();
  await until(() => evidence.isHidden()).toBe(true);
});

test('shows an earlier cart when time is turned back', async () => {
  await seek(27);
  await until(() => cartOf('ana').first().textContent()).not.toContain('Oat cookies');
});

test('puts the truth beside what the engine thinks', async () => {
  await seek(50);
  await open.page.getByRole('button', { name: 'Truth' }).click();
  await until(() => cartOf('ben').first().textContent()).toMatch(/Really: .*Crisps/);
  await open.page.getByRole('button', { name: 'Truth' }).click();
});

test('has views of sensors and figures', async () => {
  await open.page.getByRole('tab', { name: 'Sensors' }).click();
  await until(() => open.page.locator('.sensors').textContent()).toMatch(/c1: \d+ heads?, \d+ hands? detected/);
  await until(() => open.page.locator('.strips li').count()).toBeGreaterThan(3);
  await open.page.getByRole('tab', { name: 'Insights' }).click();
  await until(() => open.page.locator('.figures').textContent()).toMatch(/Visits\d/);
  await open.page.getByRole('tab', { name: 'Carts' }).click();
});

test('can be used by everyone, as far as axe can tell', async () => {
  await open.page.addScriptTag({ path: axe });
  const violations = await open.page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))`,
  );
  expect(violations).toEqual([]);
});

test('fits a telephone', async () => {
  await open.page.setViewportSize({ width: 390, height: 780 });
  const wide = await open.page.evaluate('document.documentElement.scrollWidth');
  expect(wide).toBe(390);
  await open.page.setViewportSize({ width: 1280, height: 800 });
});

test('shows a recording that is dropped onto the page, and comes to the carts of a replay', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aisle-dropped-'));
  const path = join(folder, 'one-item.mcap');
  const method = { attribution: 'joint', ablate: [] };
  await executeRun({
    ...{ file: oneItem, seed: 3, overrides: {}, cameras: null, ...method, tracks: 'engine', journal: null },
    ...{ record: path, recordPictures: false, exportDir: null, report: false, pictureWorkers: 1 },
    ...{ index: 0, progress: new SharedArrayBuffer(8) },
  });
  const { carts } = await replay(await openRecording(path), method, () => {});
  expect(carts.map(({ lines }) => lines.length)).toEqual([1]);
  await open.page.locator('input[type=file]').setInputFiles(path);
  await expect
    .poll(() => open.page.textContent('header').catch(() => ''), { timeout: 60_000, interval: 300 })
    .toContain('one item, one shopper');
  rmSync(folder, { recursive: true });
  // It plays in its own time; what comes out is told when it has come to the end.
  await expect
    .poll(
      () =>
        cartOf('ana')
          .first()
          .textContent()
          .catch(() => ''),
      { timeout: 90_000, interval: 500 },
    )
    .toMatch(/receipt.*Cola/s);
});

test('complains of nothing and asks nobody else for anything', () => {
  expect(open.complaints).toEqual([]);
});
