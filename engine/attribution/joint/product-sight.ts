import { Lens, worldFromImageInto } from '../../geometry/lens.ts';
import type { HandProducts, Reading } from '../../readings.ts';
import type { Product, Store } from '../../store.ts';
import type { TrackHistory } from '../../tracking/track-view.ts';

/**
 * Hands show what was taken once they are clear of the shelf, whose own goods fill the picture before, until this long after;
 * and what is put down as long before.
 */
const CLEAR_US = 600_000;
const SHOWN_US = 1_600_000;
/** Attribution looks back this far at most. */
const KEPT_US = 60_000_000;
/** A sight belongs to a hand of a track this near in time and place. */
const SAME_US = 80_000;
const SAME_M = 0.2;
/** Sights of one grasp, by several cameras and again and again, count as so many looks of their own. */
const LOOKS = 3;
/** Probability that sights give a product on average for no reason. */
const ASTRAY_PROB = 0.02;

interface Sight {
  readonly timeUs: number;
  readonly inWorldM: readonly [number, number, number];
  readonly seen: HandProducts;
  readonly row: number;
}

/** What hands were seen to hold. */
export class ProductSight {
  readonly #lenses = new Map<string, Lens>();
  readonly #products: readonly Product[];
  readonly #rows = new Map<Product, number>();
  #sights: Sight[] = [];

  constructor(store: Store) {
    for (const camera of store.cameras) this.#lenses.set(camera.id, new Lens(camera));
    this.#products = store.products;
    this.#products.forEach((product, row) => {
      this.#rows.set(product, row);
    });
  }

  /** Whether hands were seen to hold anything lately. */
  get isAnything(): boolean {
    return this.#sights.length > 0;
  }

  /** Keeps what a moment's pictures show in hands. */
  see(readings: readonly Reading[]): void {
    let latestUs = 0;
    for (const reading of readings) {
      if (reading.kind !== 'detection' || !reading.detections.handProducts) continue;
      const lens = this.#lenses.get(reading.sensorId);
      if (lens === undefined) continue;
      const { handsInImagePx, handDepthM, handProducts } = reading.detections;
      latestUs = Math.max(latestUs, reading.timeUs);
      for (let row = 0; row < handDepthM.length; row++) {
        if (handProducts.productRow[row * handProducts.top]! < 0) continue;
        const [u, v] = [handsInImagePx[2 * row]!, handsInImagePx[2 * row + 1]!];
        if (!worldFromImageInto(point, lens, u, v, handDepthM[row]!)) continue;
        const inWorldM = [point[0]!, point[1]!, point[2]!] as const;
        this.#sights.push({ timeUs: reading.timeUs, inWorldM, seen: handProducts, row });
      }
    }
    if (this.#sights.length > 0 && this.#sights[0]!.timeUs < latestUs - 2 * KEPT_US)
      this.#sights = this.#sights.filter(({ timeUs }) => timeUs >= latestUs - KEPT_US);
  }

  /**
   * What was seen in hands after or before a moment, as a log likelihood of a body's moving a product then: 0 for the best
   * of `products`, less for others; 0 for bodies of whose hands nothing was seen.
   */
  around(
    history: TrackHistory,
    timeUs: number,
    when: 'after' | 'before',
    products: readonly (Product | null)[],
  ): SightLog {
    if (this.#sights.length === 0) return NOTHING_SEEN;
    const known = new Map<number, { readonly logs: Float64Array; readonly best: number } | null>();
    return (trackId, product) => {
      let seen = known.get(trackId);
      if (seen === undefined) {
        const logs = trackId < 0 ? null : this.#logsOf(history, trackId, timeUs, when);
        const best = logs === null ? 0 : Math.max(...products.map((one) => this.#of(logs, one)));
        known.set(trackId, (seen = logs === null ? null : { logs, best }));
      }
      return seen === null ? 0 : Math.min(0, this.#of(seen.logs, product) - seen.best);
    };
  }

  /** What no catalogue knows was not made out either. */
  #of(logs: Float64Array, product: Product | null): number {
    const row = product === null ? undefined : this.#rows.get(product);
    return row === undefined ? LOOKS * Math.log(ASTRAY_PROB) : logs[row]!;
  }

  #logsOf(history: TrackHistory, trackId: number, timeUs: number, when: 'after' | 'before'): Float64Array | null {
    const fromUs = when === 'after' ? timeUs + CLEAR_US : timeUs - SHOWN_US;
    const toUs = when === 'after' ? timeUs + SHOWN_US : timeUs - CLEAR_US;
    const near = this.#sights.filter((sight) => sight.timeUs >= fromUs && sight.timeUs <= toUs);
    if (near.length === 0) return null;
    const hands = history.handsBetween(trackId, fromUs - SAME_US, toUs + SAME_US);
    const shares = new Float64Array(this.#products.length);
    let count = 0;
    for (const sight of near) {
      if (!isOneOf(hands, sight)) continue;
      addProbs(shares, sight);
      count++;
    }
    return count === 0 ? null : shares.map((sum) => LOOKS * Math.log(sum / count + ASTRAY_PROB));
  }
}

/** Log likelihood that a body moved a product, by what was seen in its hands. */
export type SightLog = (trackId: number, product: Product | null) => number;

export const NOTHING_SEEN: SightLog = () => 0;

const point = new Float64Array(3);

/** Whether a sight is of one of these hands: rows of timeUs, x, y, z, score. */
function isOneOf(hands: Float64Array, { timeUs, inWorldM }: Sight): boolean {
  for (let at = 0; at < hands.length; at += 5) {
    if (Math.abs(hands[at]! - timeUs) > SAME_US) continue;
    const [dx, dy, dz] = [1, 2, 3].map((k) => hands[at + k]! - inWorldM[k - 1]!);
    if (dx! * dx! + dy! * dy! + dz! * dz! < SAME_M * SAME_M) return true;
  }
  return false;
}

/** Adds the probability of every product that a sight names. */
function addProbs(sums: Float64Array, { seen: { top, productRow, prob }, row }: Sight): void {
  for (let k = row * top; k < (row + 1) * top; k++) {
    const product = productRow[k]!;
    if (product >= 0 && product < sums.length) sums[product]! += prob[k]!;
  }
}
