import { atan2 } from '../../maths.ts';
import { meanOf, type RandomStream } from '../../random.ts';
import type { Run, SlotPlan } from '../run.ts';
import type { ScenarioSpec } from '../spec.ts';
import { inFrontOfM } from './fixtures.ts';

/** A slot that populations may take from. */
export interface Offer {
  readonly slot: SlotPlan;
  /** Where one stands to reach it, on the floor. */
  readonly standM: readonly [number, number];
  /** Cumulative weight up to and with this offer. */
  readonly upTo: number;
}

/** Hands go most to shelves between these heights, metres. */
const EASY_FROM_M = 0.9;
const EASY_TO_M = 1.5;
/** How much likelier an easy shelf is; no good source was found for the figure. */
const EASY_WEIGHT = 3;
/** Distance from the front edge to the middle of a shopper. */
const STAND_M = 0.45;

/** What populations choose from: every filled slot, weighted by facings × popularity and by the height of its shelf. */
export class ShelfChoice {
  readonly offers: readonly Offer[];
  private readonly grams: ReadonlyMap<string, number>;
  private readonly nearest = new Map<string, string>();

  constructor({ catalog }: ScenarioSpec, store: Run['store']) {
    this.grams = new Map([...catalog].map(([sku, { weight }]) => [sku, meanOf(weight)]));
    const shelves = new Map(store.fixtures.flatMap((f) => f.shelves.map((shelf) => [shelf.id, { f, shelf }] as const)));
    let upTo = 0;
    this.offers = store.slots.flatMap((slot) => {
      const { f: fixture, shelf } = shelves.get(slot.shelfId)!;
      const popularity = Math.max(0, ...slot.contents.map(({ sku }) => catalog.get(sku)?.popularity ?? 1));
      const easy = shelf.heightM >= EASY_FROM_M && shelf.heightM <= EASY_TO_M ? EASY_WEIGHT : 1;
      const weight = slot.contents.length === 0 ? 0 : slot.facings * popularity * easy;
      if (weight <= 0) return [];
      upTo += weight;
      return [{ slot, standM: inFrontOfM(fixture, (slot.fromM + slot.toM) / 2, STAND_M), upTo }];
    });
  }

  /** One offer by its weight, or undefined in an empty store. */
  pick(stream: RandomStream): Offer | undefined {
    const { offers } = this;
    const u = stream.uniform() * (offers.at(-1)?.upTo ?? 0);
    let low = 0;
    let high = offers.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offers[middle]!.upTo > u) high = middle;
      else low = middle + 1;
    }
    return offers[low];
  }

  /** Another slot for a misplaced item: on the same shelf, another shelf of the fixture, or another fixture. */
  elsewhere({ slot }: Offer, stream: RandomStream): SlotPlan | undefined {
    const fixture = (id: string) => id.slice(0, id.indexOf('.'));
    const others = this.offers.map((offer) => offer.slot).filter((other) => other !== slot);
    const kinds = [
      others.filter(({ shelfId }) => shelfId === slot.shelfId),
      others.filter(({ shelfId }) => shelfId !== slot.shelfId && fixture(shelfId) === fixture(slot.shelfId)),
      others.filter(({ shelfId }) => fixture(shelfId) !== fixture(slot.shelfId)),
    ].filter(({ length }) => length > 0);
    if (kinds.length === 0) return undefined;
    const kind = kinds[stream.below(kinds.length)]!;
    return kind[stream.below(kind.length)]!;
  }

  /** The slot whose goods weigh most nearly the same as the SKU without being it. */
  sameWeight(sku: string): { slot: SlotPlan; sku: string } | undefined {
    const grams = this.grams.get(sku) ?? 0;
    let best: { slot: SlotPlan; sku: string } | undefined;
    let bestOff = Number.POSITIVE_INFINITY;
    const known = this.nearest.get(sku);
    for (const { slot } of this.offers) {
      for (const { sku: other } of slot.contents) {
        const off = Math.abs((this.grams.get(other) ?? 0) - grams);
        if (other === known) return { slot, sku: other };
        if (other !== sku && off < bestOff) {
          best = { slot, sku: other };
          bestOff = off;
        }
      }
    }
    if (best) this.nearest.set(sku, best.sku);
    return best;
  }
}

/** Angle around the middle of the store, counter-clockwise from the door, in [0, 2π). */
export function roundFrom(
  doorM: readonly [number, number],
  sizeM: readonly [number, number],
  at: readonly [number, number],
): number {
  const [cx, cy] = [sizeM[0] / 2, sizeM[1] / 2];
  const turn = atan2(at[1] - cy, at[0] - cx) - atan2(doorM[1] - cy, doorM[0] - cx);
  return turn < 0 ? turn + 2 * Math.PI : turn;
}
