import type { LiveStore } from '../../bin/live/live-store.ts';
import { openPage } from '../../bin/live/testing/open-page.ts';
import { serveViewer } from '../../bin/live/viewer-server.ts';
import { quantile } from '../fit-detections/spread.ts';

const WATCH_MS = 8000;

/** Times every callback of an animation frame. */
const STOPWATCH = `{
  const request = window.requestAnimationFrame.bind(window);
  window.frameMs = [];
  window.requestAnimationFrame = (callback) => request((ms) => {
    const start = performance.now();
    callback(ms);
    window.frameMs.push(performance.now() - start);
  });
}`;

export interface PageCost {
  readonly frames: number;
  /** Script per frame. */
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly drawCalls: number;
}

/** What a page of a played store costs its browser, WebGL in software, from a moment on. */
export async function pageCost(live: LiveStore, bundle: string, atUs: number): Promise<PageCost> {
  const { server, address } = await serveViewer(live, bundle, 4860);
  const open = await openPage(`${address}/?still`);
  try {
    const { page } = open;
    await page.addInitScript(STOPWATCH);
    await page.goto(`${address}/?still&at=${Math.max(0, atUs / 1e6 - WATCH_MS / 1000)}`);
    await page.locator('.card').first().waitFor({ timeout: 60_000 });
    await page.locator('[data-playing="false"]').click();
    await page.evaluate('window.frameMs.length = 0');
    await page.waitForTimeout(WATCH_MS);
    const frameMs = (await page.evaluate('window.frameMs')) as number[];
    const drawCalls = Number(await page.getAttribute('.stage canvas', 'data-calls'));
    return { frames: frameMs.length, medianMs: quantile(frameMs, 0.5), p95Ms: quantile(frameMs, 0.95), drawCalls };
  } finally {
    await open.close();
    await server.close();
  }
}
