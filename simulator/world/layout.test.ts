import { expect, test } from 'vitest';
import { Layout } from './layout.ts';
import { gondola, testRun } from './test-run.ts';

const at = new Float64Array(3);

test('counts slots from the left as a shopper facing the shelf sees it', () => {
  const layout = new Layout(testRun([]));
  // G1 faces south: who looks north at it has west on the left.
  const [left, right] = layout.slotsAt('G1.1');
  layout.pointOnShelfInto(at, left!, left!.plan.fromM, 0, 0);
  expect([...at].map((value) => Number(value.toFixed(9)))).toEqual([2.4, 2, 0.3]);
  layout.pointOnShelfInto(at, right!, right!.plan.toM, 0.1, 0.05);
  expect([...at].map((value) => Number(value.toFixed(9)))).toEqual([3.6, 2.1, 0.35]);
});

test('turns fixtures and their shelves with `facing`', () => {
  const { fixture, slots } = gondola('E', [1, 3], 0);
  const layout = new Layout(testRun([], {}, { fixtures: [fixture], slots }));
  // Facing east: the shopper looks west and has south on the left.
  layout.pointOnShelfInto(at, layout.slots[0]!, 0, 0.2, 0);
  expect(at[0]).toBeCloseTo(0.8, 9);
  expect(at[1]).toBeCloseTo(2.4, 9);
});

test('finds slots by fixture, shelf and slot address', () => {
  const layout = new Layout(testRun([]));
  expect(layout.slotsAt('G2')).toHaveLength(6);
  expect(layout.slotsAt('G2.3').map((slot) => slot.plan.id)).toEqual(['G2.3.1', 'G2.3.2']);
  expect(layout.slotsAt('G2.3.2')).toHaveLength(1);
  expect(layout.slotsAt('G9')).toHaveLength(0);
  expect(layout.fixture('G2')?.index).toBe(1);
});

test('makes one slot of a shelf that has no planogram', () => {
  const { fixture } = gondola('L', [3, 3], 0, { kind: 'ledge' });
  const layout = new Layout(testRun([], {}, { fixtures: [fixture], slots: [] }));
  expect(layout.slotsAt('L.1').map((slot) => slot.plan.id)).toEqual(['L.1.1']);
});

test('leaves the walls open at the doors and nowhere else', () => {
  const { walls } = new Layout(testRun([]));
  const west = walls
    .filter((wall) => wall.xM < 0 && wall.ux === 0)
    .map((wall) => [wall.yM - wall.halfLengthM, wall.yM + wall.halfLengthM]);
  expect(west.flat().map((y) => Number(y.toFixed(9)))).toEqual([-0.2, 0.5, 1.5, 3.9, 5.1, 6.2]);
  expect(walls).toHaveLength(6);
});

test('hides zones and the outside from sight', () => {
  const zones = [{ id: 'wc', minM: [5, 5], maxM: [6, 6] }] as const;
  const layout = new Layout(testRun([], {}, { zones }));
  expect(layout.inSight(5.5, 5.5)).toBe(false);
  expect(layout.inSight(4.5, 5.5)).toBe(true);
  expect(layout.inSight(-0.1, 1)).toBe(false);
});
