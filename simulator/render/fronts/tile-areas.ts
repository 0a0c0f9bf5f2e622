/** Parts of a product's tile, as shares of its width; all run over its whole height. */
export interface TileArea {
  readonly u0: number;
  readonly u1: number;
}

/** A hair inside, so that rounding never reads the neighbour. */
const INSET = 0.004;

export const FRONT: TileArea = { u0: INSET, u1: 0.5 - INSET };
export const SIDE: TileArea = { u0: 0.5 + INSET, u1: 0.75 - INSET };
export const LID: TileArea = { u0: 0.75 + INSET, u1: 1 - INSET };
/** Of a tile that holds one picture. */
export const WHOLE: TileArea = { u0: INSET, u1: 1 - INSET };
