/** An atlas of tiles with all its smaller levels in one array. */
export interface MipTexture {
  /** Texels of all levels, 0xffBBGGRR; may lie in shared memory. */
  readonly texels: Uint32Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** tiles × 4: left, top, width, height at full size, pixels. */
  readonly tiles: Float32Array;
}

/** Levels beyond this mix neighbouring tiles. */
export const MIP_LEVELS = 5;

/** Texels that all levels of an atlas take. */
export function texelsWithMips(widthPx: number, heightPx: number): number {
  let total = 0;
  for (let level = 0; level < MIP_LEVELS; level++) total += (widthPx >> level) * (heightPx >> level);
  return total;
}

/** Where each level begins. */
export function mipOffsets(widthPx: number, heightPx: number): Int32Array {
  const offsets = new Int32Array(MIP_LEVELS);
  for (let level = 1; level < MIP_LEVELS; level++)
    offsets[level] = offsets[level - 1] + (widthPx >> (level - 1)) * (heightPx >> (level - 1));
  return offsets;
}

/** Fills the smaller levels behind the first, each texel the mean of four. */
export function fillMips(texels: Uint32Array, widthPx: number, heightPx: number): void {
  const offsets = mipOffsets(widthPx, heightPx);
  for (let level = 1; level < MIP_LEVELS; level++) {
    const from = offsets[level - 1];
    const stride = widthPx >> (level - 1);
    const width = widthPx >> level;
    const height = heightPx >> level;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = from + 2 * y * stride + 2 * x;
        texels[offsets[level] + y * width + x] = meanOf(
          texels[at],
          texels[at + 1],
          texels[at + stride],
          texels[at + stride + 1],
        );
      }
    }
  }
}

function meanOf(a: number, b: number, c: number, d: number): number {
  const odd = (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff) + 0x20002;
  const even = ((a >>> 8) & 0xff) + ((b >>> 8) & 0xff) + ((c >>> 8) & 0xff) + ((d >>> 8) & 0xff) + 2;
  return (((odd >>> 2) & 0xff00ff) | (((even >>> 2) & 0xff) << 8) | 0xff000000) >>> 0;
}
