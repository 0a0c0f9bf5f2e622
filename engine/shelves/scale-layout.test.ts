import { expect, test } from 'vitest';
import type { Store } from '../store.ts';
import { scaleLayouts } from './scale-layout.ts';

function storeFacing(facingRad: number): Store {
  const slot = (id: string, fromM: number, toM: number) => ({
    id,
    shelfId: 'F.1',
    fromM,
    toM,
    skus: ['a'],
    facings: 1,
    depth: 1,
    stock: {},
  });
  return {
    name: 'one shelf',
    sizeM: [10, 10],
    doors: [],
    fixtures: [
      {
        id: 'F',
        kind: 'gondola',
        atM: [5, 5],
        facingRad,
        lengthM: 1,
        depthM: 0.4,
        heightM: 1.5,
        shelves: [{ id: 'F.1', heightM: 0.9, depthM: 0.4 }],
      },
    ],
    scales: [
      {
        id: 'unit',
        shelfId: 'F.1',
        rateHz: 60,
        quantumGrams: 0,
        noiseGrams: 0,
        tradeApproved: false,
        cells: [
          { fromM: 0, toM: 0.5 },
          { fromM: 0.5, toM: 1 },
        ],
      },
    ],
    cameras: [],
    poseSources: [],
    slots: [slot('F.1.2', 0.48, 1), slot('F.1.1', 0, 0.48)],
    products: [],
    staffCredentials: [],
  };
}

test('puts the left cell on the left of a shopper who faces the shelf', () => {
  // The front looks to −y, so the shopper looks to +y and has −x on the left; the shelf lies behind the front.
  const [{ cellsInWorldM }] = scaleLayouts(storeFacing(-Math.PI / 2));
  const places = [...cellsInWorldM].map((value) => Number(value.toFixed(6)));
  expect(places).toEqual([4.75, 5.2, 0.9, 5.25, 5.2, 0.9]);
});

test('turns the cells with the fixture', () => {
  const [{ cellsInWorldM }] = scaleLayouts(storeFacing(0));
  const places = [...cellsInWorldM].map((value) => Number(value.toFixed(6)));
  expect(places).toEqual([4.8, 4.75, 0.9, 4.8, 5.25, 0.9]);
});

test('gives each cell the slots on it, left to right, forgiving a rounded edge', () => {
  const [{ slotsByCell }] = scaleLayouts(storeFacing(0));
  expect(slotsByCell.map((slots) => slots.map((slot) => slot.id))).toEqual([['F.1.1'], ['F.1.2']]);
});

test('names the unit whose shelf is missing', () => {
  const store = storeFacing(0);
  const lost = { ...store, scales: [{ ...store.scales[0], shelfId: 'F.9' }] };
  expect(() => scaleLayouts(lost)).toThrow('scale unit: found shelf F.9');
});
