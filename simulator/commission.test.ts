import { expect, test } from 'vitest';
import { storeSchema } from '../engine/store.ts';
import { commission } from './commission.ts';
import { credentialOf } from './credential.ts';
import type { ProductPlan, Run, SlotPlan } from './scenario/run.ts';
import { noiseSet } from './sensors/noise.ts';
import { camera, fakeRun, fault, gondola, shopper } from './sensors/test-world.ts';
import { lensResidualPx } from './sensors/told-camera.ts';
import { focalPx, lookAt } from './sensors/true-camera.ts';

const noise = noiseSet('default');
const SLOTS = 1200;

function product(i: number): ProductPlan {
  return {
    sku: `sku-${i}`,
    name: `Product ${i}`,
    priceMinor: 150,
    currency: 'EUR',
    weightGrams: { normal: { mean: 100 + i, sd: 2 } },
    catalogueGrams: i === 3 ? 77 : null,
    sizeM: [0.06, 0.06, 0.12],
    sellBy: 'each',
    multipack: i === 5 ? { of: 'sku-4', count: 6 } : null,
    restriction: i === 6 ? 'alcohol' : null,
  };
}

/** A store with many slots of one SKU each, 8 items in each. */
function bigRun(change: Partial<Run> = {}): Run {
  const fixtures = [gondola('A', 4, 3)];
  const base = fakeRun({
    noise,
    fixtures,
    scaled: true,
    cameras: Array.from({ length: 200 }, (_, i) => camera(`c${i}`, noise, { k1: -0.1, k2: 0.01 })),
    shoppers: [
      shopper('ana'),
      shopper('eve', { role: 'staff', party: 'crew' }),
      shopper('fay', { role: 'staff', party: 'crew' }),
    ],
  });
  const slots = Array.from(
    { length: SLOTS },
    (_, i): SlotPlan => ({
      id: `A.1.${i + 1}`,
      shelfId: 'A.1',
      fromM: i * 0.1,
      toM: (i + 1) * 0.1,
      contents: [{ sku: `sku-${i}`, count: 8 }],
      skus: [`sku-${i}`],
      facings: 1,
      depth: 8,
    }),
  );
  return {
    ...base,
    store: { ...base.store, slots },
    products: Array.from({ length: SLOTS }, (_, i) => product(i)),
    ...change,
  };
}

const rms = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

test('describes a store that the engine’s schema accepts', () => {
  for (const knowledge of ['commissioned', 'perfect'] as const) {
    const store = commission(bigRun({ knowledge }));
    expect(storeSchema.parse(JSON.parse(JSON.stringify(store)))).toEqual(store);
  }
});

test('maps doors, gates, shelves, scales and staff', () => {
  const run = bigRun();
  const store = commission(run);
  expect(store.doors).toEqual([{ id: 'in', atM: [0, 3], widthM: 1, use: 'both', gateId: 'gate' }]);
  expect(store.fixtures[0]!.shelves.map((shelf) => shelf.id)).toEqual(['A.1', 'A.2', 'A.3', 'A.4']);
  expect(store.scales.length).toBe(4);
  expect(store.scales[0]).toMatchObject({
    id: 'scales/A.1',
    shelfId: 'A.1',
    rateHz: 60,
    quantumGrams: 0.241,
    noiseGrams: 0.52,
  });
  expect(store.scales[0]!.cells.length).toBe(4);
  expect(store.staffCredentials).toEqual([credentialOf(run.seed, 'crew')]);
  expect(store.products[5]!.multipack).toEqual({ of: 'sku-4', count: 6 });
  expect(store.products[6]!.restriction).toBe('alcohol');
});

test('errs as documented: 1 cm, 0.3°, half a pixel, 2 % of slots, ±1 in 10 %, 1.5 % of weight', () => {
  const run = bigRun();
  const store = commission(run);
  const centre = (m: readonly number[]) =>
    [0, 1, 2].map((axis) => -[0, 1, 2].reduce((sum, row) => sum + m[4 * row + axis]! * m[4 * row + 3]!, 0));
  const plan = run.cameras[0]!;
  const pose = lookAt(plan.atM, plan.lookM);
  const moved = store.cameras.map((told) =>
    Math.hypot(...centre(told.cameraFromWorld).map((x, i) => x - plan.atM[i]!)),
  );
  expect(rms(moved)).toBeGreaterThan(0.0088);
  expect(rms(moved)).toBeLessThan(0.0112);
  const turned = store.cameras.map(({ cameraFromWorld }) => {
    let trace = 0;
    for (let row = 0; row < 3; row++)
      for (let k = 0; k < 3; k++) trace += cameraFromWorld[4 * row + k]! * pose[4 * row + k]!;
    return (Math.acos(Math.min(1, (trace - 1) / 2)) * 180) / Math.PI;
  });
  expect(rms(turned)).toBeGreaterThan(0.26);
  expect(rms(turned)).toBeLessThan(0.34);
  for (const { intrinsics } of store.cameras.slice(0, 20)) {
    const told = { f: intrinsics.fx, k1: intrinsics.k1, k2: intrinsics.k2 };
    const residual = lensResidualPx(plan, { f: focalPx(plan), k1: plan.k1, k2: plan.k2 }, told);
    expect(residual).toBeGreaterThan(0.4);
    expect(residual).toBeLessThan(0.6);
  }
  const wrong = store.slots.filter((slot, i) => slot.skus[0] !== `sku-${i}`);
  expect(wrong.length / SLOTS).toBeGreaterThan(0.01);
  expect(wrong.length / SLOTS).toBeLessThan(0.035);
  const counts = store.slots.map((slot) => Object.values(slot.stock)[0]!);
  expect(counts.every((count) => count >= 7 && count <= 9)).toBe(true);
  const off = counts.filter((count) => count !== 8).length / SLOTS;
  expect(off).toBeGreaterThan(0.075);
  expect(off).toBeLessThan(0.125);
  const bias = store.products
    .filter((_, i) => i !== 3)
    .map(({ weightGrams }, i) => weightGrams.mean / (100 + i + (i >= 3 ? 1 : 0)) - 1);
  expect(rms(bias)).toBeGreaterThan(0.0135);
  expect(rms(bias)).toBeLessThan(0.0165);
});

test('keeps a catalogue weight that the scenario gives', () => {
  expect(commission(bigRun()).products[3]!.weightGrams.mean).toBe(77);
});

test('tells the true store when knowledge is perfect, misplaced items included', () => {
  const run = bigRun({ knowledge: 'perfect' });
  const slots = run.store.slots.map((slot, i) =>
    i === 0 ? { ...slot, contents: [{ sku: 'sku-9', count: 3 }] } : slot,
  );
  const store = commission({ ...run, store: { ...run.store, slots } });
  expect(store.slots[0]!.skus).toEqual(['sku-9']);
  expect(store.slots[0]!.stock).toEqual({ 'sku-9': 3 });
  expect(
    store.slots.slice(1).every((slot, i) => slot.skus[0] === `sku-${i + 1}` && slot.stock[slot.skus[0]!] === 8),
  ).toBe(true);
  expect(store.products[10]!.weightGrams).toEqual({ mean: 110, sd: 2 });
  const plan = run.cameras[0]!;
  expect(store.cameras[0]!.cameraFromWorld).toEqual(Array.from(lookAt(plan.atM, plan.lookM)));
  expect(store.cameras[0]!.intrinsics).toEqual({
    fx: focalPx(plan),
    fy: focalPx(plan),
    cx: 320,
    cy: 180,
    k1: -0.1,
    k2: 0.01,
  });
});

test('never tells more than what stands there on purpose: misplaced items stay unknown', () => {
  const run = bigRun();
  const slots = run.store.slots.map((slot, i) =>
    i === 0 ? { ...slot, contents: [{ sku: 'sku-9', count: 3 }] } : slot,
  );
  const told = commission({ ...run, store: { ...run.store, slots } }).slots[0]!;
  expect(told.skus).not.toContain('sku-9');
  expect(Object.keys(told.stock)).toEqual(told.skus);
});

test('does not change what is told of one thing when another is added', () => {
  const run = bigRun();
  const fewer = commission({ ...run, cameras: run.cameras.slice(0, 3), products: run.products.slice(0, 50) });
  const store = commission(run);
  expect(fewer.cameras).toEqual(store.cameras.slice(0, 3));
  expect(fewer.products).toEqual(store.products.slice(0, 50));
  expect(fewer.slots).toEqual(store.slots);
});

test('tells what faults made wrong in planogram, catalogue and calibration, even with perfect knowledge', () => {
  const run = bigRun({ knowledge: 'perfect' });
  const slots = run.store.slots.map((slot) => (slot.id === 'A.1.5' ? { ...slot, skus: ['sku-90'] } : slot));
  const store = commission({
    ...run,
    store: { ...run.store, slots },
    faults: [
      fault({ kind: 'wrong-planogram', targets: ['A.1.5'] }),
      fault({ kind: 'calibration', targets: ['c0'], size: { fixed: 0.2 }, size2: { fixed: 0.05 } }),
    ],
  });
  const plain = commission(run);
  const changed = store.slots.filter((slot, i) => slot.skus[0] !== plain.slots[i]!.skus[0]);
  expect(changed.map((slot) => slot.stock)).toEqual([{ 'sku-90': 8 }]);
  expect(store.products[3]!.weightGrams.mean).toBe(77);
  expect(store.cameras[0]).not.toEqual(plain.cameras[0]);
  expect(store.cameras[1]).toEqual(plain.cameras[1]);
});
