import type { ShelfChange } from '../../cart.ts';
import type { ScaleLayout } from '../../shelves/scale-layout.ts';
import type { ShelfStep } from '../../shelves/shelf-step.ts';
import type { Slot, Store } from '../../store.ts';
import type { TrackHistory, Trip, TripLink } from '../../tracking/track-view.ts';
import type { Attributed, Attribution, Candidate, Holdings, OpenClaim } from '../attribution.ts';
import { ownersOf } from '../owner.ts';
import { PUBLISHED, type PublishedConstants, STAFF_FIT_GRAMS } from './constants.ts';
import { type Explanation, residualGrams } from './explanation.ts';
import { fittingProducts, pickedProducts } from './picked-product.ts';
import { Planogram } from './planogram.ts';
import { putBackProducts } from './put-back-product.ts';
import { type StepPart, splitStep, wholeStep } from './split-step.ts';

/** What an attribution may look at. */
export interface AttributionView {
  readonly store: Store;
  readonly layouts: readonly ScaleLayout[];
  readonly history: TrackHistory;
  readonly link: TripLink;
  readonly holdings: Holdings;
  /** Constants to use instead of the method's own, by name; for searches. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** Who may have caused a change at a place (world metres), likeliest first. */
export type OwnersOf = (view: AttributionView, change: ShelfChange, timeUs: number) => Candidate[];

/** Parts of the method that can be switched off or replaced. */
export interface PublishedParts {
  readonly arrangement: boolean;
  readonly hands: boolean;
  readonly eventSplitting: boolean;
  readonly dynamicPlanogram: boolean;
  readonly constants?: PublishedConstants;
  /** In the place of nearest bodies. */
  readonly owners?: OwnersOf;
}

/**
 * The MPS baseline (Multi-Person Shopping, winner of AutoCheckout at CPS-IoT Week 2020) from its described method and
 * constants: decides every step at once, for good.
 */
export class PublishedAttribution implements Attribution {
  readonly heldSinceUs = Number.POSITIVE_INFINITY;
  readonly #view: AttributionView;
  readonly #parts: PublishedParts;
  readonly #constants: PublishedConstants;
  readonly #planogram: Planogram;

  constructor(view: AttributionView, parts: PublishedParts) {
    this.#view = view;
    this.#parts = parts;
    this.#constants = parts.constants ?? PUBLISHED;
    this.#planogram = new Planogram(view.store, view.layouts);
  }

  attribute(steps: readonly ShelfStep[]): Attributed[] {
    return steps.flatMap((step) => {
      const parts = this.#parts.eventSplitting ? splitStep(step, this.#planogram, this.#constants) : [wholeStep(step)];
      return parts.flatMap((part, i) => {
        if (!(Math.abs(part.deltaGrams) > this.#constants.minChangeGrams)) return [];
        const changeId = `${step.scaleId}@${part.timeUs}${parts.length > 1 ? `.${i + 1}` : ''}`;
        return part.deltaGrams < 0 ? this.#pick(step, part, changeId) : this.#putBack(step, part, changeId);
      });
    });
  }

  flush(): Attributed[] {
    return [];
  }

  #pick(step: ShelfStep, part: StepPart, changeId: string): Attributed[] {
    const explanations = this.#explain(step, part);
    if (explanations.length === 0) return [this.#unexplained(step, part, changeId)];
    const { product } = explanations[0];
    if (Math.abs(part.deltaGrams) < this.#constants.minPickShare * product.weightGrams.mean) return [];
    const change = this.#change(step, part, changeId, explanations, -1);
    const claim = this.#claim(step, part, change, explanations[0], this.#owners(change, part), 'trade');
    return [{ change, claim }];
  }

  #putBack(step: ShelfStep, part: StepPart, changeId: string): Attributed[] {
    const bare = this.#unexplained(step, part, changeId);
    const owners = this.#owners(bare.change, part);
    const trip = this.#tripOf(owners[0].trackId);
    const held = trip ? this.#view.holdings.heldBy(trip.tripId) : [];
    const fromCart = putBackProducts(held, part.deltaGrams, this.#planogram, this.#constants);
    if (trip?.staff && !fits(fromCart[0], part)) return this.#restock(step, part, changeId, owners);
    if (fromCart.length === 0) return [bare];
    const { product } = fromCart[0];
    if (part.deltaGrams < this.#constants.minPutBackShare * product.weightGrams.mean) return [];
    if (this.#parts.dynamicPlanogram) this.#planogram.add(step.unitIndex, heavyCells(step, part), product);
    const change = this.#change(step, part, changeId, fromCart, 1);
    return [{ change, claim: this.#claim(step, part, change, fromCart[0], owners, 'trade') }];
  }

  /** Staff who bring goods: read like a pick the other way round (MPS had no staff). */
  #restock(step: ShelfStep, part: StepPart, changeId: string, owners: Candidate[]): Attributed[] {
    const explanations = this.#explain(step, part);
    const product = explanations[0]?.product;
    if (!product || part.deltaGrams < this.#constants.minPutBackShare * product.weightGrams.mean) {
      return [this.#unexplained(step, part, changeId)];
    }
    const change = this.#change(step, part, changeId, explanations, 1);
    return [{ change, claim: this.#claim(step, part, change, explanations[0], owners, 'restock') }];
  }

  #explain(step: ShelfStep, part: StepPart): Explanation[] {
    return (this.#parts.arrangement ? pickedProducts : fittingProducts)(step, part, this.#planogram, this.#constants);
  }

  #unexplained(step: ShelfStep, part: StepPart, changeId: string): Attributed {
    return { change: this.#change(step, part, changeId, [], 1), claim: null };
  }

  #change(
    step: ShelfStep,
    part: StepPart,
    changeId: string,
    explanations: readonly Explanation[],
    sign: 1 | -1,
  ): ShelfChange {
    return {
      changeId,
      shelfId: step.shelfId,
      slotId: this.#slotOf(step, part, explanations[0]?.product.sku)?.id ?? null,
      scaleIds: [step.scaleId],
      fromUs: Math.min(step.fromUs, part.timeUs),
      toUs: Math.max(step.toUs, part.timeUs),
      deltaGrams: part.deltaGrams,
      inWorldM: this.#placeOf(step, part),
      products: explanations.map(({ product, count, prob }) => ({ sku: product.sku, count: sign * count, prob })),
    };
  }

  #claim(
    step: ShelfStep,
    part: StepPart,
    change: ShelfChange,
    { product, count }: Explanation,
    candidates: Candidate[],
    purpose: OpenClaim['purpose'],
  ): OpenClaim {
    const weighed = product.sellBy === 'weighed';
    const approved = this.#view.layouts[step.unitIndex].unit.tradeApproved;
    return {
      change,
      scaleId: step.scaleId,
      timeUs: part.timeUs,
      sku: product.sku,
      quantity: part.deltaGrams < 0 ? count : -count,
      unit: weighed ? 'g' : 'each',
      products: change.products,
      candidates,
      purpose: weighed && !approved && purpose === 'trade' ? 'refused' : purpose,
    };
  }

  #owners(change: ShelfChange, part: StepPart): Candidate[] {
    if (this.#parts.owners) return this.#parts.owners(this.#view, change, part.timeUs);
    return ownersOf(this.#view.history, change.inWorldM, part.timeUs, this.#parts.hands, this.#constants);
  }

  #tripOf(trackId: number): Trip | undefined {
    if (trackId < 0) return undefined;
    const [likeliest] = [...this.#view.link.sharesOf(trackId)].sort((a, b) => b.prob - a.prob);
    return this.#view.link.trips().find((trip) => trip.tripId === likeliest?.tripId);
  }

  /** Middle of the part's cells, weighted by how much each changed. */
  #placeOf(step: ShelfStep, part: StepPart): [number, number, number] {
    const cellsInWorldM = this.#view.layouts[step.unitIndex].cellsInWorldM;
    const place: [number, number, number] = [0, 0, 0];
    let total = 0;
    for (const cell of part.cells) {
      const weight = Math.abs(step.cellDeltaGrams[cell]);
      total += weight;
      for (let axis = 0; axis < 3; axis++) place[axis] += weight * cellsInWorldM[cell * 3 + axis];
    }
    return [place[0] / total, place[1] / total, place[2] / total];
  }

  /** The slot under the part's heaviest cell, the product's own if it is there. */
  #slotOf(step: ShelfStep, part: StepPart, sku: string | undefined): Slot | undefined {
    const { slotsByCell } = this.#view.layouts[step.unitIndex];
    const cells = [...part.cells].sort((a, b) => Math.abs(step.cellDeltaGrams[b]) - Math.abs(step.cellDeltaGrams[a]));
    for (const cell of cells) {
      const own = slotsByCell[cell].find((slot) => sku !== undefined && slot.skus.includes(sku));
      if (own) return own;
    }
    return slotsByCell[cells[0]][0];
  }
}

function fits(best: Explanation | undefined, part: StepPart): boolean {
  return best !== undefined && residualGrams(best.product, best.count, part.deltaGrams) <= STAFF_FIT_GRAMS;
}

/** Cells that took most of what was put down: where the product now stands. */
function heavyCells(step: ShelfStep, part: StepPart): number[] {
  const most = Math.max(...part.cells.map((cell) => step.cellDeltaGrams[cell]));
  return part.cells.filter((cell) => step.cellDeltaGrams[cell] >= most / 3);
}
