import { ShelfFronts } from '../../engine/perception/shelf-fronts.ts';
import type { Store } from '../../engine/store.ts';

/** A hand in a shelf from one time to another, and its places there. */
export interface HandEvent {
  readonly fromUs: number;
  toUs: number;
  /** Rows of x, y, z, world metres. */
  readonly places: number[];
}

/** Hands leave a shelf when not seen in it for so long. */
const GAP_US = 500_000;
/** How far apart in time and place an event may be from the true one. */
export const EVENT_TIME_US = 500_000;
export const EVENT_PLACE_M = 0.08;
/** A hand less deep than this is before the shelf rather than in it, metres. */
const INSIDE_M = 0.02;
/** Hands in one shelf closer than this are one, metres. */
const SAME_HAND_M = 0.35;

/** Gathers sightings of hands into events of hands in shelves. */
export class HandEvents {
  readonly events: HandEvent[] = [];
  readonly #fronts: ShelfFronts;
  #open: HandEvent[] = [];

  constructor(store: Store) {
    this.#fronts = new ShelfFronts(store);
  }

  /** Adds a sighting; times must not run back by more than a moment. */
  add(timeUs: number, x: number, y: number, z: number): void {
    if (!(this.#fronts.depthInside(x, y, z, 0) > INSIDE_M)) return;
    this.#open = this.#open.filter((event) => timeUs - event.toUs <= GAP_US);
    const known = this.#open.find(({ places }) => apart(places, places.length - 3, [x, y, z]) < SAME_HAND_M);
    if (known) {
      known.toUs = Math.max(known.toUs, timeUs);
      known.places.push(x, y, z);
      return;
    }
    const event = { fromUs: timeUs, toUs: timeUs, places: [x, y, z] };
    this.#open.push(event);
    this.events.push(event);
  }
}

export interface HandScore {
  readonly events: number;
  readonly precision: number;
  readonly recall: number;
  /** Median distance of found events from the true ones, metres. */
  readonly placeErrorM: number;
}

/** How many true events of at least `leastUs` were found, and how many found are true; an event may stand for several. */
export function scoreHands(truth: readonly HandEvent[], found: readonly HandEvent[], leastUs: number): HandScore {
  const long = truth.filter((event) => event.toUs - event.fromUs >= leastUs);
  // One sighting alone is a flicker.
  const seen = found.filter(({ places }) => places.length >= 6);
  const errors: number[] = [];
  let hits = 0;
  for (const event of long) {
    const error = Math.min(
      Number.POSITIVE_INFINITY,
      ...seen.filter(near(event)).map((other) => placeError(event, other)),
    );
    if (Number.isFinite(error)) errors.push(error);
    if (error <= EVENT_PLACE_M) hits++;
  }
  const right = seen.filter((event) =>
    truth.filter(near(event)).some((other) => placeError(event, other) <= EVENT_PLACE_M),
  ).length;
  return {
    events: long.length,
    precision: right / seen.length,
    recall: hits / long.length,
    placeErrorM: median(errors),
  };
}

const near = (event: HandEvent) => (other: HandEvent) =>
  other.fromUs <= event.toUs + EVENT_TIME_US && other.toUs >= event.fromUs - EVENT_TIME_US;

/** Nearest that the two came to each other. */
function placeError(one: HandEvent, other: HandEvent): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < one.places.length; i += 3)
    least = Math.min(least, ...rows(other.places).map((place) => apart(one.places, i, place)));
  return least;
}

function rows(places: readonly number[]): number[][] {
  return Array.from({ length: places.length / 3 }, (_, i) => places.slice(3 * i, 3 * i + 3));
}

function apart(places: readonly number[], at: number, [x, y, z]: readonly number[]): number {
  return Math.sqrt((places[at] - x) ** 2 + (places[at + 1] - y) ** 2 + (places[at + 2] - z) ** 2);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
