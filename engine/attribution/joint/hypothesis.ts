import type { Product } from '../../store.ts';
import type { Whereabouts } from '../attribution.ts';
import type { Target } from './reach.ts';
import type { PlacedSlot } from './shelf-place.ts';

/** One thing somebody holds, or that was left where it does not belong. */
export interface Thing {
  /** Null: nothing in the catalogue explains it. */
  readonly product: Product | null;
  /** Items, or grams of a product sold by weight. */
  readonly quantity: number;
  /** As weighed, and the doubt about that. */
  readonly grams: number;
  readonly variance: number;
  /** Doubt from what neighbouring cells felt, grams²; none when it is weighed again on the same spot. */
  readonly spotVariance: number;
  /** Unit it was weighed on and its middle there, metres. */
  readonly spot: { readonly unitIndex: number; readonly middleM: number } | null;
  /** Slot it was taken from last. */
  readonly fromSlotId: string | null;
  /** Slot whose label gave it its name; null where its weight alone did. */
  readonly named?: PlacedSlot | null;
}

/** A thing left in a place that is not its own. */
export interface Stray {
  readonly thing: Thing;
  readonly unitIndex: number;
  readonly slotId: string | null;
  readonly target: Target;
  readonly middleM: number;
}

/** Under this name stands what staff took off the shelves for the stockroom: theirs to put back, on no cart. */
export function stockroomOf(tripId: string): string {
  return `${tripId}\n`;
}

/** Where something goes that this holder gets. */
export function whereaboutsOf(holder: string | null): Whereabouts {
  return holder === null || holder.endsWith('\n') ? { kind: 'elsewhere' } : { kind: 'trip', id: holder };
}

/** One product that went from one place to another in a hypothesis. */
export interface Move {
  readonly product: Product;
  readonly quantity: number;
  readonly from: Whereabouts;
  readonly to: Whereabouts;
  /** Body whose hands did it, −1 for nobody known. */
  readonly trackId: number;
}

/** What happened in one event, and before it. */
export interface PathNode {
  readonly eventId: number;
  readonly moves: readonly Move[];
  readonly trackIds: readonly number[];
  readonly before: readonly PathNode[];
}

/** One whole story of who holds what and what lies where, by all events up to now. */
export interface Hypothesis {
  readonly log: number;
  /** By trip; trips that hold nothing are left out. */
  readonly holds: ReadonlyMap<string, readonly Thing[]>;
  readonly strays: readonly Stray[];
  readonly path: PathNode | null;
  /** Says of all trips closed so far what their carts say. */
  readonly agrees: boolean;
}

export const EMPTY: Hypothesis = { log: 0, holds: new Map(), strays: [], path: null, agrees: true };

/** Numbers that stand for products, trips and slots in the keys of states; only equality of keys matters. */
const numbers = new WeakMap<object, number>();
let numbered = 0;

function numberOf(thing: object): number {
  let number = numbers.get(thing);
  if (number === undefined) {
    number = ++numbered;
    numbers.set(thing, number);
  }
  return number;
}

/** Two hypotheses with the same key agree about who holds how many of what, and what lies where. */
export function stateKey({ holds, strays, agrees }: Hypothesis): string {
  const parts: string[] = [agrees ? '' : '!'];
  for (const [tripId, things] of holds) {
    if (things.length > 0) parts.push(`${tripId}:${thingsKey(things)}`);
  }
  for (const { thing, unitIndex, middleM } of strays)
    parts.push(`@${unitIndex}:${middleM.toFixed(2)}:${thingKey(thing)}`);
  return parts.sort().join(';');
}

/** Lists of things are shared between hypotheses, and never change. */
const keys = new WeakMap<readonly Thing[], string>();

/** The same for lists with as many of each product. */
export function thingsKey(things: readonly Thing[]): string {
  let key = keys.get(things);
  if (key === undefined) keys.set(things, (key = things.map(thingKey).sort().join(',')));
  return key;
}

function thingKey({ product, quantity, grams }: Thing): string {
  // Unknown things are told apart by their weight.
  return product === null ? `?${Math.round(grams)}` : `${numberOf(product)}x${quantity}`;
}

/** How many of each product a trip holds, in order of taking; unknown things left out. */
export function countsOf(things: readonly Thing[]): Map<Product, number> {
  const counts = new Map<Product, number>();
  for (const { product, quantity } of things) {
    if (product !== null) counts.set(product, (counts.get(product) ?? 0) + quantity);
  }
  return counts;
}

export function withHolds(
  holds: Hypothesis['holds'],
  tripId: string,
  things: readonly Thing[],
): ReadonlyMap<string, readonly Thing[]> {
  const out = new Map(holds);
  if (things.length > 0) out.set(tripId, things);
  else out.delete(tripId);
  return out;
}
