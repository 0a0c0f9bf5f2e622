/** Everything that may leave the engine. */
import type { Entry } from './ledger/ledger.ts';

/** Who may have caused a change: a trip (null = nobody known, e.g. a tailgater without a trip) and how likely. */
export interface Rival {
  readonly tripId: string | null;
  readonly prob: number;
}

/** Why a line stands in a cart: one shelf change (or a hand-over) and what spoke for and against. */
export interface Evidence {
  readonly changeId: string;
  /** When the change happened, event time. */
  readonly timeUs: number;
  /** Address of the shelf, and of the slot where one is meant. */
  readonly shelfId: string;
  readonly slotId: string | null;
  /** Scale units that felt it. */
  readonly scaleIds: readonly string[];
  /** Measured change of weight; negative = taken. */
  readonly deltaGrams: number;
  /** Items this change moved into (+) or out of (−) the cart. */
  readonly quantity: number;
  /** Nearest hand of the cart's owner to the place of the change, metres; null if none was seen. */
  readonly handDistanceM: number | null;
  /** All candidates for who did it, the owner included; shares sum to 1 with "nobody" (tripId null). */
  readonly rivals: readonly Rival[];
  /** Other readings of what moved, best first, the chosen one included. */
  readonly products: readonly { readonly sku: string; readonly count: number; readonly prob: number }[];
  /** What was seen, in a sentence for a person. */
  readonly why?: string;
}

export interface CartLine {
  readonly sku: string;
  readonly quantity: { readonly value: number; readonly unit: 'each' | 'g' };
  /** Probability that exactly this quantity of this SKU is right. */
  readonly confidence: number;
  readonly evidence: readonly Evidence[];
}

export type CartStatus = 'draft' | 'final' | 'review' | 'reviewed';

export interface Cart {
  readonly tripId: string;
  /** The credential that opened the trip; null for a body without one (tailgater). */
  readonly credential: string | null;
  readonly status: CartStatus;
  /** Probability that the whole cart is exact: every quantity right and nothing missing. */
  readonly confidence: number;
  readonly enteredAtUs: number;
  readonly exitedAtUs: number | null;
  /** Arrival stamp that released settlement; null while `draft`. Not part of the cart hash. */
  readonly finalAtUs: number | null;
  /** Sorted by SKU, quantities > 0. */
  readonly lines: readonly CartLine[];
}

/** A settled gain or loss of weight at a place on a shelf, with what it may have been. */
export interface ShelfChange {
  readonly changeId: string;
  readonly shelfId: string;
  readonly slotId: string | null;
  readonly scaleIds: readonly string[];
  /** First and last moment at which the weight may have moved, event time. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly deltaGrams: number;
  /** Middle of the place that changed, world metres. */
  readonly inWorldM: readonly [number, number, number];
  /** Explanations, best first; count < 0 = taken from the shelf, > 0 = put there. Probabilities sum to ≤ 1. */
  readonly products: readonly { readonly sku: string; readonly count: number; readonly prob: number }[];
}

/** One change and the probabilities of who did what; shares over trips and "nobody" (null) sum to 1. */
export interface Claim {
  readonly changeId: string;
  readonly timeUs: number;
  readonly sku: string;
  /** Items into (+) or out of (−) the owner's cart. */
  readonly quantity: number;
  readonly shares: readonly Rival[];
  /** Track ids behind the shares, same order, −1 for nobody: for scoring and evidence only. */
  readonly trackIds: readonly number[];
  /** Where the owner's nearest hand was to the change, metres. */
  readonly handDistanceM: number | null;
}

/** Positions of all live tracks at one moment, floor metres; for viewers, recordings and tracking scores. */
export interface TrackSnapshot {
  readonly timeUs: number;
  readonly trackIds: Int32Array;
  /** n × 2: x, y of the body on the floor. */
  readonly onFloorM: Float32Array;
}

/** Counters of what ingest met; every loss is visible here. */
export interface IngestCounters {
  readings: number;
  late: number;
  lost: number;
  duplicate: number;
  outOfOrder: number;
  invalid: number;
  unknownSensor: number;
}

export type EngineOutput =
  | { readonly kind: 'tracks'; readonly tracks: TrackSnapshot }
  | { readonly kind: 'change'; readonly change: ShelfChange }
  | { readonly kind: 'claim'; readonly change: ShelfChange; readonly claim: Claim }
  /** A ledger line; stands before every cart that rests on it. */
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'cart'; readonly cart: Cart }
  | { readonly kind: 'alert'; readonly timeUs: number; readonly about: string; readonly text: string };
