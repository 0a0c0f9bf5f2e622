import type { ProductPlan } from '../../scenario/run.ts';
import { fillMips, type MipTexture, texelsWithMips } from '../rasterise/mip-texture.ts';
import { AtlasCache } from './atlas-cache.ts';
import { ATLAS_WIDTH_PX, atlasTiles } from './atlas-tiles.ts';
import { Canvas } from './canvas.ts';
import { frontStyle } from './front-style.ts';
import { HOUSE_TILE_NAMES } from './house-tiles.ts';
import { setLettering } from './lettering.ts';
import { BRAND_BOX, paintFront, VARIANT_BOX } from './paint-front.ts';
import { paintHouseTile } from './paint-house.ts';

/** The atlas of all printed fronts with its mip levels, in shared memory. Painted once, then kept on disk. */
export async function printAtlas(products: readonly ProductPlan[]): Promise<MipTexture> {
  const { tiles, heightPx } = atlasTiles(products.length);
  const shared = new SharedArrayBuffer(4 * texelsWithMips(ATLAS_WIDTH_PX, heightPx));
  const texels = new Uint32Array(shared);
  const top = texels.subarray(0, ATLAS_WIDTH_PX * heightPx);
  const cache = new AtlasCache(products);
  if (!cache.readInto(top)) {
    await paintAll(top, tiles, products);
    cache.write(top);
  }
  fillMips(texels, ATLAS_WIDTH_PX, heightPx);
  return { texels, widthPx: ATLAS_WIDTH_PX, heightPx, tiles };
}

async function paintAll(texels: Uint32Array, tiles: Float32Array, products: readonly ProductPlan[]): Promise<void> {
  const canvas = (i: number) => {
    const [x, y, width, height] = tiles.subarray(4 * i, 4 * i + 4);
    return new Canvas(texels, ATLAS_WIDTH_PX, x, y, width, height);
  };
  await Promise.all(
    products.map(async (product, i) => {
      const style = frontStyle(product);
      const brand = await setLettering(style.brand, ...BRAND_BOX);
      const variant = style.variant === '' ? null : await setLettering(style.variant, ...VARIANT_BOX);
      paintFront(canvas(i), style, brand, variant);
    }),
  );
  for (const [i, name] of HOUSE_TILE_NAMES.entries()) await paintHouseTile(canvas(products.length + i), name);
}
