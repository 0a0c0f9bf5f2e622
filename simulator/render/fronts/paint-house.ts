import { RandomStream } from '../../random.ts';
import type { Canvas, Rgb } from './canvas.ts';
import type { HouseTiles } from './house-tiles.ts';
import { setLettering } from './lettering.ts';

const words: Partial<Record<keyof HouseTiles, string>> = { sign: 'FRESH', entry: 'ENTRANCE', exit: 'EXIT' };
const grain = new RandomStream(0, 'front/floor');

const painters: Readonly<Record<keyof HouseTiles, (x: number, y: number) => Rgb>> = {
  floor: (x, y) => {
    if (x % 64 === 0 || y % 64 === 0) return [150, 146, 138];
    const value = ((x >> 6) + (y >> 6)) % 2 === 0 ? 196 : 188;
    const speck = grain.below(8);
    return [value + speck, value - 2 + speck, value - 9 + speck];
  },
  sign: () => [28, 96, 70],
  entry: () => [34, 120, 66],
  exit: () => [52, 78, 130],
  // Too dark behind to see through: frame, reflections of the lamps, a bar to pull.
  glass: (x, y) => {
    if (x < 6 || x > 121 || y < 4 || y > 123) return [176, 182, 188];
    if (x > 110 && x < 116 && y > 40 && y < 90) return [70, 74, 80];
    const shine = (x + 2 * y) % 150 < 26 ? 34 : 0;
    return [88 + shine, 104 + shine, 116 + shine];
  },
  mesh: (x, y) => (x % 16 < 3 || y % 16 < 3 ? [150, 154, 160] : [84, 88, 94]),
  stripes: (_, y) => ((y >> 4) % 2 === 0 ? [236, 236, 232] : [40, 60, 110]),
  checks: (x, y) => (((x >> 4) + (y >> 4)) % 2 === 0 ? [150, 44, 46] : [64, 28, 32]),
  dots: (x, y) =>
    ((x & 15) - 8) * ((x & 15) - 8) + ((y & 15) - 8) * ((y & 15) - 8) < 12 ? [240, 240, 236] : [96, 70, 120],
};

/** Paints one of the shop's own tiles. */
export async function paintHouseTile(tile: Canvas, name: keyof HouseTiles): Promise<void> {
  tile.paint(painters[name]);
  const word = words[name];
  if (word === undefined) return;
  const { mask, width } = await setLettering(word, 110, 60);
  const top = Math.round((tile.height - mask.length / width) / 2);
  tile.stamp(mask, width, Math.round((tile.width - width) / 2), top, [250, 250, 246]);
}
