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
/** Normals in 1/64, few enough to stay in the first cache. */
const normals64 = Int16Array.from(NORMALS.subarray(0, 1024), (value) => Math.round(64 * value));
const MASK = normals64.length - 1;
/** Colour after noise, from −256 to 511, brought back to 0..255. */
const CLAMP_FROM = 256;
const clampTable = Uint8Array.from({ length: 768 }, (_, i) => Math.min(255, Math.max(0, i - CLAMP_FROM)));

/** Turns what a camera's ideal canvas shows into what its sensor says. */
export class CameraSensorModel {
  private readonly view: CameraView;
  private readonly noise: PictureNoise;
  private readonly dice: FrameDice;
  private readonly exposure: Exposure;
  /** 1 for ids that shine. */
  private readonly shiny: Uint8Array;
  private readonly spotSalt: number;
  /** SD of colour per level, in 1/64. */
  private readonly colourSd = new Int32Array(256);
  /** SD of depth per 16 mm, in 1/64 mm. */
  private readonly depthSd = new Int32Array(65536 >> DEPTH_SHIFT);
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
    const gain = this.exposure.gainAt(timeUs);
    for (let v = 0; v < 256; v++) this.gained[v] = Math.min(255, Math.round(v * gain));
    this.above.fill(0);
    for (let y = 0; y < heightPx; y++) {
      if (this.isNoisy) {
        this.noisyColours(out.rgb, y, widthPx);
        this.noisyDepths(out.depthMm, y, widthPx);
      } else this.plainRow(out, y, widthPx);
    }
    if (this.noise.depthStepMm > 1 || this.noise.rangeM > 0) this.cutDepth(out.depthMm);
    if (out.ids) this.copyIds(out.ids);
  }

  private plainRow(out: Picture, y: number, width: number): void {
    const { rgba, aux } = this.view.picture;
    const { source } = this.view.lens;
    const { gained } = this;
    const { rgb, depthMm } = out;
    for (let p = y * width, end = p + width; p < end; p++) {
      const colour = rgba[source[p]];
      rgb[3 * p] = gained[colour & 255];
      rgb[3 * p + 1] = gained[(colour >>> 8) & 255];
      rgb[3 * p + 2] = gained[(colour >>> 16) & 255];
      depthMm[p] = aux[source[p]] & 0xffff;
    }
  }

  private noisyColours(rgb: Picture['rgb'], y: number, width: number): void {
    const { rgba } = this.view.picture;
    const { source } = this.view.lens;
    const { gained, colourSd } = this;
    let dice = this.dice.row(2 * y);
    for (let p = y * width, end = p + width; p < end; p++) {
      const colour = rgba[source[p]];
      // One draw of 32 bits: its parts choose three normals from an unordered table.
      dice ^= dice << 13;
      dice ^= dice >>> 17;
      dice ^= dice << 5;
      const r = gained[colour & 255];
      const g = gained[(colour >>> 8) & 255];
      const b = gained[(colour >>> 16) & 255];
      const q = 3 * p;
      rgb[q] = clampTable[CLAMP_FROM + r + ((Math.imul(normals64[dice & MASK], colourSd[r]) + 2048) >> 12)];
      rgb[q + 1] =
        clampTable[CLAMP_FROM + g + ((Math.imul(normals64[(dice >>> 11) & MASK], colourSd[g]) + 2048) >> 12)];
      rgb[q + 2] = clampTable[CLAMP_FROM + b + ((Math.imul(normals64[dice >>> 22], colourSd[b]) + 2048) >> 12)];
    }
  }

  private noisyDepths(depthMm: Uint16Array, y: number, width: number): void {
    const { rgba, aux } = this.view.picture;
    const { source } = this.view.lens;
    const { depthSd, above, shiny } = this;
    let dice = this.dice.row(2 * y + 1);
    let left = 0;
    for (let x = 0, p = y * width; x < width; x++, p++) {
      const from = source[p];
      const both = aux[from];
      dice ^= dice << 13;
      dice ^= dice >>> 17;
      dice ^= dice << 5;
      const mm = both & 0xffff;
      let seen = mm + ((Math.imul(normals64[dice >>> 22], depthSd[mm >> DEPTH_SHIFT]) + 2048) >> 12);
      // A jump in depth by more than 1/24.
      const jump = Math.imul(mm, 41) >> 10;
      const fromLeft = (left - mm) | 0;
      const fromUp = (above[x] - mm) | 0;
      if (fromLeft > jump || fromLeft < -jump) seen = this.flying(seen, mm, left, dice);
      else if (fromUp > jump || fromUp < -jump) seen = this.flying(seen, mm, above[x], dice);
      const colour = rgba[from];
      if ((colour & DARK_MASK) === 0 || shiny[both >>> 16] !== 0) {
        if (this.isHole(colour, mm, both >>> 16, x, y, dice)) seen = 0;
      }
      depthMm[p] = mm === 0 || seen < 0 ? 0 : seen;
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

  /** Steps and range. */
  private cutDepth(depthMm: Uint16Array): void {
    const { depthStepMm: step, rangeM } = this.noise;
    const farMm = rangeM > 0 ? Math.min(65535, Math.round(1000 * rangeM)) : 65535;
    for (let p = 0; p < depthMm.length; p++) if (depthMm[p] > farMm) depthMm[p] = 0;
    if (step === 1) return;
    for (let p = 0; p < depthMm.length; p++) depthMm[p] = Math.round(depthMm[p] / step) * step;
  }

  /** Whether a surface gives nothing back: black ones by chance, more so far away; shiny ones at spots that stay. */
  private isHole(colour: number, mm: number, id: number, x: number, y: number, dice: number): boolean {
    const { noise } = this;
    const chance = (mixed(dice + 1) >>> 0) / 4294967296;
    const level = ((colour & 255) + ((colour >>> 7) & 510) + ((colour >>> 16) & 255)) / 4;
    const dark = Math.max(0, 1 - level / DARK);
    if (chance < (noise.darkHoleProb * dark * mm) / DARK_AT_MM) return true;
    if (this.shiny[id] === 0 || chance >= noise.shinyHoleProb) return false;
    const spot = mixed(this.spotSalt + Math.imul(y >> SPOT_SHIFT, 4099) + (x >> SPOT_SHIFT)) >>> 0;
    return spot < SPOTS * 4294967296;
  }

  private copyIds(ids: Uint16Array): void {
    const { aux } = this.view.picture;
    const { source } = this.view.lens;
    for (let p = 0; p < ids.length; p++) ids[p] = aux[source[p]] >>> 16;
  }
}
