import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeSlot } from './judge-slot.ts';

const seen = (cola: number, water: number) => ({
  candidates: [
    { sku: 'cola', prob: cola },
    { sku: 'water', prob: water },
  ],
  noneProb: 1 - cola - water,
});

test('calls a slot empty when no facing is stocked, whatever was recognised', () => {
  expect(judgeSlot('cola', [0.1, 0.2], [seen(0.9, 0.05), seen(0.9, 0.05)])).toMatchObject({
    state: 'empty',
    facings: 0,
  });
});

test('lets the planogram decide between products that look alike, and clear pictures decide against it', () => {
  expect(judgeSlot('cola', [0.9], [seen(0.45, 0.5)])).toMatchObject({ state: 'stocked', sku: 'cola', facings: 1 });
  expect(judgeSlot('cola', [0.9], [seen(0.02, 0.97)])).toMatchObject({ state: 'wrong', sku: 'water' });
});

test('grows surer with every facing that says the same', () => {
  const one = judgeSlot('cola', [0.9], [seen(0.1, 0.8)]);
  const three = judgeSlot('cola', [0.9, 0.9, 0.9], [seen(0.1, 0.8), seen(0.1, 0.8), seen(0.1, 0.8)]);
  expect(three.sku).toBe('water');
  expect(three.prob).toBeGreaterThan(one.sku === 'water' ? one.prob : 1 - one.prob);
});

test('calls a slot wrong, of nothing known, when its pictures look like none of the range', () => {
  expect(judgeSlot('cola', [0.9, 0.9], [seen(0.005, 0.005), seen(0.005, 0.005)])).toMatchObject({
    state: 'wrong',
    sku: null,
  });
});

test('gives a probability for any pictures', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(share, share, share), { minLength: 1, maxLength: 6 }), (facings) => {
      const recognitions = facings.map(([, cola, rest]) => seen(cola, (1 - cola) * rest));
      const { prob, facings: count } = judgeSlot(
        'cola',
        facings.map(([stocked]) => stocked),
        recognitions,
      );
      expect(prob).toBeGreaterThanOrEqual(0);
      expect(prob).toBeLessThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(facings.length);
    }),
  );
});
