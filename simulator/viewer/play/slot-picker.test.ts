import { expect, test } from 'vitest';
import { testRun } from '../../world/test-run.ts';
import { SlotPicker } from './slot-picker.ts';

// G1 stands in the middle of the store and faces low y.
const run = testRun([]);
const picker = new SlotPicker(run);

test('finds the place in front of the eye, and where it is met', () => {
  const hit = picker.hit({ fromM: [2.7, 0.5, 1.05], direction: [0, 1, 0] })!;
  expect(hit.slot.plan.shelfId).toBe('G1.2');
  expect(hit.atM[1]).toBeCloseTo(2, 6);
  expect(hit.slot.plan.id).not.toBe(picker.hit({ fromM: [3.3, 0.5, 1.05], direction: [0, 1, 0] })!.slot.plan.id);
});

test('takes the shelf that is looked at', () => {
  const shelves = [0.4, 1, 1.5].map(
    (z) => picker.hit({ fromM: [3.3, 0.5, z], direction: [0, 1, 0] })!.slot.plan.shelfId,
  );
  expect(shelves).toEqual(['G1.1', 'G1.2', 'G1.3']);
});

test('finds nothing beside shelves, nor through their backs', () => {
  expect(picker.hit({ fromM: [0.2, 0.5, 1], direction: [0, 1, 0] })).toBeNull();
  expect(picker.hit({ fromM: [3.3, 3, 1], direction: [0, -1, 0] })).toBeNull();
});

test('has every hit within the corners of its place', () => {
  const { slot, atM } = picker.hit({ fromM: [3.1, 0.5, 2], direction: [0, 0.8, -0.6] })!;
  const corners = picker.corners(slot);
  for (const axis of [0, 1, 2] as const) {
    const values = corners.map((corner) => corner[axis]);
    expect(atM[axis]).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
    expect(atM[axis]).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
  }
});
