/** A frame that takes longer than this is too slow to look at, ms; one quicker than that could be sharper. */
const SLOW_MS = 45;
const QUICK_MS = 12;
/** Frames between two changes. */
const FRAMES = 12;
const LEAST = 0.5;

/** Pixels of the picture per pixel of the page: fewer where WebGL is done in software. */
export class Sharpness {
  ratio: number;
  readonly #best: number;
  #frames = 0;
  #totalMs = 0;

  constructor(best: number) {
    this.ratio = best;
    this.#best = best;
  }

  /** Stays as it is, so that pictures can be compared. */
  isFixed = false;

  /** Notes how long a frame took. */
  took(ms: number): void {
    if (this.isFixed) return;
    this.#totalMs += ms;
    if (++this.#frames < FRAMES) return;
    const mean = this.#totalMs / this.#frames;
    this.#frames = 0;
    this.#totalMs = 0;
    if (mean > SLOW_MS) this.ratio = Math.max(LEAST, this.ratio * 0.75);
    else if (mean < QUICK_MS) this.ratio = Math.min(this.#best, this.ratio / 0.75);
  }
}
