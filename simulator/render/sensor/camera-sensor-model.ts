import type { PictureNoise } from '../../scenario/run.ts';
import { NORMALS } from '../../sensors/noise-table.ts';
import type { CameraView } from '../camera-view.ts';
import { Exposure } from './exposure.ts';
import { FrameDice, mixed } from './frame-dice.ts';

/** A picture in the caller's memory; `ids` are truth and null where nobody may see them. */
export interface Picture {
  /** n × 3: red, green, blue. */
  readonly rgb: Uint8Array;
  /** n: millimetres along the optical axis, 0 = no return. */
  readonly depthMm: Uint16Array;
  readonly ids: Uint16Array | null;
}

/** Depth noise is kept in steps of 2^this millimetres. */
const DEPTH_SHIFT = 4;
/** Surfaces darker than this lose returns, levels of 255; they have none of these bits set in any channel. */
const DARK = 64;
const DARK_MASK = 0xc0c0c0;
/** Depth at which `darkHoleProb` holds, mm. */
const DARK_AT_MM = 4000;
/** Shiny spots are this many pixels wide, one in so many blocks. */
const SPOT_SHIFT = 1;
const SPOTS = 0.12;
const SPOT_ROW_SHIFT = 12;
/** Normals in 1/64, few enough to stay in the first cache. */
const normals64 = Int16Array.from(NORMALS.subarray(0, 1024), (value) => Math.round(64 * value));
/** A level of colour becomes one of 2^this, equally likely. */
const DRAW_SHIFT = 6;
const DRAWS = 1 << DRAW_SHIFT;
const DRAW_MASK = DRAWS - 1;
/** Where a channel's level lies in a colour, already shifted to its row of draws. */
const LEVEL_MASK = 255 << DRAW_SHIFT;
/** Normals in 1/64: the means of as many equal shares of a normal, stretched to SD 1. */
const draws64 = equalShares(DRAWS);

/** Turns what a camera's ideal canvas shows into what its sensor says. */
export class CameraSensorModel {
  private readonly view: CameraView;
  private readonly noise: PictureNoise;
  private readonly dice: FrameDice;
  private readonly exposure: Exposure;
  /** 1 for ids that shine. */
  private readonly shiny: Uint8Array;
  /** 1 where shiny things shine, by blocks of pixels, 2^`SPOT_ROW_SHIFT` to a row. */
  private readonly spots: Uint8Array;
  /** Chances of 65,536: of a hole on shiny spots, and on dark surfaces per level and millimetre. */
  private readonly shinyChance: number;
  private readonly darkScale: number;
  /** SD of colour per level, in 1/64. */
  private readonly colourSd = new Int32Array(256);
  /** SD of depth per 16 mm, in 1/64 mm. */
  private readonly depthSd = new Int32Array(65536 >> DEPTH_SHIFT);
  /** Level after gain that each row of `levels` was made for. */
  private readonly gained = new Int16Array(256).fill(-1);
  /** 256 × `DRAWS`: what a level may come out as, after gain and noise. */
  private readonly levels = new Uint8Array(256 * DRAWS);
  private readonly farMm: number;
  private readonly above: Uint16Array;
  private readonly isNoisy: boolean;

  constructor(seed: number, view: CameraView, noise: PictureNoise, shiny: Uint8Array) {
    const { id, widthPx } = view.plan;
    this.view = view;
    this.noise = noise;
    this.dice = new FrameDice(seed, id);
    this.exposure = new Exposure(seed, id, noise.exposureShare);
    this.shiny = shiny;
    this.spots = spotsOf(mixed(id.length * 7919 + seed), view.plan.heightPx);
    this.shinyChance = 65536 * noise.shinyHoleProb;
    this.darkScale = (65536 * noise.darkHoleProb) / (4 * DARK * DARK_AT_MM);
    this.above = new Uint16Array(widthPx);
    this.farMm = noise.rangeM > 0 ? Math.min(65535, Math.round(1000 * noise.rangeM)) : 65535;
    const { readLevels, shotLevels } = noise;
    for (let v = 0; v < 256; v++)
      this.colourSd[v] = Math.round(64 * Math.sqrt(readLevels * readLevels + (shotLevels * shotLevels * v) / 255));
    const { depthAt1M, flyingProb, darkHoleProb, shinyHoleProb } = noise;
    for (let i = 0; i < this.depthSd.length; i++) {
      const depthM = (i << DEPTH_SHIFT) / 1000;
      this.depthSd[i] = Math.round(64 * 1000 * noise.depthAt1M * depthM * depthM);
    }
    this.isNoisy = depthAt1M + flyingProb + darkHoleProb + shinyHoleProb + readLevels + shotLevels > 0;
  }

  /** Writes the picture that the view last drew, as frame number `frameIndex`, taken at a time. */
  developInto(out: Picture, frameIndex: number, timeUs: number): void {
    const { widthPx, heightPx } = this.view.plan;
    this.dice.begin(frameIndex);
    this.expose(this.exposure.gainAt(timeUs));
    this.above.fill(0);
    for (let y = 0; y < heightPx; y++) {
      if (this.isNoisy) this.noisyRow(out, y, widthPx);
      else this.plainRow(out, y, widthPx);
    }
    if (this.noise.depthStepMm > 1) this.stepDepth(out.depthMm);
    if (out.ids) this.copyIds(out.ids);
  }

  /** Brings `levels` to a gain; from frame to frame few of them change. */
  private expose(gain: number): void {
    const { gained, levels, colourSd } = this;
    for (let v = 0; v < 256; v++) {
      const level = Math.min(255, Math.round(v * gain));
      if (level === gained[v]) continue;
      gained[v] = level;
      for (let i = 0; i < DRAWS; i++) {
        const noisy = level + ((Math.imul(draws64[i], colourSd[level]) + 2048) >> 12);
        levels[(v << DRAW_SHIFT) + i] = noisy < 0 ? 0 : noisy > 255 ? 255 : noisy;
      }
    }
  }

  private plainRow(out: Picture, y: number, width: number): void {
    const { rgba, aux } = this.view.picture;
    const { source } = this.view.lens;
    const { gained, farMm } = this;
    const { rgb, depthMm } = out;
    for (let p = y * width, end = p + width; p < end; p++) {
      const colour = rgba[source[p]];
      rgb[3 * p] = gained[colour & 255];
      rgb[3 * p + 1] = gained[(colour >>> 8) & 255];
      rgb[3 * p + 2] = gained[(colour >>> 16) & 255];
      const mm = aux[source[p]] & 0xffff;
      depthMm[p] = mm > farMm ? 0 : mm;
    }
  }

  private noisyRow({ rgb, depthMm }: Picture, y: number, width: number): void {
    const { rgba, aux } = this.view.picture;
    const { source } = this.view.lens;
    const { levels, depthSd, above, shiny, farMm } = this;
    let dice = this.dice.row(y);
    let left = 0;
    for (let x = 0, p = y * width, q = 3 * p; x < width; x++, p++, q += 3) {
      const from = source[p];
      const colour = rgba[from];
      const both = aux[from];
      // One draw of 32 bits: three times six for colour, ten for depth.
      dice ^= dice << 13;
      dice ^= dice >>> 17;
      dice ^= dice << 5;
      rgb[q] = levels[((colour << 6) & LEVEL_MASK) | (dice & DRAW_MASK)];
      rgb[q + 1] = levels[((colour >>> 2) & LEVEL_MASK) | ((dice >>> 6) & DRAW_MASK)];
      rgb[q + 2] = levels[((colour >>> 10) & LEVEL_MASK) | ((dice >>> 12) & DRAW_MASK)];
      const mm = both & 0xffff;
      let seen = mm + ((Math.imul(normals64[dice >>> 22], depthSd[mm >> DEPTH_SHIFT]) + 2048) >> 12);
      // A jump in depth by more than 1/24.
      const jump = Math.imul(mm, 41) >> 10;
      const up = above[x];
      if (left - mm > jump || mm - left > jump) seen = this.flying(seen, mm, left, dice);
      else if (up - mm > jump || mm - up > jump) seen = this.flying(seen, mm, up, dice);
      if ((colour & DARK_MASK) === 0 || shiny[both >>> 16] !== 0) {
        if (this.isHole(colour, mm, both >>> 16, x, y, dice)) seen = 0;
      }
      depthMm[p] = mm === 0 || seen < 0 || seen > farMm ? 0 : seen;
      left = mm;
      above[x] = mm;
    }
  }

  /** Depth of a pixel beside a jump to `other`: by chance somewhere in between. */
  private flying(seen: number, mm: number, other: number, dice: number): number {
    const draw = mixed(dice);
    if (other === 0 || mm === 0 || (draw & 0xffff) >= this.noise.flyingProb * 65536) return seen;
    return (mm + ((other - mm) * (draw >>> 16)) / 65536) | 0;
  }

  private stepDepth(depthMm: Uint16Array): void {
    const step = this.noise.depthStepMm;
    for (let p = 0; p < depthMm.length; p++) depthMm[p] = Math.round(depthMm[p] / step) * step;
  }

  /** Whether a surface gives nothing back: black ones by chance, more so far away; shiny ones at spots that stay. */
  private isHole(colour: number, mm: number, id: number, x: number, y: number, dice: number): boolean {
    const chance = Math.imul(dice, 0x9e3779b1) >>> 16;
    const dark = 4 * DARK - (colour & 255) - ((colour >>> 7) & 510) - ((colour >>> 16) & 255);
    if (dark > 0 && chance < dark * mm * this.darkScale) return true;
    return (
      chance < this.shinyChance &&
      this.shiny[id] !== 0 &&
      this.spots[((y >> SPOT_SHIFT) << SPOT_ROW_SHIFT) + (x >> SPOT_SHIFT)] !== 0
    );
  }

  private copyIds(ids: Uint16Array): void {
    const { aux } = this.view.picture;
    const { source } = this.view.lens;
    for (let p = 0; p < ids.length; p++) ids[p] = aux[source[p]] >>> 16;
  }
}

function spotsOf(salt: number, heightPx: number): Uint8Array {
  const spots = new Uint8Array(((heightPx >> SPOT_SHIFT) + 1) << SPOT_ROW_SHIFT);
  for (let i = 0; i < spots.length; i++) if (mixed(salt + i) >>> 0 < SPOTS * 4294967296) spots[i] = 1;
  return spots;
}

function equalShares(count: number): Int16Array {
  const sorted = Float64Array.from(NORMALS).sort();
  const share = sorted.length / count;
  const means = Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = i * share; k < (i + 1) * share; k++) sum += sorted[k];
    return sum / share;
  });
  let squares = 0;
  for (const mean of means) squares += mean * mean;
  const stretch = 64 / Math.sqrt(squares / count);
  return Int16Array.from(means, (mean) => Math.round(mean * stretch));
}
