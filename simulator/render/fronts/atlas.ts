import type { ProductPlan } from '../../scenario/run.ts';
import { fillMips, type MipTexture, texelsWithMips } from '../rasterise/mip-texture.ts';
import { AtlasCache } from './atlas-cache.ts';
import { Canvas } from './canvas.ts';
import { frontStyle } from './front-style.ts';
import { HOUSE_TILE_NAMES } from './house-tiles.ts';
import { setLettering } from './lettering.ts';
import { BRAND_BOX, paintFront, TILE_PX, TILE_WIDE_PX, VARIANT_BOX } from './paint-front.ts';
import { paintHouseTile } from './paint-house.ts';

const WIDTH_PX = 2048;
const PRODUCTS_PER_ROW = WIDTH_PX / TILE_WIDE_PX;
const TILES_PER_ROW = WIDTH_PX / TILE_PX;

/** Where every tile stands: products by their place in the run, then the shop's own. */
export function atlasTiles(products: number): { tiles: Float32Array; heightPx: number } {
  const house = HOUSE_TILE_NAMES.length;
  const tiles = new Float32Array(4 * (products + house));
  for (let i = 0; i < products; i++) {
    const column = i % PRODUCTS_PER_ROW;
    const row = Math.floor(i / PRODUCTS_PER_ROW);
    tiles.set([column * TILE_WIDE_PX, row * TILE_PX, TILE_WIDE_PX, TILE_PX], 4 * i);
  }
  const rows = Math.ceil(products / PRODUCTS_PER_ROW);
  for (let i = 0; i < house; i++) {
    const top = (rows + Math.floor(i / TILES_PER_ROW)) * TILE_PX;
    tiles.set([(i % TILES_PER_ROW) * TILE_PX, top, TILE_PX, TILE_PX], 4 * (products + i));
  }
  return { tiles, heightPx: (rows + Math.ceil(house / TILES_PER_ROW)) * TILE_PX };
}

/** The atlas of all printed fronts with its mip levels, in shared memory. Painted once, then kept on disk. */
export async function printAtlas(products: readonly ProductPlan[]): Promise<MipTexture> {
  const { tiles, heightPx } = atlasTiles(products.length);
  const shared = new SharedArrayBuffer(4 * texelsWithMips(WIDTH_PX, heightPx));
  const texels = new Uint32Array(shared);
  const top = texels.subarray(0, WIDTH_PX * heightPx);
  const cache = new AtlasCache(products);
  if (!cache.readInto(top)) {
    await paintAll(top, tiles, products);
    cache.write(top);
  }
  fillMips(texels, WIDTH_PX, heightPx);
  return { texels, widthPx: WIDTH_PX, heightPx, tiles };
}

async function paintAll(texels: Uint32Array, tiles: Float32Array, products: readonly ProductPlan[]): Promise<void> {
  const canvas = (i: number) => {
    const [x, y, width, height] = tiles.subarray(4 * i, 4 * i + 4);
    return new Canvas(texels, WIDTH_PX, x, y, width, height);
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
