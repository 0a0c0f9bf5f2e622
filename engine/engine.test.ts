import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testProduct, testStore } from './attribution/test-world.ts';
import {
  ATTRIBUTIONS,
  type Cart,
  cartsHash,
  Engine,
  type EngineOptions,
  type EngineOutput,
  type Reading,
  type Store,
} from './index.ts';
import { VISIT_SENSORS, type Visit, visitReadings, visitStore } from './test-visit.ts';

const store = visitStore(
  testStore(
    [testProduct('a', 200), testProduct('b', 350), testProduct('c', 90)],
    [
      { skus: ['a'], cells: 4, stock: 5 },
      { skus: ['b'], cells: 4, stock: 5 },
      { skus: ['c'], cells: 4, stock: 5 },
    ],
  ),
);
const ana: Visit = {
  credential: 'ana',
  enterSecond: 3,
  standM: [4.5, 4.4],
  moves: [
    { atSecond: 10, cell: 1, grams: -200 },
    { atSecond: 14, cell: 5, grams: -350 },
    { atSecond: 18, cell: 1, grams: 200 },
  ],
  leaveSecond: 22,
};
const ben: Visit = {
  credential: 'ben',
  enterSecond: 11,
  standM: [5.6, 4.4],
  moves: [{ atSecond: 20.5, cell: 10, grams: -180 }],
  leaveSecond: 24,
};
const SECONDS = 40;

function run(readings: readonly Reading[], options: EngineOptions = {}, told: Store = store): EngineOutput[] {
  const engine = new Engine(told, options);
  const outputs = readings.flatMap((reading) => {
    engine.push(reading);
    return engine.take();
  });
  return [...outputs, ...engine.finish()];
}

const cartsOf = (outputs: readonly EngineOutput[]): Cart[] =>
  outputs.flatMap((output) => (output.kind === 'cart' ? [output.cart] : []));
const contents = (carts: readonly Cart[]) =>
  carts.map((cart) => [
    cart.credential,
    cart.status,
    ...cart.lines.map((line) => `${line.quantity.value} ${line.sku}`),
  ]);

const readings = visitReadings(store, [ana, ben], SECONDS);
const plain = run(readings);

describe('two visits', () => {
  test('end in two carts with what each carried out', () => {
    expect(contents(cartsOf(plain))).toEqual([
      ['ana', 'final', '1 b'],
      ['ben', 'final', '2 c'],
    ]);
  });

  test('give each receipt within five seconds of the exit, never before it', () => {
    for (const cart of cartsOf(plain)) {
      expect(cart.finalAtUs).toBeGreaterThan(cart.exitedAtUs!);
      expect(cart.finalAtUs! - cart.exitedAtUs!).toBeLessThan(5e6);
    }
  });

  test('back every line with a change, a hand and rivals', () => {
    for (const line of cartsOf(plain).flatMap((cart) => cart.lines)) {
      expect(line.confidence).toBeGreaterThan(0.8);
      expect(line.evidence.length).toBeGreaterThan(0);
      for (const row of line.evidence) {
        expect(row.scaleIds).toEqual([VISIT_SENSORS.scale]);
        expect(row.handDistanceM).toBeLessThan(0.3);
        expect(row.rivals.reduce((sum, rival) => sum + rival.prob, 0)).toBeCloseTo(1, 9);
      }
    }
  });

  test('show up as tracks, changes and claims on the way', () => {
    const kinds = new Set(plain.map((output) => output.kind));
    expect(kinds).toEqual(new Set(['tracks', 'change', 'claim', 'entry', 'cart']));
    expect(plain.filter((output) => output.kind === 'claim')).toHaveLength(4);
  });

  test('can be looked at while they last, which changes nothing', () => {
    const engine = new Engine(store);
    const outputs = readings.flatMap((reading) => {
      engine.push(reading);
      const taken = engine.take();
      engine.drafts();
      return taken;
    });
    expect([...outputs, ...engine.finish()]).toEqual(plain);

    const inside = new Engine(store);
    for (const reading of readings) if (reading.arrivalUs < 23e6) inside.push(reading);
    const tracks = inside.take().flatMap((output) => (output.kind === 'tracks' ? [output.tracks] : []));
    const drafts = inside.drafts();
    expect(drafts.map(({ status, exitedAtUs }) => [status, exitedAtUs])).toContainEqual(['draft', null]);
    for (const trackId of tracks.at(-1)!.trackIds) {
      const shares = inside.tripsOf(trackId);
      expect(shares.reduce((sum, { prob }) => sum + prob, 0)).toBeCloseTo(1, 9);
    }
  });

  test('leave the books balanced', () => {
    const engine = new Engine(store);
    for (const reading of readings) engine.push(reading);
    const entries = entriesOf(engine.finish());
    expect(entries.map(({ sku, quantity, reason }) => `${reason} ${quantity} ${sku}`)).toEqual([
      'pick 1 a',
      'pick 1 b',
      'put-back 1 a',
      'pick 2 c',
    ]);
  });

  // Without scales a hand that puts something back looks like one that takes.
  const withScales = ATTRIBUTIONS.filter((name) => name !== 'vision-only');
  test.each(withScales)('are worked out by %s where they are plain', (attribution) => {
    const alone = visitReadings(store, [ana], SECONDS);
    expect(contents(cartsOf(run(alone, { attribution })))).toEqual([['ana', 'final', '1 b']]);
  });
});

describe('the same readings', () => {
  test('give the same carts and the same outputs, taken one by one or all at the end', () => {
    const engine = new Engine(store);
    for (const reading of readings) engine.push(reading);
    expect(engine.finish()).toEqual(plain);
  });

  test('give the same carts in any order of arrival within the lateness bound', () => {
    const hash = cartsHash(cartsOf(plain));
    fc.assert(
      fc.property(fc.array(fc.nat(1_500), { minLength: 50, maxLength: 50 }), (delays) => {
        const shuffled = readings
          .map((reading, i) => ({ ...reading, arrivalUs: reading.timeUs + 1000 * delays[(i * 31) % 50] }))
          .sort((a, b) => a.arrivalUs - b.arrivalUs);
        expect(cartsHash(cartsOf(run(shuffled)))).toBe(hash);
      }),
      { numRuns: 5 },
    );
  });

  test('give the same carts when the clock starts elsewhere', () => {
    const shiftUs = 3_600_000_000;
    const shifted = readings.map((reading) => ({
      ...reading,
      timeUs: reading.timeUs + shiftUs,
      arrivalUs: reading.arrivalUs + shiftUs,
    }));
    const back = (cart: Cart) => ({ credential: cart.credential, confidence: cart.confidence, lines: linesOf(cart) });
    const linesOf = (cart: Cart) => cart.lines.map(({ sku, quantity, confidence }) => ({ sku, quantity, confidence }));
    expect(cartsOf(run(shifted)).map(back)).toEqual(cartsOf(plain).map(back));
  });

  test('give the same carts when the store lists its parts in another order', () => {
    const reversed = { ...store, slots: [...store.slots].reverse(), products: [...store.products].reverse() };
    expect(cartsOf(run(readings, {}, reversed))).toEqual(cartsOf(plain));
  });

  test('give the same carts up to renaming when sensors, slots, SKUs and credentials are renamed', () => {
    const names = new Map(
      [...store.slots.map((slot) => slot.id), ...store.products.map((product) => product.sku)]
        .concat(Object.values(VISIT_SENSORS), ['ana', 'ben'])
        .map((name, i) => [name, `z${97 - i}`]),
    );
    const renamed = (value: unknown): unknown => {
      if (typeof value === 'string') return names.get(value) ?? value;
      if (Array.isArray(value)) return value.map(renamed);
      if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
      // Only ids are renamed: neither the names of products nor kinds of readings.
      return Object.fromEntries(
        Object.entries(value).map(([key, part]) => [
          names.get(key) ?? key,
          key === 'name' || key === 'kind' ? part : renamed(part),
        ]),
      );
    };
    const others = cartsOf(run(readings.map(renamed) as Reading[], {}, renamed(store) as Store));
    const strip = (cart: Cart) => JSON.parse(JSON.stringify(cart).replaceAll(/"changeId":"[^"@]*@/g, '"changeId":"@'));
    const want = cartsOf(plain).map((cart) => strip(renamed(cart) as Cart));
    expect(others.map(strip)).toEqual(want);
  });
});

describe('odd visits', () => {
  test('someone still inside gets a draft, and one as tall who passed close by goes to a person', () => {
    const carts = cartsOf(run(visitReadings(store, [{ ...ana, leaveSecond: null }, ben], SECONDS)));
    expect(contents(carts)).toEqual([
      ['ben', 'review', '2 c'],
      ['ana', 'draft', '1 b'],
    ]);
  });

  test('someone without a credential gets a cart of their own', () => {
    const carts = cartsOf(run(visitReadings(store, [{ ...ana, credential: null }], SECONDS)));
    expect(contents(carts)).toEqual([[null, 'review', '1 b']]);
  });

  test('goods nobody was near are charged to nobody', () => {
    const ghost: Visit = { ...ana, credential: null, enterSecond: 1000, leaveSecond: 1001 };
    const outputs = run(visitReadings(store, [ghost], SECONDS));
    const claims = outputs.flatMap((output) => (output.kind === 'claim' ? [output.claim] : []));
    expect(claims.length).toBeGreaterThan(1);
    for (const { shares } of claims) expect(shares).toEqual([{ tripId: null, prob: 1 }]);
    expect(cartsOf(outputs)).toEqual([]);
  });

  test('a private purchase of staff stands on their cart, restocking on none', () => {
    const staffed = { ...store, staffCredentials: ['sam'] };
    const sam: Visit = {
      credential: 'sam',
      enterSecond: 3,
      standM: [4.6, 4.4],
      moves: [
        { atSecond: 10, cell: 1, grams: 600 },
        { atSecond: 15, cell: 5, grams: -350 },
      ],
      leaveSecond: 22,
    };
    expect(contents(cartsOf(run(visitReadings(staffed, [sam], SECONDS), {}, staffed)))).toEqual([
      ['sam', 'review', '1 b'],
    ]);
  });

  test('who stood at a silent scale is sent to a person', () => {
    const silent = readings.filter((reading) => reading.kind !== 'scale' || reading.timeUs < 16e6);
    const outputs = run(silent);
    expect(cartsOf(outputs).map((cart) => cart.status)).toEqual(['review', 'review']);
    const alerts = outputs.flatMap((output) => (output.kind === 'alert' ? [[output.about, output.text]] : []));
    expect(alerts).toEqual([[VISIT_SENSORS.scale, 'scale is silent']]);
  });

  test('a stock miscounted by one is corrected in sight', () => {
    const short = { ...store, slots: store.slots.map((slot) => ({ ...slot, stock: { [slot.skus[0]]: 1 } })) };
    const outputs = run(readings, {}, short);
    expect(contents(cartsOf(outputs))).toEqual(contents(cartsOf(plain)));
    const alerts = outputs.flatMap((output) => (output.kind === 'alert' ? [output.text] : []));
    expect(alerts).toEqual(['1 more of c taken than the books held: stock corrected']);
  });
});

describe("a reviewer's decision", () => {
  test('gives a reviewed cart after the final one', () => {
    const [anaCart] = cartsOf(plain);
    const decision: Reading = {
      kind: 'decision',
      sensorId: 'desk',
      timeUs: 38e6,
      arrivalUs: 38e6,
      sequence: 0,
      tripId: anaCart.tripId,
      lines: [{ sku: 'a', quantity: 1 }],
    };
    const carts = cartsOf(run([...readings.filter((reading) => reading.arrivalUs <= 38e6), decision]));
    expect(contents(carts)).toEqual([
      ['ana', 'final', '1 b'],
      ['ben', 'final', '2 c'],
      ['ana', 'reviewed', '1 a'],
    ]);
  });
});

function entriesOf(outputs: readonly EngineOutput[]) {
  return outputs.flatMap((output) => (output.kind === 'entry' ? [output.entry] : []));
}

/** Follows the ledger line by line: no slot and no trip ever holds less than nothing. */
function expectSoundBooks(outputs: readonly EngineOutput[]): void {
  const balances = new Map(store.slots.map((slot) => [`slot ${slot.id} ${slot.skus[0]}`, slot.stock[slot.skus[0]]]));
  for (const { from, to, sku, quantity } of entriesOf(outputs)) {
    for (const [account, by] of [
      [from, -quantity],
      [to, quantity],
    ] as const) {
      if (account.kind === 'elsewhere') continue;
      const key = `${account.kind} ${account.id} ${sku}`;
      balances.set(key, (balances.get(key) ?? 0) + by);
      expect(balances.get(key)).toBeGreaterThanOrEqual(0);
    }
  }
}

describe('any garbage', () => {
  const number = fc.oneof(fc.double(), fc.integer({ min: 0, max: 40_000_000 }));
  const sensorId = fc.constantFrom(...Object.values(VISIT_SENSORS), 'nobody', '');
  const stamps = { sensorId, timeUs: number, arrivalUs: number, sequence: fc.oneof(number, fc.nat(2000)) };
  const point = fc.record({ inWorldM: fc.tuple(number, number, number), score: number });
  const person = fc.record({ targetId: fc.string(), head: point, hands: fc.array(point, { maxLength: 3 }) });
  const floats = fc.array(number, { maxLength: 40 }).map((values) => Float32Array.from(values));
  const line = fc.record({ sku: fc.constantFrom('a', 'q'), quantity: number });
  const reading = fc.oneof(
    fc.record({ kind: fc.constant('scale' as const), ...stamps, periodUs: number, grams: floats }),
    fc.record({ kind: fc.constant('pose' as const), ...stamps, people: fc.array(person, { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('gate' as const),
      ...stamps,
      event: fc.constantFrom('entry' as const, 'refused' as const, 'exit' as const),
      credential: fc.option(fc.string()),
      admits: fc.oneof(number, fc.nat(3)),
    }),
    fc.record({
      kind: fc.constant('decision' as const),
      ...stamps,
      tripId: fc.constantFrom('trip-1', 'x'),
      lines: fc.array(line, { maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant('tick' as const), ...stamps }),
  );

  test('between good readings never crashes, no cart comes twice or without evidence, and the books stay sound', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(readings.length - 1), reading), { maxLength: 30 }), (bad) => {
        const mixed = [...readings];
        for (const [at, one] of bad) mixed.splice(at, 0, one as Reading);
        const engine = new Engine(store);
        for (const one of mixed) engine.push(one);
        const outputs = engine.finish();
        const carts = cartsOf(outputs).filter((cart) => cart.status !== 'reviewed');
        expect(new Set(carts.map((cart) => cart.tripId)).size).toBe(carts.length);
        for (const row of carts.flatMap((cart) => cart.lines)) expect(row.evidence.length).toBeGreaterThan(0);
        expectSoundBooks(outputs);
      }),
      { numRuns: 25 },
    );
  });
});

test('names the known attributions where one is unknown', () => {
  expect(() => new Engine(store, { attribution: 'guess' })).toThrow('found "guess", expected one of joint');
});
