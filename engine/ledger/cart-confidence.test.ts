import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenClaim } from '../attribution/attribution.ts';
import { cartConfidence, lineConfidence } from './cart-confidence.ts';
import type { BookedClaim } from './claim-book.ts';

type Products = OpenClaim['products'];

/** A claim that trip `t` made with this probability, else trip `u`. */
function booked(shareProb: number, products: Products, purpose: OpenClaim['purpose'] = 'trade'): BookedClaim {
  const share = (tripId: string, prob: number) => ({ tripId, prob, trackId: 1, handDistanceM: null });
  const claim = { sku: products[0].sku, quantity: -products[0].count, products, purpose } as OpenClaim;
  return { claim, creditedTripId: null, shares: [share('t', shareProb), share('u', 1 - shareProb)], frozen: false };
}

const one = (sku: string, count = -1, prob = 1) => ({ sku, count, prob });

describe('a line', () => {
  test('is as sure as who took it and what it was', () => {
    const claims = [booked(0.9, [one('a', -1, 0.8), one('b', -1, 0.2)])];
    expect(lineConfidence(claims, 't', 'a', 1)).toBeCloseTo(0.72, 12);
    expect(lineConfidence(claims, 't', 'b', 1)).toBeCloseTo(0.18, 12);
  });

  test('counts the claims of rivals that may be its own', () => {
    const claims = [booked(1, [one('a')]), booked(0.25, [one('a')])];
    expect(lineConfidence(claims, 't', 'a', 1)).toBeCloseTo(0.75, 12);
    expect(lineConfidence(claims, 't', 'a', 2)).toBeCloseTo(0.25, 12);
  });

  test('counts a take and its put-back together, right or wrong', () => {
    const claims = [booked(0.5, [one('a')]), booked(0.5, [one('a', 1)])];
    // Both mine, or both another's: nothing left.
    expect(lineConfidence(claims, 't', 'a', 0)).toBeCloseTo(0.5, 12);
  });

  test('leaves out what is restocked or refused', () => {
    const claims = [booked(1, [one('a')]), booked(1, [one('a', 3)], 'restock'), booked(1, [one('a')], 'refused')];
    expect(lineConfidence(claims, 't', 'a', 1)).toBe(1);
  });
});

describe('a cart', () => {
  test('is sure without any claim', () => {
    expect(cartConfidence([], 't', [])).toBe(1);
  });

  test('needs every line right', () => {
    const claims = [booked(0.9, [one('a')]), booked(0.8, [one('b')])];
    expect(
      cartConfidence(claims, 't', [
        { sku: 'a', quantity: 1 },
        { sku: 'b', quantity: 1 },
      ]),
    ).toBeCloseTo(0.72, 12);
  });

  test('needs nothing missing', () => {
    expect(cartConfidence([booked(0.3, [one('a')])], 't', [])).toBeCloseTo(0.7, 12);
  });

  test('is wrong once a claim was another product, even where the line is empty', () => {
    const claims = [booked(1, [one('a', -1, 0.6), one('b', -1, 0.4)])];
    expect(cartConfidence(claims, 't', [{ sku: 'a', quantity: 1 }])).toBeCloseTo(0.6, 12);
  });

  test('cannot be right if the trip took what was refused', () => {
    expect(cartConfidence([booked(0.9, [one('apples', -300)], 'refused')], 't', [])).toBeCloseTo(0.1, 12);
  });
});

test('agrees with going through every possible world', () => {
  const products = fc
    .tuple(fc.constantFrom(-2, -1, 1), fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(-1, -3, 1))
    .map(([count, prob, other]) => [one('a', count, prob), one('b', other, (1 - prob) / 2)]);
  const claim = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), products);
  fc.assert(
    fc.property(fc.array(claim, { maxLength: 6 }), fc.integer({ min: 0, max: 4 }), (rows, quantity) => {
      let worlds: [number, number][] = [[0, 1]];
      for (const [shareProb, [a]] of rows) {
        worlds = worlds.flatMap(([sum, prob]): [number, number][] => [
          [sum - a.count, prob * shareProb * a.prob],
          [sum, prob * (1 - shareProb * a.prob)],
        ]);
      }
      const exact = worlds.filter(([sum]) => sum === quantity).reduce((sum, [, prob]) => sum + prob, 0);
      const claims = rows.map(([shareProb, list]) => booked(shareProb, list));
      expect(lineConfidence(claims, 't', 'a', quantity)).toBeCloseTo(exact, 9);
      expect(cartConfidence(claims, 't', [{ sku: 'a', quantity }])).toBeLessThanOrEqual(exact + 1e-9);
    }),
  );
});
