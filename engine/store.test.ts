import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStore, StoreError } from './store.ts';

function aStore() {
  return {
    name: 'corner',
    sizeM: [8, 6],
    doors: [{ id: 'in', atM: [0, 3], widthM: 1, use: 'both', gateId: 'gate' }],
    fixtures: [
      {
        id: 'G1',
        kind: 'gondola',
        atM: [3, 3],
        facingRad: 0,
        lengthM: 2.4,
        depthM: 0.5,
        heightM: 1.8,
        shelves: [{ id: 'G1.1', heightM: 0.3, depthM: 0.4 }],
      },
    ],
    scales: [
      {
        id: 's1',
        shelfId: 'G1.1',
        rateHz: 20,
        cells: [
          { fromM: 0, toM: 1.2 },
          { fromM: 1.2, toM: 2.4 },
        ],
      },
    ],
    cameras: [
      {
        id: 'c1',
        widthPx: 640,
        heightPx: 480,
        intrinsics: { fx: 400, fy: 400, cx: 320, cy: 240, k1: 0, k2: 0 },
        cameraFromWorld: [1, 0, 0, 0, 0, 0, -1, 2, 0, 1, 0, 0],
        rateHz: 10,
      },
    ],
    slots: [
      { id: 'G1.1.1', shelfId: 'G1.1', fromM: 0, toM: 1, skus: ['cola'], facings: 2, depth: 3, stock: { cola: 6 } },
    ],
    products: [
      {
        sku: 'cola',
        name: 'Cola',
        priceMinor: 150,
        currency: 'EUR',
        weightGrams: { mean: 350, sd: 2 },
        sizeM: [0.1, 0.1, 0.1],
      },
    ],
    // biome-ignore lint/suspicious/noExplicitAny: the tests break it in every way.
  } as Record<string, any>;
}

function problemsOf(value: unknown): string[] {
  try {
    parseStore(value, 'store.json');
  } catch (error) {
    expect(error).toBeInstanceOf(StoreError);
    return (error as StoreError).problems.map((problem) => problem.path);
  }
  return [];
}

test('accepts a whole store and fills the defaults', () => {
  const store = parseStore(aStore());
  expect(store.products[0]!.sellBy).toBe('each');
  expect(store.poseSources).toEqual([]);
  expect(store.scales[0]!.tradeApproved).toBe(false);
});

test('reports every wrong shape at once, with place, finding and expectation', () => {
  const store = aStore();
  store.sizeM = [8, -6];
  store.slots[0].facings = 'two';
  delete store.cameras[0].rateHz;
  expect(problemsOf(store)).toEqual(['sizeM[1]', 'cameras[0].rateHz', 'slots[0].facings']);
  expect(() => parseStore(store, 'store.json')).toThrow(/store\.json: 3 problem.*\n.*sizeM\[1\]: found -6/);
});

test('reports every broken reference at once', () => {
  const store = aStore();
  store.slots[0].shelfId = 'G9.1';
  store.slots[0].skus = ['cola', 'tea'];
  store.slots[0].stock = { cola: 1, milk: 1 };
  store.scales[0].shelfId = 'G8.1';
  store.products.push({ ...store.products[0], sku: 'six', multipack: { of: 'beer', count: 6 } });
  expect(problemsOf(store)).toEqual([
    'products[1].multipack.of',
    'slots[0].shelfId',
    'slots[0].skus[1]',
    'slots[0].stock',
    'scales[0].shelfId',
  ]);
});

test('rejects prices in several currencies', () => {
  const store = aStore();
  store.products.push({ ...store.products[0], sku: 'tea', currency: 'USD' });
  expect(problemsOf(store)).toEqual(['products[1].currency']);
});

test('rejects ids that repeat, over all kinds of sensors too', () => {
  const store = aStore();
  store.cameras[0].id = 's1';
  store.products.push(store.products[0]);
  store.fixtures[0].shelves.push(store.fixtures[0].shelves[0]);
  expect(problemsOf(store)).toEqual(['fixtures[0].shelves[1].id', 'products[1].sku', 'cameras[0].id']);
});

test('rejects cells out of order and slots without length', () => {
  const store = aStore();
  store.scales[0].cells.reverse();
  store.slots[0].toM = 0;
  expect(problemsOf(store)).toEqual(['slots[0].toM', 'scales[0].cells[1].fromM']);
});

test('rejects slots beyond the ends of their shelf, but no cells, which may have no plate', () => {
  const store = aStore();
  store.slots[0].fromM = -0.3;
  store.scales[0].cells[1].toM = 24;
  expect(problemsOf(store)).toEqual(['slots[0].fromM']);
  store.slots[0].fromM = 0;
  store.slots[0].toM = 24;
  expect(problemsOf(store)).toEqual(['slots[0].toM']);
});

test('rejects what would fill memory, and says what it expected in plain words', () => {
  const store = aStore();
  store.sizeM = [1e9, 6];
  store.scales[0].rateHz = 1e12;
  store.doors = [];
  store.products[0].sellBy = 'dozen';
  delete store.name;
  const problems = (() => {
    try {
      parseStore(store);
    } catch (error) {
      return (error as StoreError).problems.map(({ path, found, expected }) => `${path} ${found} ${expected}`);
    }
    return [];
  })();
  expect(problems).toEqual([
    'name nothing string',
    'sizeM[0] 1000000000 <=1000',
    'doors [] >=1 items',
    'scales[0].rateHz 1000000000000 <=10000',
    'products[0].sellBy "dozen" one of "each"|"weighed"',
  ]);
});

test('rejects a mirrored camera', () => {
  const store = aStore();
  store.cameras[0].cameraFromWorld[0] = -1;
  expect(problemsOf(store)).toEqual(['cameras[0].cameraFromWorld']);
});

test('answers any value with a store or a StoreError', () => {
  fc.assert(
    fc.property(fc.anything(), fc.nat(30), fc.anything(), (value, place, junk) => {
      problemsOf(value);
      const store = aStore();
      const spots: [Record<string, unknown>, string][] = [];
      const walk = (at: unknown) => {
        if (typeof at !== 'object' || at === null) return;
        for (const [key, inner] of Object.entries(at)) {
          spots.push([at as Record<string, unknown>, key]);
          walk(inner);
        }
      };
      walk(store);
      const [at, key] = spots[(place * 7919) % spots.length]!;
      at[key] = junk;
      problemsOf(store);
    }),
    { numRuns: 200 },
  );
});
