import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReviewLine } from './gateway-desk.ts';
import { rivalCarts } from './rival-carts.ts';

const line = (sku: string, rivals: ReviewLine['evidence'][number]['rivals'], other: string | null): ReviewLine => ({
  sku,
  quantity: { value: 1, unit: 'each' },
  confidence: 0.6,
  evidence: [
    {
      ...{ changeId: `c-${sku}`, timeUs: 0, shelfId: 's', slotId: null, scaleIds: [], deltaGrams: -100, quantity: 1 },
      ...{ handDistanceM: null, rivals },
      products: [{ sku, count: -1, prob: 0.7 }, ...(other === null ? [] : [{ sku: other, count: -1, prob: 0.3 }])],
    },
  ],
});
const sure = [{ tripId: 't', prob: 1 }];

test('offers the other product, the cart without what may be somebody else’s, and what may be theirs, too', () => {
  const lines = [
    line('tea', sure, 'coffee'),
    line(
      'jam',
      [
        { tripId: 't', prob: 0.55 },
        { tripId: 'u', prob: 0.45 },
      ],
      null,
    ),
  ];
  const claim = {
    ...{ changeId: 'x', timeUs: 0, sku: 'rice', quantity: 1, trackIds: [], handDistanceM: null },
    shares: [
      { tripId: 'u', prob: 0.8 },
      { tripId: 't', prob: 0.2 },
    ],
  };
  expect(rivalCarts(lines, [claim], 't')).toEqual([
    { kind: 'not-theirs', sku: 'jam', prob: expect.closeTo(0.45), lines: [{ sku: 'tea', quantity: 1 }] },
    {
      ...{ kind: 'other-product', sku: 'coffee', prob: 0.3 },
      lines: [
        { sku: 'jam', quantity: 1 },
        { sku: 'coffee', quantity: 1 },
      ],
    },
    {
      ...{ kind: 'theirs-too', sku: 'rice', prob: 0.2 },
      lines: [
        { sku: 'tea', quantity: 1 },
        { sku: 'jam', quantity: 1 },
        { sku: 'rice', quantity: 1 },
      ],
    },
  ]);
});

test('has nothing against a cart that is sure', () => {
  expect(rivalCarts([line('tea', sure, null)], [], 't')).toEqual([]);
});

test('never offers less than one of anything', () => {
  const prob = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), prob), { maxLength: 4 }), (rows) => {
      const lines = [...new Map(rows.map((row) => [row[0], row]))].map(([sku, [, own]]) =>
        line(
          sku,
          [
            { tripId: 't', prob: own },
            { tripId: null, prob: 1 - own },
          ],
          'd',
        ),
      );
      for (const rival of rivalCarts(lines, [], 't'))
        for (const { quantity } of rival.lines) expect(quantity).toBeGreaterThan(0);
    }),
  );
});
