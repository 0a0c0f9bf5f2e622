import type { ShelfChange } from '../cart.ts';
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
  /** Everything held back, at the end of the input. */
  flush(): Attributed[];
  /** Time of the earliest step held back, or Infinity: settlement waits for it. */
  readonly heldSinceUs: number;
}
