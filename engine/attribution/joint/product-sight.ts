import { Lens, worldFromImageInto } from '../../geometry/lens.ts';
import type { HandProducts, Reading } from '../../readings.ts';
import type { Product, Store } from '../../store.ts';
import type { TrackHistory } from '../../tracking/track-view.ts';

/** Hands show what was taken from shortly after until this long after, and what is put down as long before. */
const CLEAR_US = 150_000;
const SHOWN_US = 1_500_000;
/** Attribution looks back this far at most. */
const KEPT_US = 60_000_000;
/** A sight belongs to a hand of a track this near in time and place. */
const SAME_US = 80_000;
const SAME_M = 0.2;
/** Sights of one grasp show the same crop again: they count as so many at most. */
const MOST_SIGHTS = 3;
/** Share of sights that show something else than the hand's own: neighbours on the shelf, another hand. */
const ASTRAY_PROB = 0.15;

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
        const best = logs === null ? 0 : products.reduce((most, one) => Math.max(most, this.#of(logs, one)), -Infinity);
        known.set(trackId, (seen = logs === null ? null : { logs, best: Math.max(best, 0) }));
      }
      return seen === null ? 0 : Math.min(0, this.#of(seen.logs, product) - seen.best);
    };
  }

  /** What no catalogue knows is as likely as if nothing had been seen. */
  #of(logs: Float64Array, product: Product | null): number {
    return product === null ? 0 : (logs[this.#rows.get(product)!] ?? 0);
  }

  #logsOf(history: TrackHistory, trackId: number, timeUs: number, when: 'after' | 'before'): Float64Array | null {
    const fromUs = when === 'after' ? timeUs + CLEAR_US : timeUs - SHOWN_US;
    const toUs = when === 'after' ? timeUs + SHOWN_US : timeUs - CLEAR_US;
    const near = this.#sights.filter((sight) => sight.timeUs >= fromUs && sight.timeUs <= toUs);
    if (near.length === 0) return null;
    const hands = history.handsBetween(trackId, fromUs - SAME_US, toUs + SAME_US);
    const logs = new Float64Array(this.#products.length);
    let count = 0;
    for (const sight of near) {
      if (!isOneOf(hands, sight)) continue;
      addLogs(logs, sight);
      count++;
    }
    if (count === 0) return null;
    const weight = Math.min(count, MOST_SIGHTS) / count;
    return logs.map((log) => weight * log);
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

/** Adds the log of how much likelier each product became by a sight; "none of these" says nothing about which. */
function addLogs(logs: Float64Array, { seen: { top, productRow, prob, noneProb }, row }: Sight): void {
  const n = logs.length;
  const none = noneProb[row]!;
  let named = 0;
  for (let k = 0; k < top; k++) named += prob[row * top + k]!;
  const rest = Math.max(0, 1 - none - named) / Math.max(1, n - top);
  const gain = (share: number) => Math.log(ASTRAY_PROB + (1 - ASTRAY_PROB) * (n * share + none));
  const restGain = gain(rest);
  for (let i = 0; i < n; i++) logs[i]! += restGain;
  for (let k = 0; k < top; k++) {
    const product = productRow[row * top + k]!;
    if (product >= 0 && product < n) logs[product]! += gain(prob[row * top + k]!) - restGain;
  }
}
