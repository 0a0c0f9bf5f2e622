/** Tiles that belong to the shop rather than to a product, by their number in the atlas. */
export interface HouseTiles {
  readonly floor: number;
  readonly sign: number;
  readonly entry: number;
  readonly exit: number;
  readonly glass: number;
  readonly mesh: number;
  /** Patterns of shirts and dresses. */
  readonly stripes: number;
  readonly checks: number;
  readonly dots: number;
}

/** In the order of their tiles, which follow those of the products. */
export const HOUSE_TILE_NAMES = [
  'floor',
  'sign',
  'entry',
  'exit',
  'glass',
  'mesh',
  'stripes',
  'checks',
  'dots',
] as const satisfies readonly (keyof HouseTiles)[];

/** Numbers of the shop's tiles in an atlas of so many products. */
export function houseTiles(products: number): HouseTiles {
  return Object.fromEntries(HOUSE_TILE_NAMES.map((name, i) => [name, products + i])) as unknown as HouseTiles;
}
