/** Bins of half a centimetre from the lowest head to the highest. */
const LOW_M = 0.25;
const BIN_M = 0.005;
const BINS = 450;
/** Heads bend down and bob: nine tenths of what is seen of an upright head lies below this. */
const UPRIGHT_SHARE = 0.9;
/** Beyond this count old heights weigh half. */
const FULL = 1200;
/** Fewer heights than this say nothing: a second of them. */
export const STATURE_MIN_COUNT = 10;
/**
 * Two seconds or more of the same person in different places: extrinsics of 0.3° move a head 4 m away by 2 cm. SD metres.
 */
const STATURE_SD_M = 0.015;
/** Somebody bends all the while, or a box is taken for a head, this often; what is seen then says little. */
const ODD_PROB = 0.1;
const ODD_SPAN_M = 0.8;
/** Density of people's heights near the mean, SD 10 cm. */
const ANYONE_PER_M = 3;

/** Histogram of the heights at which a head was seen. */
export class Stature {
  count = 0;
  #bins = new Uint16Array(BINS);

  add(zM: number): void {
    const bin = Math.floor((zM - LOW_M) / BIN_M);
    if (bin < 0 || bin >= BINS) return;
    this.#bins[bin]!++;
    if (++this.count >= FULL) this.#fade();
  }

  /** Adds all of another's heights. */
  take(other: Stature): void {
    for (let i = 0; i < BINS; i++) this.#bins[i]! += other.#bins[i]!;
    this.count += other.count;
    if (this.count >= FULL) this.#fade();
  }

  clear(): void {
    if (this.count > 0) this.#bins.fill(0);
    this.count = 0;
  }

  /** Height of the upright head, metres; of no use below `STATURE_MIN_COUNT`. */
  uprightM(): number {
    const wanted = UPRIGHT_SHARE * this.count;
    let below = 0;
    for (let i = 0; i < BINS; i++) {
      const here = this.#bins[i]!;
      if (below + here >= wanted && here > 0) return LOW_M + BIN_M * (i + (wanted - below) / here);
      below += here;
    }
    return LOW_M;
  }

  #fade(): void {
    this.count = 0;
    for (let i = 0; i < BINS; i++) {
      this.#bins[i] = this.#bins[i]! >> 1;
      this.count += this.#bins[i]!;
    }
  }
}

/** Likelihood per metre that someone known as `known` is seen as `seen`. */
export function likeness(seen: Stature, known: Stature): number {
  if (seen.count < STATURE_MIN_COUNT) return 1;
  if (known.count < STATURE_MIN_COUNT) return ANYONE_PER_M;
  const z = (seen.uprightM() - known.uprightM()) / STATURE_SD_M;
  return ((1 - ODD_PROB) * Math.exp(-0.5 * z * z)) / (STATURE_SD_M * 2.5066) + ODD_PROB / ODD_SPAN_M;
}
