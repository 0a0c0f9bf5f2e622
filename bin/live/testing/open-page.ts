import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';

/** A page of the Chromium that npm carries, drawing WebGL in software, and everything it did wrong. */
export interface OpenPage {
  readonly page: Page;
  /** Errors of the console and of scripts, and requests that left this machine. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens an address and waits until the page has drawn. Throws when the browser does not start. */
export async function openPage(address: string, widthPx = 1280, heightPx = 800): Promise<OpenPage> {
  const browser: Browser = await chromium.launch({
    executablePath: await sparticuz.executablePath(),
    headless: true,
    args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  });
  const page = await browser.newPage({
    viewport: { width: widthPx, height: heightPx },
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
  await page.goto(address);
  await page.waitForSelector('.stage canvas');
  return { page, complaints, close: () => browser.close() };
}
