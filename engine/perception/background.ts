/** Pictures from which the empty shop is learned before anybody is looked for. */
export const LEARNING_PICTURES = 8;
/** One row in so many is brought up to date per picture. */
const ROW_TURNS = 8;
/** Visits after which what lies further away is believed: only something taken away uncovers it. */
const FARTHER_VISITS = 2;
/** Visits, all at one depth, after which something nearer counts as part of the shop: 20 s at 10 Hz. */
const NEARER_VISITS = 25;
/** The same for what belongs to a person: three minutes, for who stands so still is a thing. */
const PERSON_VISITS = 225;
/** The same inside a shelf, where stock is put and no hand rests so long: 4 s at 10 Hz. */
const SHELF_VISITS = 5;
/** Share of a new value that a known depth takes on. */
const FOLLOW = 1 / 8;
const NO_RETURN = 65_535;
/** What a door uncovers lies at least this far behind it. */
const DOOR_MM = 60;

/**
 * SD of one depth at 1 m, growing with the square of distance, and a floor: random error below 17 mm up to 3.5 m
 * (Tölgyessy et al. 2021, Sensors 21:413, Azure Kinect).
 */
const NOISE_AT_1M_MM = 1.7;
const MARGIN_MM = 8;
/** With two neighbours that must stand out too, one pixel in a million does so by noise alone. */
const SIGMAS = 2;

/** Of which kind a pixel's present owner is: decides how soon something that stays becomes background. */
export const OWNED_BY_NOBODY = 0;
export const OWNED_BY_PERSON = 1;
export const OWNED_IN_SHELF = 2;

/** By owner. */
const PATIENCE = [NEARER_VISITS, PERSON_VISITS, SHELF_VISITS];

/** The empty shop's depth per pixel of one camera: follows moved stock, and takes no person in who stands for a while. */
export class Background {
  /** Anything nearer than this is foreground; kept ready for the comparison, millimetres. */
  readonly limitMm: Uint16Array;
  /** Between these two also: before what a door uncovers that is shut now, as far as known; millimetres. */
  readonly behindMm: Uint16Array;
  readonly farLimitMm: Uint16Array;
  /** Rows in which there is any of these. */
  readonly hasDoor: Uint8Array;
  /** 1 where another depth was taken on since somebody last set it to 0. */
  readonly isNew: Uint8Array;
  readonly #depthMm: Float32Array;
  /** Smoothed distance of what is seen from what is known. */
  readonly #spreadMm: Float32Array;
  /** What was background before: a door that shuts again is known at once. 0 = nothing. */
  readonly #formerMm: Float32Array;
  /** Another depth, seen at the last visits, and how often. */
  readonly #otherMm: Float32Array;
  readonly #otherVisits: Uint8Array;
  readonly #sigmasAt1MMm: number;
  readonly #columns: number;
  readonly #rows: number;
  #pictures = 0;

  /** `noiseShare`: noise that is left after averaging, as a share of one depth's. */
  constructor(columns: number, rows: number, noiseShare = 1) {
    const count = columns * rows;
    this.#sigmasAt1MMm = SIGMAS * NOISE_AT_1M_MM * noiseShare;
    this.#columns = columns;
    this.#rows = rows;
    this.limitMm = new Uint16Array(count).fill(NO_RETURN);
    this.behindMm = new Uint16Array(count).fill(NO_RETURN);
    this.farLimitMm = new Uint16Array(count);
    this.hasDoor = new Uint8Array(rows);
    this.isNew = new Uint8Array(count);
    this.#depthMm = new Float32Array(count).fill(NO_RETURN);
    this.#spreadMm = new Float32Array(count);
    this.#formerMm = new Float32Array(count);
    this.#otherMm = new Float32Array(count);
    this.#otherVisits = new Uint8Array(count);
  }

  get isLearned(): boolean {
    return this.#pictures >= LEARNING_PICTURES;
  }

  /** How much nearer than a depth something must be to stand out. */
  #thresholdMm(depthMm: number): number {
    const metres = depthMm / 1000;
    return MARGIN_MM + this.#sigmasAt1MMm * metres * metres;
  }

  /** Depth of the empty shop at a pixel, millimetres; 65535 where nothing comes back. */
  depthMm(k: number): number {
    return this.#depthMm[k];
  }

  /** Takes on a picture's depths (0 = no return); `owner` says per pixel whose it is. */
  follow(depthMm: Uint16Array, owner: Uint8Array): void {
    const columns = this.#columns;
    if (!this.isLearned) {
      for (let k = 0; k < depthMm.length; k++) this.#learn(k, depthMm[k]);
    } else {
      for (let row = this.#pictures % ROW_TURNS; row < this.#rows; row += ROW_TURNS)
        this.#visitRow(depthMm, owner, row * columns, (row + 1) * columns);
    }
    this.#pictures++;
  }

  /** While learning, the furthest counts: who walks by uncovers what is behind. */
  #learn(k: number, seenMm: number): void {
    if (seenMm === 0) return;
    const known = this.#depthMm[k];
    const off = seenMm - known;
    const limit = this.#thresholdMm(seenMm);
    if (known === NO_RETURN || off > 2 * limit) this.#set(k, seenMm);
    else if (off >= -2 * limit) {
      this.#depthMm[k] = known + off / 4;
      this.#spreadMm[k] = this.#spreadMm[k] + (Math.abs(off) - this.#spreadMm[k]) / 4;
      this.#refresh(k);
    }
  }

  #visitRow(seen: Uint16Array, owner: Uint8Array, from: number, to: number): void {
    const known = this.#depthMm;
    const spread = this.#spreadMm;
    const visits = this.#otherVisits;
    const { limitMm, behindMm } = this;
    const sigmas = this.#sigmasAt1MMm * 1e-6;
    for (let k = from; k < to; k++) {
      const seenMm = seen[k];
      if (seenMm === 0) continue;
      const before = known[k];
      const off = seenMm - before;
      const limit = limitMm[k];
      if (before === NO_RETURN || seenMm < limit || off > before - limit) {
        this.#visitOther(k, seenMm, owner[k]);
        continue;
      }
      const now = before + off * FOLLOW;
      const apart = spread[k] + ((off < 0 ? -off : off) - spread[k]) * FOLLOW;
      known[k] = now;
      spread[k] = apart;
      visits[k] = 0;
      if (behindMm[k] !== NO_RETURN) this.#refresh(k);
      else {
        const threshold = sigmas * now * now;
        const least = now - MARGIN_MM - (threshold > 3 * apart ? threshold : 3 * apart);
        limitMm[k] = least < 1 ? 1 : least;
      }
    }
  }

  #visitOther(k: number, seenMm: number, owner: number): void {
    const off = seenMm - this.#depthMm[k];
    const former = this.#formerMm[k];
    if (former > 0 && Math.abs(seenMm - former) <= 2 * this.#thresholdMm(seenMm)) {
      this.#set(k, former);
      return;
    }
    const other = this.#otherMm[k];
    const stays = this.#otherVisits[k] > 0 && Math.abs(seenMm - other) <= 2 * this.#thresholdMm(seenMm);
    const visits = stays ? this.#otherVisits[k] + 1 : 1;
    const mean = stays ? other + (seenMm - other) / Math.min(visits, 8) : seenMm;
    this.#otherMm[k] = mean;
    this.#otherVisits[k] = visits;
    if (visits >= (off > 0 ? FARTHER_VISITS : PATIENCE[owner])) this.#set(k, mean);
  }

  #set(k: number, depthMm: number): void {
    if (this.isLearned && this.#depthMm[k] !== NO_RETURN) this.#formerMm[k] = this.#depthMm[k];
    this.#depthMm[k] = depthMm;
    this.isNew[k] = 1;
    this.#spreadMm[k] = 0;
    this.#otherVisits[k] = 0;
    this.#refresh(k);
  }

  /** A pixel that flickers on its own must be passed by more: 2.4 SD of a normal are three mean deviations. */
  #refresh(k: number): void {
    const known = this.#depthMm[k];
    const threshold = Math.max(this.#thresholdMm(known), MARGIN_MM + 3 * this.#spreadMm[k]);
    this.limitMm[k] = Math.max(1, known - threshold);
    const former = this.#formerMm[k];
    const isDoor = former > known + DOOR_MM;
    if (isDoor) this.hasDoor[(k / this.#columns) | 0] = 1;
    this.behindMm[k] = isDoor ? Math.min(NO_RETURN, known + 2 * threshold) : NO_RETURN;
    this.farLimitMm[k] = isDoor ? former - 2 * this.#thresholdMm(former) : 0;
  }
}
