import type { Rival, ShelfChange } from '../cart.ts';
import type { Reading } from '../readings.ts';
import type { ShelfStep } from '../shelves/shelf-step.ts';

/** One body that may have caused a change; track −1 is nobody known. */
export interface Candidate {
  readonly trackId: number;
  readonly prob: number;
  /** Its nearest hand to the place at the time, metres; null if none was seen. */
  readonly handDistanceM: number | null;
}

/** A claim before its bodies are mapped to trips, which may still change until settlement. */
export interface OpenClaim {
  readonly change: ShelfChange;
  /** Scale unit that felt it. */
  readonly scaleId: string;
  readonly timeUs: number;
  readonly sku: string;
  /** Into (+) or out of (−) the owner's cart, in `unit`. */
  readonly quantity: number;
  readonly unit: 'each' | 'g';
  /** Other readings, the chosen one first; counts in each product's unit, negative = taken from the shelf. */
  readonly products: ShelfChange['products'];
  /** Owner first; probabilities sum to 1 with nobody. */
  readonly candidates: readonly Candidate[];
  /** `restock`: brought from the stockroom, touches no cart. `refused`: sold by weight on a unit not approved for it. */
  readonly purpose: 'trade' | 'restock' | 'refused';
}

/** A change and, unless nothing can be said about it, the claim made from it. */
export interface Attributed {
  readonly change: ShelfChange;
  readonly claim: OpenClaim | null;
}

/** What a trip holds by the ledger as of now, quantities > 0. */
export interface Holdings {
  heldBy(tripId: string): readonly { readonly sku: string; readonly quantity: number }[];
}

/** Turns settled steps into changes and claims; one implementation per name of `--attribution`. */
export interface Attribution {
  /** Takes the steps settled up to `nowUs` in order of time; may hold some back. */
  attribute(steps: readonly ShelfStep[], nowUs: number): Attributed[];
  /** Is shown every moment's readings before the steps that end in it. */
  see?(readings: readonly Reading[]): void;
  /** Everything held back, at the end of the input. */
  flush(): Attributed[];
  /** Time of the earliest step held back, or Infinity: settlement waits for it. */
  readonly heldSinceUs: number;
  /** Of attributions that keep whole stories: instead of claims they give beliefs. */
  readonly belief?: Belief;
}

/** Where something is believed to be. */
export type Whereabouts =
  | { readonly kind: 'slot'; readonly id: string }
  | { readonly kind: 'trip'; readonly id: string }
  | { readonly kind: 'elsewhere' };

/** `quantity` of a SKU (items, or grams where sold by weight) that went from one place to another. */
export interface BelievedMove {
  readonly sku: string;
  readonly quantity: number;
  readonly unit: 'each' | 'g';
  readonly from: Whereabouts;
  readonly to: Whereabouts;
  /** Body whose hands did it, −1 for nobody known. */
  readonly trackId: number;
}

/** What is believed about one event now: replaces what was said of the same `eventId` before. */
export interface BelievedEvent {
  readonly eventId: number;
  readonly timeUs: number;
  readonly change: ShelfChange;
  readonly moves: readonly BelievedMove[];
  /** Who did it, likeliest first, "nobody" included; sums to 1. */
  readonly rivals: readonly Rival[];
  readonly handDistanceM: number | null;
  readonly why: string;
}

/** A trip's likeliest cart, with the probability that it is exact and that each line is. */
export interface BelievedCart {
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly prob: number }[];
  readonly prob: number;
  /** Events behind it. */
  readonly eventIds: readonly number[];
}

/** Attribution that weighs whole stories and may think better of the past, until a trip is closed. */
export interface Belief {
  /** Events at which stories were left out that may have mattered, so far. */
  readonly boundHits: number;
  /** Events that are seen differently since the last call. */
  takeNews(): BelievedEvent[];
  /** Ids of events that will never be mentioned again, since the last call. */
  takeForgotten(): number[];
  /** Takes anew who is who. */
  relink(): void;
  cartOf(tripId: string): BelievedCart;
  /** The trip's likeliest cart becomes a fact. */
  close(tripId: string): void;
}
