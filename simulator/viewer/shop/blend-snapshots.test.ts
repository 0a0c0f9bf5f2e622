import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BODIES,
  BODY,
  bodiesAt,
  FACING,
  FEET,
  MOVING,
  SHOPPER,
  STRIDE,
  snapshotLength,
} from '../../render/scene/snapshot-layout.ts';
import { blendSnapshots } from './blend-snapshots.ts';

function snapshot(
  bodies: readonly {
    readonly shopper: number;
    readonly x: number;
    readonly stride?: number;
    readonly facing?: number;
  }[],
) {
  const out = new Float32Array(snapshotLength(0, bodies.length, 0));
  out[BODIES] = bodies.length;
  bodies.forEach(({ shopper, x, stride = 0, facing = 0 }, row) => {
    const at = bodiesAt(out) + row * BODY;
    out[at + SHOPPER] = shopper;
    out[at + FEET] = x;
    out[at + STRIDE] = stride;
    out[at + FACING] = Math.cos(facing);
    out[at + FACING + 1] = Math.sin(facing);
    out[at + MOVING] = row % 2;
  });
  return out;
}

const bodyOf = (shot: Float32Array, row: number) =>
  shot.subarray(bodiesAt(shot) + row * BODY, bodiesAt(shot) + (row + 1) * BODY);

test('is the first scene at its time, and puts everybody where the second has them at its own', () => {
  const from = snapshot([
    { shopper: 4, x: 1 },
    { shopper: 7, x: 2 },
  ]);
  const to = snapshot([
    { shopper: 7, x: 2.4 },
    { shopper: 4, x: 1.2 },
  ]);
  expect(blendSnapshots(from, to, 0)).toEqual(from);
  const end = blendSnapshots(from, to, 1);
  expect(bodyOf(end, 0)[FEET]).toBeCloseTo(1.2, 5);
  expect(bodyOf(end, 1)[FEET]).toBeCloseTo(2.4, 5);
});

test('keeps directions unit vectors and people between the two places', () => {
  const angle = fc.double({ min: -3, max: 3, noNaN: true });
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(angle, angle, fc.double({ min: -0.9, max: 0.9, noNaN: true }), share, (a, b, step, part) => {
      fc.pre(Math.abs(Math.abs(a - b) - Math.PI) > 0.1);
      const from = snapshot([{ shopper: 1, x: 3, facing: a }]);
      const body = bodyOf(blendSnapshots(from, snapshot([{ shopper: 1, x: 3 + step, facing: b }]), part), 0);
      expect(Math.hypot(body[FACING], body[FACING + 1])).toBeCloseTo(1, 4);
      expect(body[FEET]).toBeGreaterThanOrEqual(Math.min(3, 3 + step) - 1e-5);
      expect(body[FEET]).toBeLessThanOrEqual(Math.max(3, 3 + step) + 1e-5);
    }),
  );
});

test('carries a walk on over the place where its counter begins anew', () => {
  const from = snapshot([{ shopper: 1, x: 0, stride: 12.9 }]);
  const to = snapshot([{ shopper: 1, x: 0.2, stride: 0.1 }]);
  expect(bodyOf(blendSnapshots(from, to, 0.5), 0)[STRIDE]).toBeCloseTo(13, 4);
});

test('leaves those alone who are somewhere else altogether, or gone', () => {
  const from = snapshot([
    { shopper: 1, x: 0 },
    { shopper: 2, x: 5 },
  ]);
  const blended = blendSnapshots(from, snapshot([{ shopper: 1, x: 4 }]), 0.5);
  expect(bodyOf(blended, 0)[FEET]).toBe(0);
  expect(bodyOf(blended, 1)[FEET]).toBe(5);
});
