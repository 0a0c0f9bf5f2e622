import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Drawing in software on a busy machine takes its time, ms. */
const PATIENCE_MS = 90_000;

/** A page of the Chromium that npm carries, drawing WebGL in software, and everything it did wrong. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of the console and of scripts, and requests that left this machine. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface PageLook {
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Pixels of a picture per pixel of the page. */
  readonly scale?: number;
  readonly scheme?: 'light' | 'dark';
}

/** Opens an address and waits until the page has drawn. Throws when the browser does not start. */
export async function openPage(address: string, look: PageLook = {}): Promise<OpenPage> {
  const { widthPx = 1280, heightPx = 800, scale = 1, scheme = 'light' } = look;
  const browser: Browser = await chromium.launch({
    executablePath: await sparticuz.executablePath(),
    headless: true,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  const page = await browser.newPage({
    viewport: { width: widthPx, height: heightPx },
    deviceScaleFactor: scale,
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    const isOurs = hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:';
    if (!isOurs) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address, { timeout: PATIENCE_MS });
  await page.waitForSelector('.stage canvas', { timeout: PATIENCE_MS }).catch(async (error: unknown) => {
    throw new Error(`${error}\n${complaints.join('\n')}\n${await page.innerText('body')}`);
  });
  return { page, complaints, close: () => browser.close() };
}
