/** What the truth's ids mean: 0 nothing, 1 the building, then fixtures, people and products by their place in the run. */
export const ROOM_ID = 1;
const FIXTURES = 2;
const PEOPLE = 1024;
const PRODUCTS = 16384;
const LAST = 65535;

export function fixtureId(index: number): number {
  return FIXTURES + (index % (PEOPLE - FIXTURES));
}

/** A person's body, clothes and equipment. */
export function personId(shopperIndex: number): number {
  return PEOPLE + (shopperIndex % (PRODUCTS - PEOPLE));
}

export function productId(productIndex: number): number {
  return PRODUCTS + (productIndex % (LAST - PRODUCTS + 1));
}

/** Index into the run's shoppers, or −1 when it is no person. */
export function shopperOfId(id: number): number {
  return id >= PEOPLE && id < PRODUCTS ? id - PEOPLE : -1;
}

/** Index into the run's products, or −1 when it is no product. */
export function productOfId(id: number): number {
  return id >= PRODUCTS ? id - PRODUCTS : -1;
}
