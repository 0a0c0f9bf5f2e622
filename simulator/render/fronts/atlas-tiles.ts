import { HOUSE_TILE_NAMES } from './house-tiles.ts';
import { TILE_PX, TILE_WIDE_PX } from './paint-front.ts';

/** Width of every atlas. */
export const ATLAS_WIDTH_PX = 2048;
const PRODUCTS_PER_ROW = ATLAS_WIDTH_PX / TILE_WIDE_PX;
const TILES_PER_ROW = ATLAS_WIDTH_PX / TILE_PX;

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
