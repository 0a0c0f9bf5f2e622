import { expect, test } from 'vitest';
import { parseStore } from '../store.ts';
import { type Doorway, depthInside, distanceToDoor, doorwaysOf, offsetAlong } from './doorway.ts';

const store = parseStore({
  name: 'four doors',
  sizeM: [8, 6],
  doors: [
    { id: 'west', atM: [0, 3], widthM: 1, use: 'entry', gateId: 'gate' },
    { id: 'east', atM: [8, 3], widthM: 1, use: 'exit' },
    { id: 'south', atM: [4, 0], widthM: 2, use: 'both' },
    { id: 'north', atM: [4, 6], widthM: 1, use: 'both' },
  ],
  fixtures: [],
  scales: [],
  cameras: [],
  slots: [],
  products: [],
});
const [west, east, south, north] = doorwaysOf(store) as [Doorway, Doorway, Doorway, Doorway];

test('points every door into the store', () => {
  for (const door of [west, east, south, north]) expect(depthInside(door, 4, 3)).toBeGreaterThan(2.9);
  expect(depthInside(west, -1, 3)).toBe(-1);
  expect(depthInside(north, 4, 7)).toBe(-1);
});

test('measures beside and away from the opening', () => {
  expect(offsetAlong(south, 5.5, 0)).toBeCloseTo(1.5);
  expect(distanceToDoor(south, 5, 0)).toBe(0);
  expect(distanceToDoor(south, 8, 4)).toBeCloseTo(5);
  expect(distanceToDoor(east, 7, 3.2)).toBeCloseTo(1);
});

test('reads the use of a door', () => {
  expect(west.lets).toEqual({ in: true, out: false });
  expect(east.lets).toEqual({ in: false, out: true });
  expect(south.lets).toEqual({ in: true, out: true });
  expect([west.gateId, east.gateId]).toEqual(['gate', null]);
});
