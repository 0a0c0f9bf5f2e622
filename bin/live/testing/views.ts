import type { Page } from 'playwright-core';

/** Two pictures are taken this far apart until they are the same, ms; more than so many tries are not worth it. */
const APART_MS = 400;
const TRIES = 40;

/** How to get each view of the demo on the page, and the moment it shows, seconds. */
export const VIEWS: Readonly<
  Record<string, { readonly atSeconds: number; readonly go: (page: Page) => Promise<void> }>
> = {
  shop: { atSeconds: 46, go: async () => {} },
  evidence: {
    atSeconds: 46,
    go: async (page) => {
      await page.locator('.line', { hasText: 'Crisps' }).first().click();
      await page.locator('.evidence canvas').first().waitFor();
    },
  },
  sensors: {
    atSeconds: 46,
    go: async (page) => {
      await page.getByRole('tab', { name: 'Sensors' }).click();
      await page.locator('.strips li').nth(3).waitFor();
    },
  },
  insights: { atSeconds: 105, go: (page) => page.getByRole('tab', { name: 'Insights' }).click() },
};

/** Address of a view: paused, and as sharp on every machine. */
export function addressOf(address: string, view: string): string {
  return `${address}/?still&at=${VIEWS[view].atSeconds}`;
}

/** A picture of a page, as PNG, once nothing on it moves any more. Throws where it never comes to rest. */
export async function stillPicture(page: Page): Promise<Buffer> {
  let before = await page.screenshot();
  for (let tries = 0; tries < TRIES; tries++) {
    await page.waitForTimeout(APART_MS);
    const now = await page.screenshot();
    if (tries > 2 && now.equals(before)) return now;
    before = now;
  }
  throw new Error(`found a page that still moved after ${(TRIES * APART_MS) / 1000} s, expected it to come to rest`);
}
