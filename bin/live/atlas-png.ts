import sharp from 'sharp';
import { printAtlas } from '../../simulator/render/fronts/atlas.ts';
import type { Run } from '../../simulator/scenario/run.ts';

/** The printed fronts of a store's goods as one picture. */
export async function atlasPng(run: Run): Promise<Buffer> {
  const { texels, widthPx, heightPx } = await printAtlas(run.products);
  const top = Uint8Array.from(new Uint8Array(texels.buffer, texels.byteOffset, 4 * widthPx * heightPx));
  return sharp(top, { raw: { width: widthPx, height: heightPx, channels: 4 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
