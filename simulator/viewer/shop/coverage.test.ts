import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CameraPlan, FixturePlan, Run } from '../../scenario/run.ts';
import { coverageOf } from './coverage.ts';

function camera(
  atM: readonly [number, number, number],
  lookM: readonly [number, number, number],
  hfovRad = 1.5,
): CameraPlan {
  return { id: 'c', atM, lookM, hfovRad, widthPx: 640, heightPx: 480 } as unknown as CameraPlan;
}

function store(cameras: readonly CameraPlan[], fixtures: readonly Partial<FixturePlan>[] = []) {
  return { store: { sizeM: [8, 6], fixtures }, cameras } as unknown as Run;
}

/** Cameras that see the cell around a point. */
function seen(run: Run, x: number, y: number): number {
  const { cellM, columns, cameras } = coverageOf(run);
  return cameras[Math.floor(y / cellM) * columns + Math.floor(x / cellM)];
}

test('counts cameras that look somewhere, and not behind them', () => {
  const run = store([camera([1, 3, 2.5], [5, 3, 1])]);
  expect(seen(run, 5, 3)).toBe(1);
  expect(seen(run, 0.2, 3)).toBe(0);
});

test('sees nothing behind a shelf that is higher than the way of sight', () => {
  const shelf = { atM: [4, 3], facingRad: Math.PI, lengthM: 3, depthM: 0.5, heightM: 2 } as const;
  const eye = camera([1, 3, 2.2], [6, 3, 1]);
  expect(seen(store([eye], [shelf]), 5.5, 3)).toBe(0);
  expect(seen(store([eye], [{ ...shelf, heightM: 0.8 }]), 5.5, 3)).toBe(1);
  // Beside it.
  expect(seen(store([eye], [{ ...shelf, lengthM: 0.6 }]), 5.5, 1.2)).toBe(1);
});

test('leaves the places under fixtures out', () => {
  const shelf = { atM: [4, 3], facingRad: Math.PI, lengthM: 3, depthM: 1, heightM: 2 } as const;
  expect(seen(store([camera([4, 3, 5], [4, 3, 0])], [shelf]), 4.4, 3)).toBe(-1);
});

test('sees below itself all around when it looks straight down', () => {
  const run = store([camera([4, 3, 3], [4, 3, 0], 2)]);
  for (const [x, y] of [
    [3, 3],
    [5, 3],
    [4, 2],
    [4, 4],
  ])
    expect(seen(run, x, y)).toBe(1);
});

test('never sees less with one camera more', () => {
  const place = fc.tuple(fc.double({ min: 0, max: 8, noNaN: true }), fc.double({ min: 0, max: 6, noNaN: true }));
  const cameras = fc.array(fc.tuple(place, place), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(cameras, (all) => {
      const plans = all.map(([at, look]) => camera([...at, 2.6], [...look, 0.5]));
      const more = coverageOf(store(plans)).cameras;
      const fewer = coverageOf(store(plans.slice(1))).cameras;
      expect(more.every((count, i) => count === fewer[i] || count === fewer[i] + 1)).toBe(true);
    }),
    { numRuns: 30 },
  );
});
