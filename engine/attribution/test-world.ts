import type { Rival } from '../cart.ts';
import type { ShelfStep } from '../shelves/shelf-step.ts';
import type { Product, Store } from '../store.ts';
import type { TrackHistory, Trip, TripLink } from '../tracking/track-view.ts';

/** Bodies that stand still, each with a head and one hand. */
export interface StillBody {
  readonly trackId: number;
  readonly headInWorldM: readonly [number, number, number];
  readonly handInWorldM?: readonly [number, number, number];
  readonly handScore?: number;
  readonly fromUs?: number;
  readonly toUs?: number;
}

export class StillBodies implements TrackHistory {
  readonly bodies: StillBody[];

  constructor(bodies: StillBody[]) {
    this.bodies = bodies;
  }

  #at(body: StillBody, timeUs: number): boolean {
    return timeUs >= (body.fromUs ?? 0) && timeUs <= (body.toUs ?? Number.POSITIVE_INFINITY);
  }

  idsBetween(fromUs: number, toUs: number): number[] {
    const here = this.bodies.filter((body) => this.#at(body, fromUs) || this.#at(body, toUs));
    return here.map((body) => body.trackId).sort((a, b) => a - b);
  }

  headInWorldInto(out: Float64Array, trackId: number, timeUs: number): boolean {
    const body = this.bodies.find((row) => row.trackId === trackId && this.#at(row, timeUs));
    if (body) out.set(body.headInWorldM);
    return body !== undefined;
  }

  handsBetween(trackId: number, fromUs: number): Float64Array {
    const body = this.bodies.find((row) => row.trackId === trackId);
    if (!body?.handInWorldM) return new Float64Array(0);
    return Float64Array.of(fromUs, ...body.handInWorldM, body.handScore ?? 0.95);
  }
}

/** Links that a test sets and changes at will. */
export class SetLinks implements TripLink {
  readonly shares = new Map<number, Rival[]>();
  readonly all: Trip[] = [];

  trip(tripId: string, over: Partial<Trip> = {}): Trip {
    const trip: Trip = {
      tripId,
      credential: `card-${tripId}`,
      staff: false,
      enteredAtUs: 0,
      admits: 1,
      exitedAtUs: null,
      ...over,
    };
    this.all.push(trip);
    return trip;
  }

  trips(): readonly Trip[] {
    return this.all;
  }

  sharesOf(trackId: number): readonly Rival[] {
    return this.shares.get(trackId) ?? [];
  }
}

export function testProduct(sku: string, grams: number, over: Partial<Product> = {}): Product {
  return {
    sku,
    name: sku,
    priceMinor: 100,
    currency: 'EUR',
    weightGrams: { mean: grams, sd: 1 },
    sizeM: [0.1, 0.1, 0.1],
    sellBy: 'each',
    ...over,
  };
}

const CELL_M = 0.1;

/** One fixture facing −y whose single shelf has cells of 10 cm; a slot per entry of `slots`, as wide as its cells. */
export function testStore(
  products: readonly Product[],
  slots: readonly { readonly skus: readonly string[]; readonly cells: number; readonly stock?: number }[],
  tradeApproved = false,
): Store {
  let fromM = 0;
  const placed = slots.map(({ skus, cells, stock = 6 }, i) => {
    const slot = {
      id: `F.1.${i + 1}`,
      shelfId: 'F.1',
      fromM,
      toM: fromM + cells * CELL_M,
      skus: [...skus],
      facings: cells,
      depth: 3,
      stock: Object.fromEntries(skus.map((sku) => [sku, stock])),
    };
    fromM = slot.toM;
    return slot;
  });
  const cells = Math.round(fromM / CELL_M);
  return {
    name: 'one shelf',
    sizeM: [10, 10],
    doors: [{ id: 'door', atM: [0, 5], widthM: 1, use: 'both', gateId: 'gate' }],
    fixtures: [
      {
        id: 'F',
        kind: 'gondola',
        atM: [5, 5],
        facingRad: -Math.PI / 2,
        lengthM: fromM,
        depthM: 0.4,
        heightM: 1.5,
        shelves: [{ id: 'F.1', heightM: 1, depthM: 0.4 }],
      },
    ],
    scales: [
      {
        id: 'scales/F.1',
        shelfId: 'F.1',
        rateHz: 60,
        quantumGrams: 0,
        noiseGrams: 0,
        tradeApproved,
        cells: Array.from({ length: cells }, (_, i) => ({ fromM: i * CELL_M, toM: (i + 1) * CELL_M })),
      },
    ],
    cameras: [],
    poseSources: [],
    slots: placed,
    products: [...products],
    staffCredentials: [],
  };
}

/** A step of the one scale unit, all cells at the same time unless given. */
export function testStep(
  cellDeltaGrams: readonly number[],
  timeUs: number,
  cellTimesUs?: readonly number[],
): ShelfStep {
  return {
    unitIndex: 0,
    scaleId: 'scales/F.1',
    shelfId: 'F.1',
    fromUs: timeUs - 100_000,
    toUs: timeUs + 100_000,
    timeUs,
    settledUs: timeUs + 1_500_000,
    deltaGrams: cellDeltaGrams.reduce((sum, delta) => sum + delta, 0),
    cellDeltaGrams: Float64Array.from(cellDeltaGrams),
    cellTimesUs: Float64Array.from(cellTimesUs ?? cellDeltaGrams.map(() => timeUs)),
  };
}
