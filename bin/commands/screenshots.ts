import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import sharp from 'sharp';
import { LiveStore } from '../live/live-store.ts';
import { openPage } from '../live/testing/open-page.ts';
import { addressOf, stillPicture, VIEWS } from '../live/testing/views.ts';
import { viewerBundle } from '../live/viewer-bundle.ts';
import { serveViewer } from '../live/viewer-server.ts';
import { resolveFile } from '../scenario-files.ts';

const demo = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));
const WIDTHS = [390, 1280, 1920];
/** Good enough to read every word, small enough to carry about. */
const WEBP_QUALITY = 72;

export function screenshotsCommand(): Command {
  return new Command('screenshots')
    .description('Take the pictures of the viewer that the documentation shows: every view, at three widths')
    .option('--out <dir>', 'folder to write to', 'docs')
    .option('--only <view>', `one view of ${Object.keys(VIEWS).join(', ')}`)
    .action(screenshots);
}

async function screenshots({ out, only }: { readonly out: string; readonly only?: string }): Promise<void> {
  const live = new LiveStore(resolveFile(demo, 1, {}));
  live.setPace(Number.POSITIVE_INFINITY, false);
  const bundle = await viewerBundle(console.log);
  await live.play();
  live.setPace(1, false);
  const { server, address } = await serveViewer(live, bundle, 4780);
  mkdirSync(out, { recursive: true });
  for (const view of Object.keys(VIEWS).filter((name) => only === undefined || name === only)) {
    for (const widthPx of WIDTHS) {
      const heightPx = widthPx < 800 ? 844 : Math.round(widthPx * 0.62);
      const open = await openPage(addressOf(address, view), { widthPx, heightPx });
      await open.page.locator('.cart').first().waitFor({ state: 'attached' });
      await VIEWS[view].go(open.page);
      const file = join(out, `viewer-${view}-${widthPx}.webp`);
      writeFileSync(
        file,
        await sharp(await stillPicture(open.page))
          .webp({ quality: WEBP_QUALITY })
          .toBuffer(),
      );
      console.log(file);
      await open.close();
    }
  }
  await server.close();
}
