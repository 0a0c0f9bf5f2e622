import type { Canvas, Rgb } from './canvas.ts';
import type { FrontStyle } from './front-style.ts';
import type { Lettering } from './lettering.ts';

/** Height of a tile; its front is square, its side and lid half as wide. */
export const TILE_PX = 128;
export const TILE_WIDE_PX = 2 * TILE_PX;
/** Boxes the words are set into. */
export const BRAND_BOX = [112, 34] as const;
export const VARIANT_BOX = [108, 20] as const;

/** Paints front, side and lid of one product. */
export function paintFront(tile: Canvas, style: FrontStyle, brand: Lettering, variant: Lettering | null): void {
  const front = tile.part(0, 0, TILE_PX, TILE_PX);
  front.paint((x, y) => frontPixel(style, x, y));
  center(front, brand, 30, style.ink);
  if (variant) center(front, variant, 76, contrast(style.accent));
  const side = tile.part(TILE_PX, 0, TILE_PX / 2, TILE_PX);
  side.paint((x, y) => sidePixel(style, x, y));
  const lid = tile.part(1.5 * TILE_PX, 0, TILE_PX / 2, TILE_PX);
  lid.paint((_, y) => (y < 8 || y >= TILE_PX - 8 ? style.base : style.accent));
}

function frontPixel(style: FrontStyle, x: number, y: number): Rgb {
  const { base, label, accent, pattern } = style;
  if (x < 2 || x > 125) return darker(base);
  if (y >= 24 && y < 70 && x >= 5 && x < 123) return label;
  if (y >= 72 && y < 100 && x >= 8 && x < 120) return accent;
  const dx = x - 64;
  if (pattern === 'band' && y >= 104 && y < 118) return accent;
  if (pattern === 'stripes' && y >= 100 && ((x + y) >> 3) % 2 === 0) return accent;
  if (pattern === 'disc') {
    const dy = y - 112;
    if (dx * dx + dy * dy < 12 * 12) return accent;
    if (y < 24 && dx * dx + (y - 12) * (y - 12) < 9 * 9) return label;
  }
  if (pattern === 'corner' && x + (127 - y) < 40) return label;
  return base;
}

function sidePixel(style: FrontStyle, x: number, y: number): Rgb {
  if (y >= 72 && y < 100) return style.accent;
  // Small print and a bar code.
  if (y >= 30 && y < 62 && x >= 8 && x < 56) return (x * 7 + (x >> 2) * 3) % 5 < 2 ? [40, 40, 44] : [244, 244, 240];
  return style.base;
}

function center(canvas: Canvas, lettering: Lettering, top: number, colour: Rgb): void {
  const left = Math.round((canvas.width - lettering.width) / 2);
  canvas.stamp(lettering.mask, lettering.width, left, top, colour);
}

function darker(colour: Rgb): Rgb {
  return [colour[0] >> 1, colour[1] >> 1, colour[2] >> 1];
}

function contrast(colour: Rgb): Rgb {
  return 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2] > 140 ? [24, 22, 28] : [252, 250, 244];
}
