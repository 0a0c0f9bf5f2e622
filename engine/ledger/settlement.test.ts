import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpenClaim } from '../attribution/attribution.ts';
import { SetLinks, testProduct, testStore } from '../attribution/test-world.ts';
import type { Cart } from '../cart.ts';
import { ClaimBook } from './claim-book.ts';
import { Ledger } from './ledger.ts';
import { type Doubt, Settlement } from './settlement.ts';

const store = testStore(
  [testProduct('a', 200), testProduct('b', 350), testProduct('apples', 150, { sellBy: 'weighed' })],
  [
    { skus: ['a'], cells: 2, stock: 3 },
    { skus: ['b'], cells: 2, stock: 3 },
    { skus: ['apples'], cells: 1, stock: 3 },
  ],
);
const SETTLE_US = 1_000_000;

function books() {
  const link = new SetLinks();
  const ledger = new Ledger(store);
  const settled = new Map<string, Cart>();
  const book = new ClaimBook(ledger, link, (tripId) => settled.has(tripId));
  const options = { settleUs: SETTLE_US, reviewBelowProb: 0.5 };
  const settlement = new Settlement(store, ledger, book, link, settled, options);
  const settle = (nowUs: number, doubt: Doubt = 'none') => settlement.settle(nowUs, nowUs + 7, () => doubt);
  const finish = (arrivalUs: number) => settlement.finish(arrivalUs, () => 'none');
  const enter = (tripId: string, trackId: number, staff = false) => {
    link.shares.set(trackId, [{ tripId, prob: 1 }]);
    return link.trip(tripId, { staff, enteredAtUs: trackId });
  };
  return { link, ledger, book, settlement, settle, finish, enter };
}

let claims = 0;
/** A claim by one track, sure of itself unless told otherwise. */
function claim(
  trackId: number,
  sku: string,
  quantity: number,
  over: Partial<OpenClaim> & { share?: number; rival?: number } = {},
): OpenClaim {
  const { share = 1, rival = -1, ...rest } = over;
  const slotId = { a: 'F.1.1', b: 'F.1.2', apples: 'F.1.3' }[sku]!;
  const change = {
    changeId: `c${++claims}`,
    shelfId: 'F.1',
    slotId,
    scaleIds: ['scales/F.1'],
    fromUs: 0,
    toUs: 0,
    deltaGrams: -200 * quantity,
    inWorldM: [5, 5, 1] as const,
    products: [],
  };
  const candidates = [
    { trackId, prob: share, handDistanceM: 0.1 },
    { trackId: rival, prob: 1 - share, handDistanceM: null },
  ];
  return {
    change,
    scaleId: 'scales/F.1',
    timeUs: claims,
    sku,
    quantity,
    unit: 'each',
    products: [{ sku, count: -quantity, prob: 1 }],
    candidates,
    purpose: 'trade',
    ...rest,
  };
}

const linesOf = (cart: Cart | undefined) => cart?.lines.map((line) => [line.sku, line.quantity.value]);

describe('settling', () => {
  test('gives a cart once, after the exit and the settling time', () => {
    const { book, settle, enter } = books();
    const trip = enter('t', 1);
    book.add(claim(1, 'a', 2));
    book.add(claim(1, 'b', 1));
    book.add(claim(1, 'a', -1));
    expect(settle(50e6)).toEqual([]);
    trip.exitedAtUs = 60e6;
    expect(settle(60e6 + SETTLE_US - 1)).toEqual([]);
    const [cart, ...more] = settle(60e6 + SETTLE_US);
    expect(more).toEqual([]);
    expect(linesOf(cart)).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(cart).toMatchObject({ tripId: 't', credential: 'card-t', status: 'final', confidence: 1, exitedAtUs: 60e6 });
    expect(cart.finalAtUs).toBe(60e6 + SETTLE_US + 7);
    expect(cart.lines[0].evidence.map((row) => row.quantity)).toEqual([2, -1]);
    expect(settle(70e6)).toEqual([]);
  });

  test('waits while a change near the trip is open, but not for ever', () => {
    const { settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    expect(settle(30e6, 'open')).toEqual([]);
    expect(settle(10e6 + SETTLE_US + 60e6, 'open').map((cart) => cart.status)).toEqual(['review']);
  });

  test('sends a trip that stood at a blind scale to a person without waiting', () => {
    const { book, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    book.add(claim(1, 'a', 1));
    const [cart] = settle(20e6, 'blind');
    expect(cart).toMatchObject({ status: 'review', confidence: 0.4 });
    expect(cart.lines[0].confidence).toBe(1);
  });

  test('gives an empty cart to a credential that took nothing, and none to a ghost', () => {
    const { link, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    link.trip('ghost', { credential: null, exitedAtUs: 10e6 });
    expect(settle(20e6).map((cart) => [cart.tripId, cart.lines])).toEqual([['t', []]]);
  });

  test('drafts the carts of those inside at the end, and closes those who left', () => {
    const { book, finish, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    enter('u', 2);
    book.add(claim(2, 'a', 1));
    const carts = finish(11e6);
    expect(carts.map((cart) => [cart.tripId, cart.status, cart.finalAtUs])).toEqual([
      ['t', 'final', 11e6],
      ['u', 'draft', null],
    ]);
  });

  test('sends a cart that is rather wrong than right to a person', () => {
    const { book, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    enter('u', 2);
    book.add(claim(1, 'a', 1, { share: 0.6, rival: 2 }));
    book.add(claim(1, 'b', 1, { share: 0.7, rival: 2 }));
    const [cart] = settle(20e6);
    expect(cart.confidence).toBeCloseTo(0.42, 9);
    expect(cart.lines.map((line) => Number(line.confidence.toFixed(9)))).toEqual([0.6, 0.7]);
    expect(cart.status).toBe('review');
  });

  test('lowers the confidence of a cart from which something may be missing', () => {
    const { book, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    enter('u', 2).exitedAtUs = 11e6;
    book.add(claim(2, 'a', 1, { share: 0.7, rival: 1 }));
    const [t, u] = settle(20e6);
    expect([linesOf(t), linesOf(u)]).toEqual([[], [['a', 1]]]);
    expect([t.confidence, u.confidence].map((prob) => Number(prob.toFixed(9)))).toEqual([0.7, 0.7]);
  });

  test('does not touch a cart that is closed: a claim that comes too late is on nobody', () => {
    const { book, ledger, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    settle(20e6);
    expect(book.add(claim(1, 'a', 1)).isLate).toBe(true);
    expect(ledger.heldBy('t')).toEqual([]);
    expect(ledger.takeEntries().at(-1)).toMatchObject({ reason: 'unattributed', to: { kind: 'elsewhere' } });
  });

  test('forgets claims once nobody inside has a part in them', () => {
    const { book, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    enter('u', 2);
    book.add(claim(1, 'a', 1));
    book.add(claim(1, 'b', 1, { share: 0.9, rival: 2 }));
    settle(20e6);
    expect(book.size).toBe(1);
  });
});

describe('who is who', () => {
  test('is asked again at settlement, and goods follow with net entries', () => {
    const { link, book, ledger, settle, enter } = books();
    const t = enter('t', 1);
    enter('u', 2);
    book.add(claim(1, 'a', 2));
    book.add(claim(1, 'a', -1));
    link.shares.set(1, [
      { tripId: 'u', prob: 0.9 },
      { tripId: 't', prob: 0.1 },
    ]);
    t.exitedAtUs = 10e6;
    const [cart] = settle(20e6);
    expect(linesOf(cart)).toEqual([]);
    expect(ledger.heldBy('u')).toEqual([{ sku: 'a', quantity: 1 }]);
    const moved = ledger.takeEntries().filter((entry) => entry.reason === 'reassigned');
    expect(moved.map((entry) => [entry.from, entry.to, entry.quantity])).toEqual([
      [{ kind: 'trip', id: 't' }, { kind: 'trip', id: 'u' }, 1],
    ]);
  });

  test('carries the doubt at the gate into the lines', () => {
    const { link, book, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    enter('u', 2);
    link.shares.set(1, [
      { tripId: 't', prob: 0.8 },
      { tripId: 'u', prob: 0.2 },
    ]);
    book.add(claim(1, 'a', 1));
    const [cart] = settle(20e6);
    expect(cart.lines[0].confidence).toBeCloseTo(0.8, 9);
    expect(cart.lines[0].evidence[0].rivals).toEqual([
      { tripId: 't', prob: 0.8 },
      { tripId: 'u', prob: 0.2 },
      { tripId: null, prob: 0 },
    ]);
  });
});

describe('special goods and people', () => {
  test('charges staff what they carry out and nothing they restock', () => {
    const { book, ledger, settle, enter } = books();
    enter('s', 1, true).exitedAtUs = 10e6;
    book.add(claim(1, 'a', -4, { purpose: 'restock' }));
    book.add(claim(1, 'b', 1));
    const [cart] = settle(20e6);
    expect(linesOf(cart)).toEqual([['b', 1]]);
    expect(ledger.balance({ kind: 'slot', id: 'F.1.1' }, 'a')).toBe(7);
  });

  test('makes no line of what may not be sold by weight, and says so in the confidence', () => {
    const { book, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    book.add(claim(1, 'apples', 310, { purpose: 'refused', unit: 'g' }));
    const [cart] = settle(20e6);
    expect(cart).toMatchObject({ lines: [], confidence: 0, status: 'review' });
  });

  test('charges grams where the scale is approved', () => {
    const { book, settle, enter } = books();
    enter('t', 1).exitedAtUs = 10e6;
    book.add(claim(1, 'apples', 310, { unit: 'g' }));
    expect(settle(20e6)[0].lines[0].quantity).toEqual({ value: 310, unit: 'g' });
  });
});

describe("a reviewer's answer", () => {
  const decision = (tripId: string, lines: { sku: string; quantity: number }[], sequence = 0) => ({
    kind: 'decision' as const,
    sensorId: 'desk',
    timeUs: 90e6,
    arrivalUs: 90e6,
    sequence,
    tripId,
    lines,
  });
  const settled = () => {
    const world = books();
    world.enter('t', 1).exitedAtUs = 10e6;
    world.book.add(claim(1, 'a', 2));
    world.settle(20e6);
    return world;
  };

  test('becomes a new cart and ledger entries', () => {
    const { settlement, ledger } = settled();
    const cart = settlement.decide(
      decision('t', [
        { sku: 'b', quantity: 1 },
        { sku: 'a', quantity: 1 },
      ]),
    ) as Cart;
    expect(cart).toMatchObject({ status: 'reviewed', confidence: 1, tripId: 't' });
    expect(linesOf(cart)).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    for (const line of cart.lines) expect(line.evidence.at(-1)!.changeId).toBe('desk#0');
    expect(ledger.heldBy('t')).toEqual(cart.lines.map(({ sku, quantity }) => ({ sku, quantity: quantity.value })));
    expect(ledger.takeEntries().filter((entry) => entry.reason === 'reviewed')).toHaveLength(2);
  });

  test('is taken once', () => {
    const { settlement } = settled();
    settlement.decide(decision('t', [{ sku: 'a', quantity: 1 }]));
    expect(settlement.decide(decision('t', [{ sku: 'a', quantity: 1 }], 1))).toBe('already decided so');
  });

  test.each([
    ['nobody', [], 'no such trip, or one settled too long ago'],
    ['t', [{ sku: 'zzz', quantity: 1 }], 'unknown SKU zzz'],
    ['t', [{ sku: 'a', quantity: -1 }], 'quantity -1 of a'],
    ['t', [{ sku: 'a', quantity: Number.NaN }], 'quantity NaN of a'],
  ])('for %s with %j is refused: %s', (tripId, lines, why) => {
    expect(settled().settlement.decide(decision(tripId, lines))).toBe(why);
  });

  test('is refused once the link has forgotten the trip and a shift has passed', () => {
    const { settlement, link, ledger } = settled();
    settlement.takeStale(4 * 3600e6 + 9e6);
    link.all.length = 0;
    settlement.takeStale(4 * 3600e6 + 9e6);
    expect(ledger.heldBy('t')).not.toEqual([]);
    settlement.takeStale(4 * 3600e6 + 11e6);
    expect(ledger.heldBy('t')).toEqual([]);
    expect(settlement.decide(decision('t', []))).toBe('no such trip, or one settled too long ago');
  });

  test('is refused before the exit', () => {
    const { settlement, enter } = books();
    enter('t', 1);
    expect(settlement.decide(decision('t', []))).toBe('the trip is not settled yet');
  });
});

describe('for any claims and any change of mind about who is who', () => {
  const step = fc.record({
    track: fc.integer({ min: 1, max: 3 }),
    rival: fc.constantFrom(-1, 1, 2, 3),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    sku: fc.constantFrom('a', 'b'),
    quantity: fc.constantFrom(-2, -1, 1, 2, 3),
    /** Trip that the track is relinked to before this claim, with a probability. */
    relink: fc.tuple(fc.constantFrom('t1', 't2', 't3'), fc.double({ min: 0, max: 1, noNaN: true })),
    exit: fc.boolean(),
  });
  const play = (
    steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
    name: (id: string) => string,
  ) => {
    const world = books();
    for (const n of [1, 2, 3]) world.enter(name(`t${n}`), n);
    const carts: Cart[] = [];
    steps.forEach((row, i) => {
      claims = 1000 + i;
      const [trip, prob] = row.relink;
      world.link.shares.set(row.track, [
        { tripId: name(trip), prob },
        { tripId: null, prob: 1 - prob },
      ]);
      const { share, rival } = row;
      world.book.add(claim(row.track, row.sku, row.quantity, { share, rival: rival === row.track ? -1 : rival }));
      if (row.exit) world.link.all.find((one) => one.tripId === name(`t${row.track}`))!.exitedAtUs ??= i * 10e6;
      carts.push(...world.settle((i + 1) * 10e6));
    });
    carts.push(...world.finish(1e9));
    return { world, carts };
  };

  test('keeps items conserved, stock non-negative, carts backed by evidence and given once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const { world, carts } = play(steps, (id) => id);
        for (const sku of ['a', 'b']) {
          const places = [1, 2, 3].map((n) => ({ kind: 'slot', id: `F.1.${n}` }) as const);
          const trips = ['t1', 't2', 't3'].map((id) => ({ kind: 'trip', id }) as const);
          const balances = [...places, ...trips].map((account) => world.ledger.balance(account, sku));
          expect(balances.every((balance) => balance >= 0)).toBe(true);
          const total = balances.reduce(
            (sum, balance) => sum + balance,
            world.ledger.balance({ kind: 'elsewhere' }, sku),
          );
          expect(total).toBe(3);
        }
        expect(new Set(carts.map((cart) => cart.tripId)).size).toBe(carts.length);
        expect(carts).toHaveLength(3);
        for (const cart of carts) {
          expect(cart.confidence).toBeGreaterThanOrEqual(0);
          expect(cart.confidence).toBeLessThanOrEqual(1);
          expect(linesOf(cart)).toEqual(world.ledger.heldBy(cart.tripId).map(({ sku, quantity }) => [sku, quantity]));
          for (const line of cart.lines) {
            expect(line.quantity.value).toBe(line.evidence.reduce((sum, row) => sum + row.quantity, 0));
            for (const row of line.evidence) {
              expect(row.rivals.reduce((sum, rival) => sum + rival.prob, 0)).toBeCloseTo(1, 9);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('gives the same carts under other trip ids', () => {
    const other: Record<string, string> = { t1: 'zz', t2: 'aa', t3: 'mm' };
    const back = Object.fromEntries(Object.entries(other).map(([from, to]) => [to, from]));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const plain = play(steps, (id) => id).carts;
        const named = play(steps, (id) => other[id]).carts;
        const text = JSON.stringify(named).replace(
          /"((?:card-)?)(zz|aa|mm)"/g,
          (_, card, id) => `"${card}${back[id]}"`,
        );
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(plain)));
      }),
      { numRuns: 100 },
    );
  });
});
