/**
 * What a picture needs of the world, as one flat Float32Array: a head, then doors of fixtures, then bodies, then what they
 * carry. 20 people with 60 items in a store with 8 fridge doors: 2.9 kB. Goods on shelves stand in the stock log, of
 * which a snapshot only says how many rows are true by then.
 */

/** Places in the head. Time is two numbers because a Float32 holds only 24 bits. */
export const TIME_HIGH = 0;
export const TIME_LOW = 1;
export const STOCK_ROWS = 2;
export const DOORS = 3;
export const BODIES = 4;
export const CARRIED = 5;
export const HEAD = 6;
/** Microseconds per unit of `TIME_HIGH`. */
export const TIME_UNIT = 2 ** 20;

/** Numbers per fixture with doors: fixture index, openness 0..1, bits of the leaves in use. */
export const DOOR = 3;

/** Numbers per body, and their places. */
export const BODY = 24;
export const SHOPPER = 0;
export const FEET = 1;
export const FACING = 3;
export const STRIDE = 5;
export const MOVING = 6;
export const LIFT = 7;
export const HEAD_AT = 8;
export const HANDS_AT = 11;
export const ELBOWS_AT = 17;

/** Numbers per carried item: row of the body, product index, where. */
export const CARRY = 3;
export const IN_LEFT_HAND = 0;
export const IN_RIGHT_HAND = 1;
export const IN_BASKET = 2;

/** Floats that a snapshot takes at most. */
export function snapshotLength(doors: number, bodies: number, carried: number): number {
  return HEAD + doors * DOOR + bodies * BODY + carried * CARRY;
}

/** Time of a snapshot, µs. */
export function timeOf(snapshot: Float32Array): number {
  return snapshot[TIME_HIGH] * TIME_UNIT + snapshot[TIME_LOW];
}

/** Where the bodies and the carried items of a snapshot begin. */
export function bodiesAt(snapshot: Float32Array): number {
  return HEAD + snapshot[DOORS] * DOOR;
}

export function carriedAt(snapshot: Float32Array): number {
  return bodiesAt(snapshot) + snapshot[BODIES] * BODY;
}

/** Numbers in use of a snapshot. */
export function lengthOf(snapshot: Float32Array): number {
  return carriedAt(snapshot) + snapshot[CARRIED] * CARRY;
}
