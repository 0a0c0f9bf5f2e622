import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';
import { WEBGL_PAGE, type WebglScene } from './webgl-page.ts';

/** Values of one picture: id and depth in millimetres per pixel. */
export type WebglPicture = readonly [ids: readonly number[], depthMm: readonly number[]];

/** Draws a scene in the Chromium that npm carries, by SwiftShader. Throws when it does not start. */
export async function drawInBrowser(scene: WebglScene): Promise<readonly WebglPicture[]> {
  const server = await serve();
  let browser: Browser | null = null;
  try {
    browser = await chromium.launch({
      executablePath: await sparticuz.executablePath(),
      headless: true,
      args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    });
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('window.isReady === true');
    return (await page.evaluate(`window.draw(${JSON.stringify(scene)})`)) as readonly WebglPicture[];
  } finally {
    await browser?.close();
    server.close();
  }
}

/** The page and three.js itself, on a free port of this machine. */
function serve(): Promise<Server> {
  const files: Record<string, (() => string) | undefined> = {
    '/': () => WEBGL_PAGE,
    '/three.module.js': () => three('three.module.js'),
    '/three.core.js': () => three('three.core.js'),
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file ? 200 : 404, {
      'content-type': request.url === '/' ? 'text/html; charset=utf-8' : 'text/javascript',
    });
    response.end(file?.());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function three(name: string): string {
  return readFileSync(fileURLToPath(new URL(`build/${name}`, new URL('../', import.meta.resolve('three')))), 'utf8');
}
