import { NORMALS } from '../../sensors/noise-table.ts';
import type { CameraView } from '../camera-view.ts';
import { Exposure } from './exposure.ts';
import { FrameDice, mixed } from './frame-dice.ts';
import type { PictureNoise } from './picture-noise.ts';

/** A picture in the caller's memory; `ids` are truth and null where nobody may see them. */
export interface Picture {
  /** n × 3: red, green, blue. */
  readonly rgb: Uint8Array | Uint8ClampedArray;
  /** n: millimetres along the optical axis, 0 = no return. */
  readonly depthMm: Uint16Array;
  readonly ids: Uint16Array | null;
}

/** A jump in depth by this share makes an edge. */
const EDGE = 0.04;
/** Surfaces darker than this lose returns, levels of 255. */
const DARK = 36;
/** Depth at which `darkHoleProb` holds, mm. */
const DARK_AT_MM = 4000;
/** Shiny spots are this many pixels wide, one in so many blocks. */
const SPOT_SHIFT = 1;
const SPOTS = 0.12;
/** Few enough normals to stay in the first cache. */
const normals = Float32Array.from(NORMALS.subarray(0, 4096));
const MASK = normals.length - 1;

/** Turns what a camera's ideal canvas shows into what its sensor says. */
export class CameraSensorModel {
  private readonly view: CameraView;
  private readonly noise: PictureNoise;
  private readonly dice: FrameDice;
  private readonly exposure: Exposure;
  /** 1 for ids that shine. */
  private readonly shiny: Uint8Array;
  private readonly spotSalt: number;
  /** SD of colour per level. */
  private readonly colourSd = new Float64Array(256);
  private readonly gained = new Uint8Array(256);
  private readonly above: Uint16Array;
  private readonly isNoisy: boolean;

  constructor(seed: number, view: CameraView, noise: PictureNoise, shiny: Uint8Array) {
    const { id, widthPx } = view.plan;
    this.view = view;
    this.noise = noise;
    this.dice = new FrameDice(seed, id);
    this.exposure = new Exposure(seed, id, noise.exposureShare);
    this.shiny = shiny;
    this.spotSalt = mixed(id.length * 7919 + seed);
    this.above = new Uint16Array(widthPx);
    const { readLevels, shotLevels } = noise;
    for (let v = 0; v < 256; v++)
      this.colourSd[v] = Math.sqrt(readLevels * readLevels + (shotLevels * shotLevels * v) / 255);
    const { depthAt1M, flyingProb, darkHoleProb, shinyHoleProb } = noise;
    this.isNoisy = depthAt1M + flyingProb + darkHoleProb + shinyHoleProb + readLevels + shotLevels > 0;
  }

  /** Writes the picture that the view last drew, as frame number `frameIndex`, taken at a time. */
  developInto(out: Picture, frameIndex: number, timeUs: number): void {
    const { widthPx, heightPx } = this.view.plan;
    this.dice.begin(frameIndex);
    const gain = this.exposure.gainAt(timeUs);
    for (let v = 0; v < 256; v++) this.gained[v] = Math.min(255, Math.round(v * gain));
    this.above.fill(0);
    for (let y = 0; y < heightPx; y++) {
      if (this.isNoisy) this.noisyRow(out, y, widthPx);
      else this.plainRow(out, y, widthPx);
    }
    if (out.ids) this.copyIds(out.ids);
  }

  private plainRow(out: Picture, y: number, width: number): void {
    const { rgba, aux, lens } = this.view;
    const { gained } = this;
    const { rgb, depthMm } = out;
    const step = this.noise.depthStepMm;
    for (let p = y * width, end = p + width; p < end; p++) {
      const from = lens.source ? lens.source[p] : p;
      const colour = from < 0 ? 0 : rgba[from];
      rgb[3 * p] = gained[colour & 255];
      rgb[3 * p + 1] = gained[(colour >>> 8) & 255];
      rgb[3 * p + 2] = gained[(colour >>> 16) & 255];
      const mm = from < 0 ? 0 : aux[from] & 0xffff;
      depthMm[p] = step === 1 ? mm : Math.round(mm / step) * step;
    }
  }

  private noisyRow(out: Picture, y: number, width: number): void {
    const { rgba, aux, lens } = this.view;
    const { gained, colourSd, above, noise } = this;
    const { rgb, depthMm } = out;
    const { depthStepMm: step, flyingProb } = noise;
    const depthSd = noise.depthAt1M / 1000;
    let dice = this.dice.row(y);
    let left = 0;
    for (let x = 0, p = y * width; x < width; x++, p++) {
      const from = lens.source ? lens.source[p] : p;
      const colour = from < 0 ? 0 : rgba[from];
      const both = from < 0 ? 0 : aux[from];
      // One draw of 32 bits gives three normals for colour, the next one a normal and a chance for depth.
      dice ^= dice << 13;
      dice ^= dice >>> 17;
      dice ^= dice << 5;
      const r = gained[colour & 255];
      const g = gained[(colour >>> 8) & 255];
      const b = gained[(colour >>> 16) & 255];
      rgb[3 * p] = clamped(r + normals[dice & MASK] * colourSd[r]);
      rgb[3 * p + 1] = clamped(g + normals[(dice >>> 10) & MASK] * colourSd[g]);
      rgb[3 * p + 2] = clamped(b + normals[(dice >>> 20) & MASK] * colourSd[b]);
      const mm = both & 0xffff;
      dice ^= dice << 13;
      dice ^= dice >>> 17;
      dice ^= dice << 5;
      let seen = mm + normals[dice & MASK] * depthSd * mm * mm;
      const chance = (dice >>> 16) / 65536;
      const up = above[x];
      const other = isEdge(mm, left) ? left : isEdge(mm, up) ? up : 0;
      if (other > 0 && chance < flyingProb) seen = mm + (other - mm) * ((dice >>> 4) & 1023) * (1 / 1024);
      if (mm === 0 || this.isHole(r + g + g + b, mm, both >>> 16, x, y, chance)) seen = 0;
      depthMm[p] = seen <= 0 ? 0 : step === 1 ? seen + 0.5 : Math.round(seen / step) * step;
      left = mm;
      above[x] = mm;
    }
  }

  /** Whether a surface gives nothing back: black ones by chance, more so far away; shiny ones at spots that stay. */
  private isHole(fourLuma: number, mm: number, id: number, x: number, y: number, chance: number): boolean {
    const { noise } = this;
    if (fourLuma < 4 * DARK) {
      const dark = 1 - fourLuma / (4 * DARK);
      if (chance < (noise.darkHoleProb * dark * mm) / DARK_AT_MM) return true;
    }
    if (this.shiny[id] === 0) return false;
    const spot = mixed(this.spotSalt + Math.imul(y >> SPOT_SHIFT, 4099) + (x >> SPOT_SHIFT)) >>> 0;
    return spot < SPOTS * 4294967296 && chance < noise.shinyHoleProb;
  }

  private copyIds(ids: Uint16Array): void {
    const { aux, lens } = this.view;
    for (let p = 0; p < ids.length; p++) {
      const from = lens.source ? lens.source[p] : p;
      ids[p] = from < 0 ? 0 : aux[from] >>> 16;
    }
  }
}

function isEdge(mm: number, other: number): boolean {
  return other > 0 && Math.abs(other - mm) > EDGE * mm;
}

function clamped(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : value + 0.5;
}
