import type { Cart } from '../../engine/cart.ts';
import type { TruthCart } from '../../simulator/truth.ts';
import { maxAssignmentInto } from './assignment.ts';

/** A truth trip and the cart made for it; either may be missing. */
export interface TripMatch {
  readonly truth: TruthCart | null;
  readonly cart: Cart | null;
}

/** Largest difference between true and reported entry at which a body without a credential is taken for a tailgater, µs. */
export const TAILGATER_WINDOW_US = 10_000_000;

/**
 * Pairs carts with truth trips. A credential decides; where one opened several carts, and for tailgaters, who have
 * none, the pairing with the closest times of entry is taken (tailgaters: within 10 s). What stays alone is a missing
 * cart or a phantom. Truth trips come first, in the order given; phantoms follow by time of entry.
 */
export function matchTrips(carts: readonly Cart[], truths: readonly TruthCart[]): TripMatch[] {
  const cartOf = new Map<TruthCart, Cart>();
  for (const credential of new Set(truths.map((truth) => truth.credential))) {
    const ours = carts.filter((cart) => cart.credential === credential);
    const theirs = truths.filter((truth) => truth.credential === credential);
    pairByEntry(ours, theirs, credential === null ? TAILGATER_WINDOW_US : Number.POSITIVE_INFINITY, cartOf);
  }
  const paired = new Set(cartOf.values());
  const phantoms = carts.filter((cart) => !paired.has(cart)).sort((a, b) => a.enteredAtUs - b.enteredAtUs);
  return [
    ...truths.map((truth) => ({ truth, cart: cartOf.get(truth) ?? null })),
    ...phantoms.map((cart) => ({ truth: null, cart })),
  ];
}

function pairByEntry(
  carts: readonly Cart[],
  truths: readonly TruthCart[],
  windowUs: number,
  cartOf: Map<TruthCart, Cart>,
): void {
  if (carts.length === 0) return;
  const apartUs = (truth: TruthCart, cart: Cart) => Math.abs(truth.enteredAtUs - cart.enteredAtUs);
  const longestUs = Math.max(1, ...truths.flatMap((truth) => carts.map((cart) => apartUs(truth, cart))));
  // Any allowed pair is worth more than all closeness together, so as many as possible are paired, then the closest.
  const value = Float64Array.from(truths.flatMap((truth) => carts.map((cart) => worth(apartUs(truth, cart)))));
  function worth(apart: number): number {
    return apart > windowUs ? 0 : truths.length + 1 - apart / longestUs;
  }
  const colOfRow = new Int32Array(truths.length);
  maxAssignmentInto(colOfRow, value, truths.length, carts.length);
  truths.forEach((truth, i) => {
    const j = colOfRow[i];
    if (j >= 0 && value[i * carts.length + j] > 0) cartOf.set(truth, carts[j]);
  });
}
