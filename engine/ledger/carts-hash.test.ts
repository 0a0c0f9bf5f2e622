import { describe, expect, test } from 'vitest';
import type { Cart } from '../cart.ts';
import { cartsHash } from './carts-hash.ts';

describe('the hash of carts', () => {
  const cart = (tripId: string, over: Partial<Cart> = {}): Cart => ({
    tripId,
    credential: null,
    status: 'final',
    confidence: 0.9,
    enteredAtUs: 1,
    exitedAtUs: 2,
    finalAtUs: 3,
    lines: [],
    ...over,
  });

  test('does not depend on order, key order or arrival', () => {
    const shuffled = Object.fromEntries(Object.entries(cart('t')).reverse()) as unknown as Cart;
    expect(cartsHash([cart('u'), { ...shuffled, finalAtUs: 99 }])).toBe(cartsHash([cart('t'), cart('u')]));
  });

  test('depends on everything else', () => {
    const base = cartsHash([cart('t')]);
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    for (const over of [{ tripId: 'u' }, { confidence: 0.91 }, { status: 'review' as const }, { exitedAtUs: null }]) {
      expect(cartsHash([cart('t', over)])).not.toBe(base);
    }
  });
});
