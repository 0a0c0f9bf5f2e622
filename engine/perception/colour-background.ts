import { OWNED_BY_PERSON } from './background.ts';
import type { PixelGrid } from './pixel-grid.ts';

/** One row in so many is brought up to date per picture, as depth is. */
const ROW_TURNS = 8;
/** Visits, all of one colour, after which a colour that stays counts as the shop's: 4 s at 10 Hz. */
const STAY_VISITS = 5;
/** Colours are kept in 1/16 level. */
const SHIFT = 4;
/** Share 1/2^this of a new value that a known colour takes on. */
const FOLLOW_SHIFT = 3;
/**
 * Difference in one channel that no sensor makes, levels of 255: four SDs of a small indoor CMOS sensor (1.5 levels of read
 * noise, 4 of shot noise at full scale), and what exposure and compression leave.
 */
const MARGIN = 14;
const MARGIN_SHIFT = 4;
/** Every so-manieth pixel tells how bright this picture is against the background. */
const BRIGHTNESS_STEP = 61;
const BRIGHTNESS_MIN = 0.5;
const BRIGHTNESS_MAX = 2;
const UNKNOWN = 0xffff;

/** The empty shop's colour per pixel of one camera; asked for single pixels, kept up to date a few rows at a time. */
export class ColourBackground {
  readonly #grid: PixelGrid;
  /** count × 3: red, green, blue in 1/16 level. */
  readonly #known: Uint16Array;
  /** Another colour seen at the last visits, and how often. */
  readonly #other: Uint16Array;
  readonly #otherVisits: Uint8Array;
  #picture: Uint8Array = new Uint8Array(0);
  /** Brightness of the picture against the background, in 1/256. */
  #gain256 = 256;
  #pictures = 0;

  constructor(grid: PixelGrid) {
    this.#grid = grid;
    this.#known = new Uint16Array(3 * grid.count).fill(UNKNOWN);
    this.#other = new Uint16Array(3 * grid.count);
    this.#otherVisits = new Uint8Array(grid.count);
  }

  /** Takes the next picture, n × 3 full size, borrowed until the next call. `isOn`: 1 where somebody stands out in depth. */
  look(rgb: Uint8Array, isOn: Uint8Array): void {
    this.#picture = rgb;
    const known = this.#known;
    let [now, before] = [1, 1];
    for (let k = BRIGHTNESS_STEP >> 1; k < this.#grid.count; k += BRIGHTNESS_STEP) {
      if (isOn[k] === 1 || known[3 * k] === UNKNOWN) continue;
      this.#read(k);
      // Saturated pixels say nothing, dark ones little.
      if (green < 40 << SHIFT || green > 240 << SHIFT) continue;
      now += green;
      before += known[3 * k + 1];
    }
    const gain = now / before;
    this.#gain256 = Math.round(256 * Math.min(BRIGHTNESS_MAX, Math.max(BRIGHTNESS_MIN, gain)));
  }

  /** Whether a pixel of the picture has another colour than the empty shop. */
  differs(k: number): boolean {
    const known = this.#known;
    if (known[3 * k] === UNKNOWN) return false;
    this.#read(k);
    const gain = this.#gain256;
    return (
      isFar(red, (known[3 * k] * gain) >> 8) ||
      isFar(green, (known[3 * k + 1] * gain) >> 8) ||
      isFar(blue, (known[3 * k + 2] * gain) >> 8)
    );
  }

  /** Follows the picture where nobody is; takes on, and clears, where another depth is known since (`isNew`). */
  follow(owner: Uint8Array, isNew: Uint8Array, isLearning: boolean): void {
    const { columns, rows } = this.#grid;
    const from = isLearning ? 0 : this.#pictures % ROW_TURNS;
    for (let row = from; row < rows; row += isLearning ? 1 : ROW_TURNS)
      this.#visitRow(owner, isNew, row * columns, (row + 1) * columns);
    this.#pictures++;
  }

  #visitRow(owner: Uint8Array, isNew: Uint8Array, from: number, to: number): void {
    const known = this.#known;
    const visits = this.#otherVisits;
    const gain = this.#gain256;
    for (let k = from; k < to; k++) {
      this.#read(k);
      const at = 3 * k;
      const offR = red - ((known[at] * gain) >> 8);
      const offG = green - ((known[at + 1] * gain) >> 8);
      const offB = blue - ((known[at + 2] * gain) >> 8);
      if (isNew[k] === 1 || isOff(offR, known[at]) || isOff(offG, known[at + 1]) || isOff(offB, known[at + 2])) {
        this.#visitOther(k, owner[k], isNew[k] === 1);
        isNew[k] = 0;
        continue;
      }
      known[at] += offR >> FOLLOW_SHIFT;
      known[at + 1] += offG >> FOLLOW_SHIFT;
      known[at + 2] += offB >> FOLLOW_SHIFT;
      visits[k] = 0;
    }
  }

  /** Another colour than is known: that of the shop once it has stayed, or where its depth is new. */
  #visitOther(k: number, owner: number, isNew: boolean): void {
    const at = 3 * k;
    // What the picture would show at the background's brightness.
    const r = Math.min(UNKNOWN - 1, ((red << 8) / this.#gain256) | 0);
    const g = Math.min(UNKNOWN - 1, ((green << 8) / this.#gain256) | 0);
    const b = Math.min(UNKNOWN - 1, ((blue << 8) / this.#gain256) | 0);
    if (!isNew && this.#known[at] !== UNKNOWN) {
      if (owner === OWNED_BY_PERSON) return;
      const other = this.#other;
      const stays =
        this.#otherVisits[k] > 0 && !isFar(r, other[at]) && !isFar(g, other[at + 1]) && !isFar(b, other[at + 2]);
      other[at] = r;
      other[at + 1] = g;
      other[at + 2] = b;
      this.#otherVisits[k] = stays ? this.#otherVisits[k] + 1 : 1;
      if (this.#otherVisits[k] < STAY_VISITS) return;
    }
    this.#known[at] = r;
    this.#known[at + 1] = g;
    this.#known[at + 2] = b;
    this.#otherVisits[k] = 0;
  }

  /** Mean colour of a pixel's block into `red`, `green`, `blue`, 1/16 level. */
  #read(k: number): void {
    const { columns, stride, offset, lens } = this.#grid;
    const row = (k / columns) | 0;
    const at = 3 * ((row * stride + offset) * lens.widthPx + (k - row * columns) * stride + offset);
    const picture = this.#picture;
    if (stride === 1) {
      red = picture[at] << SHIFT;
      green = picture[at + 1] << SHIFT;
      blue = picture[at + 2] << SHIFT;
      return;
    }
    const up = at - 3 * lens.widthPx;
    red = (picture[at] + picture[at - 3] + picture[up] + picture[up - 3]) << (SHIFT - 2);
    green = (picture[at + 1] + picture[at - 2] + picture[up + 1] + picture[up - 2]) << (SHIFT - 2);
    blue = (picture[at + 2] + picture[at - 1] + picture[up + 2] + picture[up - 1]) << (SHIFT - 2);
  }
}

function isFar(a: number, b: number): boolean {
  return isOff(a - b, b);
}

function isOff(off: number, level: number): boolean {
  const most = (MARGIN << SHIFT) + (level >> MARGIN_SHIFT);
  return off > most || off < -most;
}

let red = 0;
let green = 0;
let blue = 0;
