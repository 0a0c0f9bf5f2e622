import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenPage, openPage } from '../live/testing/open-page.ts';
import { freePort } from './free-port.ts';
import { type ServeProcess, startServe, until } from './test-serving.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const scenario = new URL('../../scenarios/behaviours/32-two-in-the-restroom.yaml', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'aisle-viewer-'));

let serving: ServeProcess;
let open: OpenPage;

beforeAll(async () => {
  serving = await startServe([scenario, '--speed', 'max', '--port', '0', '--data', folder], {}, true);
  await until(() => /^over/m.test(serving.output()));
  open = await openPage(serving.address);
}, 120_000);

afterAll(async () => {
  await open?.close();
  await serving?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Drawing in software on a busy machine takes its time. */
function soon<T>(look: () => T | Promise<T>) {
  return expect.poll(look, { timeout: 40_000, interval: 200 });
}

const row = (who: string) => open.page.locator('.operations tbody tr', { hasText: who });
const review = (who: string) => open.page.locator('.review', { hasText: who });

test('shows the carts that wait for a person, with the readings that compete side by side', async () => {
  await open.page.getByRole('tab', { name: 'Operations' }).click();
  await soon(() => open.page.locator('.review').count()).toBe(2);
  await soon(() => review('ana').locator('.rival').count()).toBeGreaterThan(1);
  await soon(() => review('ana').locator('.rival').first().textContent()).toContain('As the engine has it');
  await soon(() => row('ana').textContent()).toContain('for review');
});

test('books a correction: the cart is reviewed, the order completed and paid', async () => {
  await review('ana').getByText('Write it down by hand').click();
  const quantity = review('ana').locator('.corrections input').first();
  await quantity.fill('2');
  await review('ana').getByRole('button', { name: 'Book the correction' }).click();
  await soon(() => row('ana').textContent()).toMatch(/reviewed\s*completed\s*paid/);
  await soon(() => review('ana').count()).toBe(0);
  const { orders } = (await serving.get('/v1/orders')) as {
    orders: { state: string; items: { quantity: object }[] }[];
  };
  expect(orders).toMatchObject([{ state: 'completed', items: [{ quantity: { value: 2, unit: 'each' } }] }]);
});

test('takes the reading that a person picks', async () => {
  await review('ben').getByRole('button', { name: 'Accept' }).click();
  await soon(() => row('ben').textContent()).toMatch(/reviewed\s*completed\s*paid/);
  await soon(() => open.page.locator('.reviews').textContent()).toContain('No cart waits');
});

test('says by a key which keys there are', async () => {
  await open.page.keyboard.press('?');
  await soon(() => open.page.getByRole('dialog').isVisible()).toBe(true);
  await open.page.getByRole('button', { name: 'Close' }).click();
  await open.page.keyboard.press('o');
  expect(await open.page.getByRole('tab', { name: 'Operations' }).getAttribute('aria-selected')).toBe('true');
});

test.each(['Operations', 'Play'])('can be used by everyone, as far as axe can tell: %s', async (name) => {
  await open.page.getByRole('tab', { name }).click();
  // As scripts of a test, not of the page: the page's policy lets no other script in.
  if ((await open.page.evaluate('typeof axe')) === 'undefined')
    await open.page.evaluate((await import('node:fs')).readFileSync(axe, 'utf8'));
  const violations = await open.page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html)))`,
  );
  expect(violations).toEqual([]);
});

test('fits a telephone, with tabs that scroll', async () => {
  await open.page.setViewportSize({ width: 390, height: 780 });
  expect(await open.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  await open.page.getByRole('tab', { name: 'Operations' }).click();
  expect(await open.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  await open.page.setViewportSize({ width: 1280, height: 800 });
});

test('complains of nothing and asks nobody else for anything', () => {
  expect(open.complaints).toEqual([]);
});

test('shows itself and gives keys to pages of this machine only', async () => {
  const { port, hostname } = new URL(serving.address);
  const status = (path: string, method: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      import('node:http').then(({ request }) =>
        request({ hostname, port, path, method, headers }, (answer) => resolve(answer.resume().statusCode!))
          .on('error', reject)
          .end(),
      );
    });
  expect(await status('/', 'GET', {})).toBe(200);
  expect(await status('/', 'GET', { host: 'evil.example' })).toBe(403);
  expect(await status('/live/news', 'GET', { origin: 'http://evil.example' })).toBe(403);
  expect(await status('/live/page-key', 'POST', {})).toBe(403);
  expect(await status('/live/page-key', 'POST', { origin: 'http://evil.example' })).toBe(403);
  // Whoever brings a key from elsewhere is let in, and the key leaves the address.
  expect(await status(`/?key=${serving.key}`, 'GET', { host: 'shop.example' })).toBe(303);
  expect(await status('/?key=ak_wrong', 'GET', { host: 'shop.example' })).toBe(403);
});

test('takes the next port when one is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await freePort('127.0.0.1', port)).toBeGreaterThan(port);
  expect(await freePort('127.0.0.1', 0)).toBe(0);
  server.close();
});
