import { FloorGrid } from '../maths/floor-grid.ts';
import { SparseAssignment } from '../maths/sparse-assignment.ts';

/** What the crowd tracker follows: points on a floor in metres, or boxes in an image in pixels. */
export type CrowdSpace = 'floor' | 'image';

export const CROWD_DEFAULTS = {
  /** A body unseen for longer is given up. */
  keepSeconds: 2,
  /** Positions are given out for this long after the last sighting. */
  shownSeconds: 0.4,
  /** Sightings below this score may keep a track, never start one. */
  strongScore: 0.5,
  /** Sum of scores that makes a track a body. */
  confirmScore: 1.8,
  /** SD of a sighting's place: metres on the floor; in images in heights of the body. */
  floorNoiseM: 0.15,
  imageNoiseHeights: 0.1,
} as const;

/** Metres that a box's height stands for: bodies move in an image as on a floor seen at that scale. */
const BODY_M = 1.7;
/** 99.9 % of a χ² with 2 degrees of freedom. */
const GATE_CHI2 = 13.8;
/** Spectral density of acceleration of people who mostly walk on, m²/s³. */
const ACCELERATION = 0.2;
/** Beyond this χ² a sighting says that the body has changed its motion: 95 % with 2 degrees of freedom. */
const SURPRISE_CHI2 = 6;
/** SD of an unknown walking speed, m/s. */
const SPEED_SD_MPS = 1;
/** Nobody is sought further than this from where expected, metres. */
const REACH_M = 2;
/** Boxes are widened by this share each way before they are compared, so that quick ones still overlap (Yang et al. 2023, C-BIoU). */
const WIDEN = 0.3;
/** Share of a box's size taken from a new sighting. */
const SIZE_GAIN = 0.2;
const MISS_COST_FLOOR = GATE_CHI2 + 4;
/** Boxes overlapping by less than this share are no pair. */
const OVERLAP_MIN = 0.1;

/**
 * Follows many bodies from plain sightings: nearly constant velocity, cheapest sparse assignment of strong sightings and
 * then of weak ones, all times in seconds. State is flat; nothing is allocated once the arrays have grown to the crowd.
 */
export class CrowdTracker {
  /** Bodies followed now, confirmed or not: entries [0, count) of the arrays below. */
  count = 0;
  /** Number of the track, from 1 in order of birth. */
  key = new Int32Array(64);
  /** x, y on the floor, or the box's middle. */
  placeX = new Float64Array(64);
  placeY = new Float64Array(64);
  /** Box size; 0 on the floor. */
  width = new Float64Array(64);
  height = new Float64Array(64);
  /** 1 once seen often enough. */
  isConfirmed = new Uint8Array(64);
  seenSeconds = new Float64Array(64);
  /** Track number each sighting of the last update went to. */
  keyOfSighting = new Int32Array(64);

  #speedX = new Float64Array(64);
  #speedY = new Float64Array(64);
  /** Variance of place, covariance with speed, variance of speed, alike in both directions; in metres. */
  #placeVar = new Float64Array(64);
  #crossVar = new Float64Array(64);
  #speedVar = new Float64Array(64);
  #evidence = new Float64Array(64);
  #isTaken = new Uint8Array(64);
  #isImage: boolean;
  #noiseVarM2: number;
  #grid: FloorGrid;
  #points = new Float64Array(128);
  #near = new Int32Array(64);
  #rowOf = new Int32Array(64);
  #assignment = new SparseAssignment();
  #seconds = Number.NaN;
  #bornCount = 0;
  #originX: number;
  #originY: number;

  /** `boundsM`: least x, y and greatest x, y to be expected on the floor; beyond them it is only slower. Unused for images. */
  constructor(space: CrowdSpace, boundsM: readonly [number, number, number, number] = [0, 0, 1, 1]) {
    this.#isImage = space === 'image';
    const noise = this.#isImage ? CROWD_DEFAULTS.imageNoiseHeights * BODY_M : CROWD_DEFAULTS.floorNoiseM;
    this.#noiseVarM2 = noise * noise;
    [this.#originX, this.#originY] = boundsM;
    this.#grid = new FloorGrid([boundsM[2] - boundsM[0], boundsM[3] - boundsM[1]], REACH_M);
  }

  /** True if the track's place is to be given out although it may not have been seen just now. */
  isShown(track: number): boolean {
    return this.isConfirmed[track] === 1 && this.#seconds - this.seenSeconds[track]! <= CROWD_DEFAULTS.shownSeconds;
  }

  /**
   * Takes the `count` sightings of one time, later than the last: rows of x, y on the floor, or of left, top, width,
   * height in an image, with scores in 0..1.
   */
  update(seconds: number, rows: Float64Array, scores: Float64Array, count: number): void {
    this.#predict(seconds);
    this.#forget();
    this.#reserve(this.count + count, count);
    this.keyOfSighting.fill(0, 0, count);
    this.#isTaken.fill(0, 0, this.count);
    if (!this.#isImage) this.#buildGrid();
    this.#assign(rows, scores, count, true);
    this.#assign(rows, scores, count, false);
    this.#bear(rows, scores, count);
  }

  #predict(seconds: number): void {
    const t = Number.isNaN(this.#seconds) ? 0 : seconds - this.#seconds;
    this.#seconds = seconds;
    const place = (ACCELERATION * t * t * t) / 3;
    const cross = (ACCELERATION * t * t) / 2;
    for (let i = 0; i < this.count; i++) {
      this.placeX[i]! += t * this.#speedX[i]!;
      this.placeY[i]! += t * this.#speedY[i]!;
      this.#placeVar[i]! += 2 * t * this.#crossVar[i]! + t * t * this.#speedVar[i]! + place;
      this.#crossVar[i]! += t * this.#speedVar[i]! + cross;
      this.#speedVar[i]! += ACCELERATION * t;
    }
  }

  #buildGrid(): void {
    const points = this.#points;
    for (let i = 0; i < this.count; i++) {
      points[2 * i] = this.placeX[i]! - this.#originX;
      points[2 * i + 1] = this.placeY[i]! - this.#originY;
    }
    this.#grid.build(points, this.count, 2);
  }

  /** Gives strong sightings, or else the weak ones that are left, to the tracks that are free. */
  #assign(rows: Float64Array, scores: Float64Array, count: number, strong: boolean): void {
    const rowOf = this.#rowOf;
    let rowCount = 0;
    for (let s = 0; s < count; s++) if (scores[s]! >= CROWD_DEFAULTS.strongScore === strong) rowOf[rowCount++] = s;
    if (rowCount === 0 || this.count === 0) return;
    this.#assignment.reset(rowCount, this.count);
    for (let row = 0; row < rowCount; row++) {
      if (this.#isImage) this.#pairBoxes(rows, rowOf[row]!, row, strong);
      else this.#pairPoints(rows, rowOf[row]!, row, strong);
    }
    const trackOf = this.#assignment.solve(this.#isImage ? 1 : MISS_COST_FLOOR);
    for (let row = 0; row < rowCount; row++)
      if (trackOf[row]! >= 0) this.#see(rows, scores, rowOf[row]!, trackOf[row]!);
  }

  #pairPoints(rows: Float64Array, s: number, row: number, strong: boolean): void {
    const x = rows[2 * s]!;
    const y = rows[2 * s + 1]!;
    const nearCount = this.#grid.nearInto(this.#near, x - this.#originX, y - this.#originY);
    for (let i = 0; i < nearCount; i++) {
      const t = this.#near[i]!;
      if (this.#isTaken[t] === 1 || (!strong && this.isConfirmed[t] === 0)) continue;
      const dx = x - this.placeX[t]!;
      const dy = y - this.placeY[t]!;
      const apart2 = dx * dx + dy * dy;
      if (apart2 > REACH_M * REACH_M) continue;
      const spread = this.#placeVar[t]! + this.#noiseVarM2;
      const d2 = apart2 / spread;
      // ln|S| of two directions: wide gates must not win over narrow ones.
      if (d2 <= GATE_CHI2) this.#assignment.add(row, t, d2 + 2 * Math.log(spread / this.#noiseVarM2));
    }
  }

  #pairBoxes(rows: Float64Array, s: number, row: number, strong: boolean): void {
    const w = rows[4 * s + 2]!;
    const h = rows[4 * s + 3]!;
    const x = rows[4 * s]! + w / 2;
    const y = rows[4 * s + 1]! + h / 2;
    for (let t = 0; t < this.count; t++) {
      if (this.#isTaken[t] === 1 || (!strong && this.isConfirmed[t] === 0)) continue;
      const overlap = widenedOverlap(x, y, w, h, this.placeX[t]!, this.placeY[t]!, this.width[t]!, this.height[t]!);
      if (overlap < OVERLAP_MIN) continue;
      this.#assignment.add(row, t, 1 - overlap);
    }
  }

  #see(rows: Float64Array, scores: Float64Array, s: number, t: number): void {
    const isImage = this.#isImage;
    const x = isImage ? rows[4 * s]! + rows[4 * s + 2]! / 2 : rows[2 * s]!;
    const y = isImage ? rows[4 * s + 1]! + rows[4 * s + 3]! / 2 : rows[2 * s + 1]!;
    const dx = x - this.placeX[t]!;
    const dy = y - this.placeY[t]!;
    this.#allowSurprise(t, (dx * dx + dy * dy) / (this.#scale(t) * this.#scale(t)));
    const spread = this.#placeVar[t]! + this.#noiseVarM2;
    const gain = this.#placeVar[t]! / spread;
    const speedGain = this.#crossVar[t]! / spread;
    this.placeX[t]! += gain * dx;
    this.placeY[t]! += gain * dy;
    this.#speedX[t]! += speedGain * dx;
    this.#speedY[t]! += speedGain * dy;
    this.#speedVar[t]! -= speedGain * this.#crossVar[t]!;
    this.#crossVar[t]! *= 1 - gain;
    this.#placeVar[t]! *= 1 - gain;
    if (isImage) {
      this.width[t]! += SIZE_GAIN * (rows[4 * s + 2]! - this.width[t]!);
      this.height[t]! += SIZE_GAIN * (rows[4 * s + 3]! - this.height[t]!);
    }
    this.#isTaken[t] = 1;
    this.seenSeconds[t] = this.#seconds;
    this.keyOfSighting[s] = this.key[t]!;
    this.#evidence[t]! += scores[s]!;
    if (this.#evidence[t]! >= CROWD_DEFAULTS.confirmScore) this.isConfirmed[t] = 1;
  }

  /** Metres of a track are this many units of its space: an image shows a body `BODY_M` tall. */
  #scale(t: number): number {
    return this.#isImage ? this.height[t]! / BODY_M : 1;
  }

  /** Who turned round is followed at once: the filter doubts itself as much as the sighting surprises it. */
  #allowSurprise(t: number, apart2M2: number): void {
    const d2 = apart2M2 / (this.#placeVar[t]! + this.#noiseVarM2);
    if (d2 <= SURPRISE_CHI2) return;
    const factor = d2 / SURPRISE_CHI2;
    this.#placeVar[t]! *= factor;
    this.#crossVar[t]! *= factor;
    this.#speedVar[t]! *= factor;
  }

  #bear(rows: Float64Array, scores: Float64Array, count: number): void {
    for (let s = 0; s < count; s++) {
      if (this.keyOfSighting[s] !== 0 || scores[s]! < CROWD_DEFAULTS.strongScore) continue;
      const t = this.count++;
      const isImage = this.#isImage;
      this.key[t] = ++this.#bornCount;
      this.keyOfSighting[s] = this.key[t]!;
      this.width[t] = isImage ? rows[4 * s + 2]! : 0;
      this.height[t] = isImage ? rows[4 * s + 3]! : 0;
      this.placeX[t] = isImage ? rows[4 * s]! + this.width[t]! / 2 : rows[2 * s]!;
      this.placeY[t] = isImage ? rows[4 * s + 1]! + this.height[t]! / 2 : rows[2 * s + 1]!;
      this.#speedX[t] = 0;
      this.#speedY[t] = 0;
      this.#placeVar[t] = this.#noiseVarM2;
      this.#crossVar[t] = 0;
      this.#speedVar[t] = SPEED_SD_MPS * SPEED_SD_MPS;
      this.#evidence[t] = scores[s]!;
      this.isConfirmed[t] = scores[s]! >= CROWD_DEFAULTS.confirmScore ? 1 : 0;
      this.seenSeconds[t] = this.#seconds;
    }
  }

  /** Drops who has been unseen for too long; the others keep their order. */
  #forget(): void {
    let kept = 0;
    for (let t = 0; t < this.count; t++) {
      if (this.#seconds - this.seenSeconds[t]! > CROWD_DEFAULTS.keepSeconds) continue;
      if (kept !== t) this.#move(t, kept);
      kept++;
    }
    this.count = kept;
  }

  #move(from: number, to: number): void {
    this.key[to] = this.key[from]!;
    this.isConfirmed[to] = this.isConfirmed[from]!;
    for (const column of this.#columns()) column[to] = column[from]!;
  }

  #columns(): Float64Array[] {
    return [
      this.placeX,
      this.placeY,
      this.width,
      this.height,
      this.seenSeconds,
      this.#speedX,
      this.#speedY,
      this.#placeVar,
      this.#crossVar,
      this.#speedVar,
      this.#evidence,
    ];
  }

  #reserve(tracks: number, sightings: number): void {
    if (sightings > this.keyOfSighting.length) {
      this.keyOfSighting = new Int32Array(2 * sightings);
      this.#rowOf = new Int32Array(2 * sightings);
    }
    if (tracks <= this.key.length) return;
    const size = 2 * tracks;
    const more = (from: Float64Array) => {
      const to = new Float64Array(size);
      to.set(from);
      return to;
    };
    const key = new Int32Array(size);
    key.set(this.key);
    this.key = key;
    const isConfirmed = new Uint8Array(size);
    isConfirmed.set(this.isConfirmed);
    this.isConfirmed = isConfirmed;
    this.#isTaken = new Uint8Array(size);
    this.#near = new Int32Array(size);
    this.#points = new Float64Array(2 * size);
    this.placeX = more(this.placeX);
    this.placeY = more(this.placeY);
    this.width = more(this.width);
    this.height = more(this.height);
    this.seenSeconds = more(this.seenSeconds);
    this.#speedX = more(this.#speedX);
    this.#speedY = more(this.#speedY);
    this.#placeVar = more(this.#placeVar);
    this.#crossVar = more(this.#crossVar);
    this.#speedVar = more(this.#speedVar);
    this.#evidence = more(this.#evidence);
  }
}

/** Intersection over union of two boxes given by middle and size, both widened. */
function widenedOverlap(
  x: number,
  y: number,
  w: number,
  h: number,
  otherX: number,
  otherY: number,
  otherW: number,
  otherH: number,
): number {
  const wide = 1 + 2 * WIDEN;
  const across =
    Math.min(x + (wide * w) / 2, otherX + (wide * otherW) / 2) -
    Math.max(x - (wide * w) / 2, otherX - (wide * otherW) / 2);
  if (across <= 0) return 0;
  const down =
    Math.min(y + (wide * h) / 2, otherY + (wide * otherH) / 2) -
    Math.max(y - (wide * h) / 2, otherY - (wide * otherH) / 2);
  if (down <= 0) return 0;
  const shared = across * down;
  return shared / (wide * wide * (w * h + otherW * otherH) - shared);
}
