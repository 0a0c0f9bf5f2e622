import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hypot3 } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { Run, ShopperPlan } from '../scenario/run.ts';
import { Layout } from './layout.ts';
import { distanceToBox } from './nav-grid.ts';
import { linesOf, play } from './test-play.ts';
import { gondola, type PlainAction, PRODUCTS, scalesUnder, shopper, testRun } from './test-run.ts';
import { World } from './world.ts';

const KEYS = ['ana', 'ben', 'cem', 'dot'];
const ADDRESSES = ['G1.1', 'G1.2.1', 'G1.3.2', 'G2', 'G2.2', 'G2.3.1', 'G7.1'];

const sku = fc.constantFrom(...PRODUCTS.map((product) => product.sku));
const address = fc.constantFrom(...ADDRESSES);
const quantity = fc.integer({ min: 1, max: 4 });
const keep = fc.constantFrom('hand', 'basket', 'bag', 'pocket', 'pram');
const other = fc.constantFrom(...KEYS, 'nobody');
const forUs = fc.integer({ min: 0, max: 4_000_000 });

const anyAction = fc.oneof(
  fc.record({ verb: fc.constant('walk'), to: fc.record({ address }) }),
  fc.record({ verb: fc.constant('look'), forUs, at: fc.option(address) }),
  fc.record({
    verb: fc.constant('take'),
    sku,
    from: address,
    quantity,
    hands: fc.constantFrom(1, 2),
    slow: fc.boolean(),
    keep,
  }),
  fc.record({ verb: fc.constant('putback'), sku, to: address, quantity }),
  fc.record({
    verb: fc.constant('hold'),
    sku,
    from: address,
    quantity,
    forUs,
    keepCount: fc.integer({ max: 3, min: 0 }),
  }),
  fc.record({ verb: fc.constant('touch'), at: address, forUs, pressGrams: fc.integer({ min: 0, max: 500 }) }),
  fc.record({ verb: fc.constant('give'), sku, quantity, to: other }),
  fc.record({ verb: fc.constant('exchange'), give: sku, get: sku, with: other }),
  fc.record({ verb: fc.constant('drop'), sku, quantity }),
  fc.record({ verb: fc.constant('pickup'), sku, quantity }),
  fc.record({ verb: fc.constant('sweep'), slot: fc.constantFrom('G1.1.1', 'G2.3.2'), keep }),
  fc.record({ verb: fc.constant('stow'), sku, quantity, into: keep }),
  fc.record({ verb: fc.constant('consume'), sku, share: fc.constantFrom(0.5, 1) }),
  fc.record({ verb: fc.constant('split-pack'), sku }),
  fc.record({ verb: fc.constant('restock'), sku, to: address, quantity }),
  fc.record({ verb: fc.constant('withdraw'), sku, from: address, quantity }),
  fc.record({ verb: fc.constant('join'), shopper: other }),
  fc.record({ verb: fc.constant('part') }),
) as fc.Arbitrary<PlainAction>;

const anyShoppers = fc
  .array(
    fc.record({
      actions: fc.array(anyAction, { maxLength: 7 }),
      arriveS: fc.integer({ min: 0, max: 20 }),
      heightM: fc.double({ min: 0.9, max: 2, noNaN: true }),
      equipment: fc.constantFrom('none', 'basket', 'trolley', 'pram', 'bag'),
      brings: fc.array(fc.record({ sku, count: quantity }), { maxLength: 1 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) =>
    list.map(({ actions, arriveS, ...more }, i) =>
      shopper(KEYS[i]!, actions, { ...more, arriveUs: arriveS * 1e6 } as Partial<ShopperPlan>),
    ),
  );

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function openingPlaces(world: World, run: Run): Map<number, string> {
  const places = new Map<number, string>();
  for (const item of world.items.values())
    if (item.place.at === 'shelf') places.set(item.id, run.store.slots[item.place.spot.slot]!.id);
  return places;
}

/** Where an item is now, in the words of the truth. */
function placeOf(world: World, run: Run, id: number): string {
  const place = world.items.get(id)?.place;
  if (place?.at === 'shelf') return run.store.slots[place.spot.slot]!.id;
  if (place?.at === 'person') return run.shoppers[place.shopperIndex]!.key;
  return place?.at ?? 'gone';
}

describe('whatever shoppers do', () => {
  test('every item is in one place, moves from where it was, and its mass is where it is', () => {
    fc.assert(
      fc.property(anyShoppers, (shoppers) => {
        const run = testRun(shoppers, { durationUs: 2_400e6 });
        const places = openingPlaces(new World(run), run);
        const { world, truth } = play(run, ({ loadGrams, pressGrams }) => {
          for (const grams of loadGrams) if (!(grams >= 0)) throw new Error(`load of ${grams} g`);
          for (const grams of pressGrams) if (!(grams >= 0)) throw new Error(`press of ${grams} g`);
        });
        expect(world.isOver).toBe(true);
        for (const event of truth) {
          if (event.kind !== 'moved') continue;
          const known = places.get(event.itemId);
          if (known !== undefined) expect(event.from).toBe(known);
          places.set(event.itemId, event.to);
        }
        // The rampant end of a last put-down.
        for (let i = 0; i < 600; i++) world.step();
        let standing = 0;
        for (const [id, item] of world.items) {
          expect(['shelf', 'floor']).toContain(item.place.at);
          expect(places.get(id)).toBe(placeOf(world, run, id));
          if (item.place.at === 'shelf') standing += item.grams;
        }
        for (const [id, place] of places) if (!world.items.has(id)) expect([...KEYS, 'elsewhere']).toContain(place);
        expect(Math.abs(total(world.loadGrams) - standing)).toBeLessThan(0.001);
      }),
      { numRuns: 60 },
    );
  });

  test('shelves nobody goes near keep their load to the last bit', () => {
    const actions: PlainAction[] = [
      { verb: 'sweep', slot: 'G1.1.1', keep: 'bag' },
      { verb: 'putback', sku: 'cola', to: 'G1.2.1', quantity: 5 },
    ];
    const run = testRun([shopper('ana', actions)]);
    const opening = new World(run).loadGrams.slice(12);
    play(run, ({ loadGrams }) => {
      for (let cell = 0; cell < opening.length; cell++)
        if (loadGrams[12 + cell] !== opening[cell]) throw new Error(`cell ${12 + cell} changed`);
    });
    expect(total(opening)).toBeGreaterThan(1000);
  });
});

/** Twenty shoppers of all kinds in the small store. */
function busyRun(): Run {
  const stream = new RandomStream(5, 'busy');
  const slots = testRun([]).store.slots;
  const shoppers = Array.from({ length: 20 }, (_, i) =>
    shopper(
      `s${String(i).padStart(2, '0')}`,
      Array.from({ length: 3 }, () => {
        const slot = stream.pick(slots, () => 1);
        return { verb: 'take', sku: slot.skus[0]!, from: slot.id, quantity: 1, hands: 1, slow: false, keep: 'bag' };
      }),
      {
        arriveUs: Math.round(stream.uniform() * 20e6),
        heightM: stream.between(1.5, 1.95),
        equipment: stream.chance(0.2) ? 'trolley' : 'basket',
      },
    ),
  );
  return testRun(shoppers, { durationUs: 300e6 });
}

function hashOf(run: Run): string {
  const hash = createHash('sha256');
  const { truth, world } = play(run, (view) => {
    hash.update(view.loadGrams).update(view.pressGrams).update(view.doorOpen);
    for (const body of view.bodies) {
      if (!body.present) continue;
      hash.update(body.headInWorldM).update(body.handsInWorldM);
      hash.update(new Float64Array([body.xM, body.yM, body.headingRad, body.visible ? 1 : 0]));
    }
    hash.update(JSON.stringify(view.gateEvents));
  });
  return hash.update(JSON.stringify([truth, world.carts()])).digest('hex');
}

test('plays the same run twice alike to the last bit', () => {
  expect(hashOf(busyRun())).toBe(hashOf(busyRun()));
  expect(hashOf({ ...busyRun(), seed: 8 })).not.toBe(hashOf(busyRun()));
});

test('moves heads and hands without a jump', () => {
  const last = new Map<number, Float64Array>();
  let headMps = 0;
  let handMps = 0;
  play(busyRun(), ({ bodies }) => {
    for (const { present, shopperIndex, headInWorldM, handsInWorldM } of bodies) {
      const now = Float64Array.of(...headInWorldM, ...handsInWorldM);
      const before = last.get(shopperIndex);
      if (present && before) {
        const speed = (i: number) =>
          60 * hypot3(now[i]! - before[i]!, now[i + 1]! - before[i + 1]!, now[i + 2]! - before[i + 2]!);
        headMps = Math.max(headMps, speed(0));
        handMps = Math.max(handMps, speed(3), speed(6));
      }
      if (present) last.set(shopperIndex, now);
      else last.delete(shopperIndex);
    }
  });
  expect(headMps).toBeGreaterThan(0.8);
  expect(headMps).toBeLessThan(4);
  expect(handMps).toBeGreaterThan(1.5);
  expect(handMps).toBeLessThan(7);
});

test('draws the same for a shopper when another is added', () => {
  const actions: PlainAction[] = [
    { verb: 'take', sku: 'cola', from: 'G1.1', quantity: 2, hands: 1, slow: false, keep: 'bag' },
    { verb: 'putback', sku: 'cola', to: 'G2.1', quantity: 1 },
    { verb: 'restock', sku: 'bar', to: 'G2.3', quantity: 2 },
  ];
  const mia = shopper('mia', actions);
  const alone = play(testRun([mia]));
  const visitor = shopper('ada', [{ verb: 'walk', to: { pointM: [1, 1] } }], { arriveUs: 90_000_000 });
  const together = play(testRun([mia, visitor]));
  const goods = (truth: typeof alone.truth) =>
    truth.filter((event) => event.kind === 'moved' || event.kind === 'touched');
  expect(goods(alone.truth).length).toBeGreaterThan(5);
  expect(goods(together.truth)).toEqual(goods(alone.truth));
});

describe('a crowd', () => {
  const crush = () => {
    const fixtures = [0, 1, 2].map((i) => gondola(`G${i}`, [1.2 + i * 1.7, 3], i === 1 ? Math.PI / 2 : -Math.PI / 2));
    const slots = fixtures
      .flatMap((each) => each.slots)
      .map((slot) => ({
        ...slot,
        contents: slot.contents.map((each) => ({ ...each, count: 60 })),
        depth: 20,
      }));
    const stream = new RandomStream(9, 'crush');
    const shoppers = Array.from({ length: 60 }, (_, i) =>
      shopper(
        `s${String(i).padStart(2, '0')}`,
        [0, 1, 2].flatMap((): PlainAction[] => {
          const slot = stream.pick(slots, () => 1);
          return [
            { verb: 'take', sku: slot.skus[0]!, from: slot.id, quantity: 1, hands: 1, slow: false, keep: 'bag' },
            { verb: 'look', forUs: 25_000_000, at: null },
          ];
        }),
        { arriveUs: 1_000_000, equipment: i % 6 === 0 ? 'trolley' : 'none' },
      ),
    );
    const built = fixtures.map((each) => each.fixture);
    return testRun(
      shoppers,
      { durationUs: 1_200e6, scales: scalesUnder(built, testRun([]).noise) },
      { fixtures: built, slots },
    );
  };

  test('of 60 in 6 × 6 m never jams for good nor enters a fixture or a wall', () => {
    const run = crush();
    const { fixtures, walls } = new Layout(run);
    const boxes = [...fixtures, ...walls];
    let closestM = Number.POSITIVE_INFINITY;
    let most = 0;
    let fastest = 0;
    const before = new Map<number, readonly [number, number]>();
    const { world, skipped } = play(run, ({ bodies }) => {
      let inside = 0;
      for (const { present, visible, xM, yM, shopperIndex } of bodies) {
        if (!present) {
          before.delete(shopperIndex);
          continue;
        }
        if (visible) inside += 1;
        for (const box of boxes) closestM = Math.min(closestM, distanceToBox(box, xM, yM));
        const last = before.get(shopperIndex);
        if (last) fastest = Math.max(fastest, Math.abs(xM - last[0]), Math.abs(yM - last[1]));
        before.set(shopperIndex, [xM, yM]);
      }
      most = Math.max(most, inside);
    });
    expect(world.isOver).toBe(true);
    expect(skipped).toEqual([]);
    expect(world.carts().reduce((sum, cart) => sum + cart.lines.reduce((n, line) => n + line.count, 0), 0)).toBe(180);
    expect(most).toBeGreaterThan(25);
    expect(closestM).toBeGreaterThan(0.1);
    // No body jumps: at most 6 m/s between two ticks, the push apart included.
    expect(fastest).toBeLessThan(0.1);
  });

  test('makes room: someone standing in a narrow aisle is passed', () => {
    const fixtures = [
      gondola('A', [3, 2.4], Math.PI / 2, { lengthM: 3 }),
      gondola('B', [3, 3.6], -Math.PI / 2, { lengthM: 3 }),
    ];
    const built = fixtures.map((each) => each.fixture);
    const slots = fixtures.flatMap((each) => each.slots);
    const stander = shopper('ana', [
      { verb: 'walk', to: { pointM: [3, 3] } },
      { verb: 'look', forUs: 60_000_000, at: null },
    ]);
    const passer = shopper(
      'ben',
      [
        { verb: 'walk', to: { pointM: [0.8, 3] } },
        { verb: 'walk', to: { pointM: [5.3, 3] } },
        { verb: 'walk', to: { pointM: [0.8, 3] } },
      ],
      { arriveUs: 12_000_000 },
    );
    let closestM = 9;
    const run = testRun([stander, passer], { scales: [] }, { fixtures: built, slots });
    const { truth, skipped } = play(run, ({ bodies: [one, two] }) => {
      if (one!.visible && two!.visible)
        closestM = Math.min(closestM, Math.abs(one!.xM - two!.xM) + Math.abs(one!.yM - two!.yM));
    });
    expect(skipped).toEqual([]);
    const left = truth.find((event) => event.kind === 'left' && event.shopper === 'ben')!;
    expect(left.timeUs).toBeLessThan(50_000_000);
    expect(closestM).toBeGreaterThan(0.3);
  });
});

test('forgets those who have left', () => {
  const shoppers = Array.from({ length: 40 }, (_, i) =>
    shopper(`s${i}`, [{ verb: 'take', sku: 'cola', from: 'G1.1', quantity: 1, hands: 1, slow: false, keep: 'bag' }], {
      arriveUs: i * 20_000_000,
      brings: [{ sku: 'bar', count: 2 }],
    }),
  );
  let most = 0;
  const { world } = play(testRun(shoppers, { durationUs: 1_000e6 }), ({ bodies, items }) => {
    most = Math.max(most, items.size, bodies.filter((body) => body.present).length);
  });
  expect(world.isOver).toBe(true);
  // 108 items at the opening and never more than a few shoppers' own on top.
  expect(most).toBeLessThan(125);
  expect(world.items.size).toBe(108 - 9);
  expect(new Set(world.bodies.map((body) => body.headInWorldM.buffer)).size).toBe(1);
  expect(linesOf(world, 's0')).toEqual(['cola × 1']);
});

test('says where everyone present is', () => {
  const run = testRun([shopper('ana', []), shopper('zoe', [], { arriveUs: 500e6 })]);
  const world = new World(run);
  for (let i = 0; i < 600; i++) world.step();
  const pose = world.pose();
  expect([...pose.shopperIndex]).toEqual([0]);
  expect(pose.inWorldM).toHaveLength(9);
  expect(pose.onFloorM[0]).toBeCloseTo(world.bodies[0]!.xM, 5);
  expect(pose.inWorldM[2]).toBeCloseTo(1.58, 1);
});
