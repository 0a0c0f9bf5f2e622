import { describe, expect, test } from 'vitest';
import type { Cart, EngineOutput } from '../../engine/cart.ts';
import type { TruthCart, TruthEvent } from '../../simulator/truth.ts';
import { countCarts } from './count-carts.ts';
import { scoreRun } from './score.ts';
import { poolScores } from './score-counts.ts';
import { ScoreKeeper } from './score-keeper.ts';
import { cart, claim, lines, moved, SECOND_US, shelfChange, testRun, truthCart } from './test-run.ts';

const outputs = (carts: readonly Cart[]): EngineOutput[] => carts.map((one) => ({ kind: 'cart', cart: one }));
const scored = (carts: readonly Cart[], truthCarts: readonly TruthCart[]) =>
  scoreRun({ run: testRun(), outputs: outputs(carts), truth: [], poses: [], truthCarts });

describe('receipts', () => {
  // ana took 2 cola and 1 soup and is charged 3 cola; ben took 1 soup and is charged just that.
  // Units: TP = min(3,2) + min(0,1) + min(1,1) = 3; charged 3 + 1 = 4; truth 3 + 1 = 4.
  const ana = cart('ana', { cola: 3 });
  const ben = cart('ben', { soup: 1 });
  const truths = [truthCart('ana', { cola: 2, soup: 1 }), truthCart('ben', { soup: 1 })];
  const { scores } = scored([ana, ben], truths);

  test('counts items micro over receipts, as MPS does', () => {
    expect(scores.itemPrecision).toBe(3 / 4);
    expect(scores.itemRecall).toBe(3 / 4);
    expect(scores.itemF1).toBe(3 / 4);
    expect(scores.caseF1).toBe(3 / 4);
  });

  test('calls a cart exact only with every count right, as RPC does', () => {
    // ben's cart is, ana's is not.
    expect(scores.exactCartRate).toBe(1 / 2);
    // ACD: |3−2| + |0−1| = 2 for ana, 0 for ben, mean 1.
    expect(scores.acd).toBe(1);
    // cola: 1/2; soup: 1/2 (one of two missing): mean 1/2.
    expect(scores.mccd).toBe(1 / 2);
    // cola: 2/3; soup: 1/2.
    expect(scores.mciou).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12);
  });

  test('keeps over- and undercharge apart, in units and in money', () => {
    // One cola too many at 150, one soup too few at 400.
    expect([scores.overchargedUnits, scores.overchargedMinor]).toEqual([1, 150]);
    expect([scores.underchargedUnits, scores.underchargedMinor]).toEqual([1, 400]);
    // The store lost one soup; the cola too many loses it nothing.
    expect(scores.leakedUnits).toBe(1);
  });

  test('finds shopping-list items in any quantity', () => {
    // Taken kinds: ana's cola and soup, ben's soup; in the carts: cola of ana, soup of ben.
    expect(scores.shoppingListRecall).toBe(2 / 3);
  });

  test('does not leak what another is charged for', () => {
    // ben took the soup that ana is charged for: one over, one under, none leaked.
    const swapped = scored(
      [cart('ana', { soup: 1 }), cart('ben', {})],
      [truthCart('ana', {}), truthCart('ben', { soup: 1 })],
    );
    expect(swapped.scores.leakedUnits).toBe(0);
    expect([swapped.scores.overchargedUnits, swapped.scores.underchargedUnits]).toEqual([1, 1]);
  });

  test('scores an empty receipt for an empty truth as 1 and leaves what is undefined null', () => {
    const { scores: empty } = scored([cart('ana', {})], [truthCart('ana', {})]);
    expect(empty).toMatchObject({
      caseF1: 1,
      exactCartRate: 1,
      itemF1: null,
      itemPrecision: null,
      calibrationError: null,
    });
    expect(empty).toMatchObject({ changePrecision: null, hota: null, mota: null, idf1: null });
    expect(scored([], []).scores.caseF1).toBeNull();
  });

  test('scores weighed lines in items of mean weight', () => {
    // 610 g of a product of 300 g are two items.
    const weighed = { ...lines({ soup: 1 })[0], quantity: { value: 610, unit: 'g' as const } };
    const { scores: weighedScores } = scored([cart('ana', {}, { lines: [weighed] })], [truthCart('ana', { soup: 2 })]);
    expect(weighedScores.exactCartRate).toBe(1);
  });

  test('prices a weighed item by its mean weight', () => {
    const run = testRun();
    // 300 g at 4.00 a kilogram.
    const products = run.products.map((one) => (one.sku === 'soup' ? { ...one, sellBy: 'weighed' as const } : one));
    const trips = [{ truth: truthCart('ana', { soup: 3 }), cart: cart('ana', { soup: 1 }) }];
    expect(countCarts({ products }, trips).counts).toMatchObject({ underMinor: 240, overMinor: 0 });
  });
});

describe('trips', () => {
  test('leaves out drafts and people still inside', () => {
    const result = scored(
      [cart('ana', { cola: 5 }, { status: 'draft' }), cart('ben', { cola: 5 })],
      [truthCart('ana', {}), truthCart('ben', {}, { exitedAtUs: null })],
    );
    expect(result.scores).toMatchObject({ exactCartRate: null, overchargedUnits: 0, unsettledCarts: 1 });
    expect(result.trips.map((trip) => trip.scored)).toEqual([false, false]);
  });

  test('scores a trip without a cart as an empty one', () => {
    const { scores } = scored([], [truthCart('ana', { cola: 1 }), truthCart('ben', {})]);
    expect(scores).toMatchObject({ exactCartRate: 1 / 2, underchargedUnits: 1, missingCarts: 1 + 1, reviewRate: null });
  });

  test('holds a cart that no trip explains against the engine, unless it is empty', () => {
    const ghost = cart('ghost', { cola: 2 });
    const nothing = cart('wisp', {});
    const { scores } = scored([ghost, nothing], []);
    expect(scores).toMatchObject({ exactCartRate: 0, overchargedUnits: 2, phantomCarts: 1, itemPrecision: 0 });
  });

  test('finds tailgaters by their time of entry', () => {
    // Entries in truth at 10 s and 14 s; carts say 15 s and 11 s, in the other order; a third is 20 s off.
    const truths = [
      truthCart('tom', { cola: 1 }, { credential: null, enteredAtUs: 10 * SECOND_US }),
      truthCart('tim', { soup: 1 }, { credential: null, enteredAtUs: 14 * SECOND_US }),
    ];
    const carts = [
      cart(null, { soup: 1 }, { tripId: 'b', enteredAtUs: 15 * SECOND_US }),
      cart(null, { cola: 1 }, { tripId: 'a', enteredAtUs: 11 * SECOND_US }),
      cart(null, { tea: 1 }, { tripId: 'c', enteredAtUs: 34 * SECOND_US }),
    ];
    const { scores, trips, cartOf } = scored(carts, truths);
    expect(trips.map((trip) => [trip.shopper, trip.tripId])).toEqual([
      ['tom', 'a'],
      ['tim', 'b'],
      [null, 'c'],
    ]);
    expect(scores).toMatchObject({ exactCartRate: 2 / 3, phantomCarts: 1 });
    expect(cartOf.get('tim')!.tripId).toBe('b');
  });

  test('counts a group as one cart with the union of its members', () => {
    const group = truthCart('ana', { cola: 1, soup: 1 }, { members: ['ana', 'ben'] });
    expect(scored([cart('ana', { cola: 1, soup: 1 })], [group]).scores.exactCartRate).toBe(1);
  });

  test('scores staff on what they carry out', () => {
    const { scores } = scored([cart('sam', {})], [truthCart('sam', { tea: 1 }, { role: 'staff' })]);
    expect(scores.underchargedMinor).toBe(275);
  });

  test('puts shopper keys in the place of credentials', () => {
    expect(scored([cart('ana', {})], [truthCart('ana', {})]).carts[0].credential).toBe('ana');
  });
});

describe('trust and delay', () => {
  // Four carts: final exact, final wrong, review exact, review wrong; settled 2, 4, 6 and 8 s after the exit.
  const carts = ['a', 'b', 'c', 'd'].map((key, i) =>
    cart(key, { cola: 1 }, { status: i < 2 ? 'final' : 'review', finalAtUs: (60 + 2 * (i + 1)) * SECOND_US }),
  );
  const truths = ['a', 'b', 'c', 'd'].map((key, i) => truthCart(key, { cola: i % 2 === 0 ? 1 : 2 }));
  const { scores } = scored(carts, truths);

  test('tells review from final', () => {
    expect(scores.reviewRate).toBe(2 / 4);
    expect(scores.autoExactRate).toBe(1 / 2);
  });

  test('measures from the true exit to the receipt', () => {
    // Type 7: p50 of 2, 4, 6, 8 = 5; p95 lies at index 2.85: 6 + 0.85 · 2 = 7.7.
    expect(scores.receiptDelaySecondsP50).toBe(5);
    expect(scores.receiptDelaySecondsP95).toBeCloseTo(7.7, 12);
    expect(scores.finalAtExitRate).toBe(0);
  });

  test('does not count a receipt before the exit as one at the exit', () => {
    // 0.5 s before, 0.5 s after and 2 s after: one of three.
    const times = [59.5, 60.5, 62].map((second, i) => cart(`t${i}`, {}, { finalAtUs: second * SECOND_US }));
    const result = scored(
      times,
      [0, 1, 2].map((i) => truthCart(`t${i}`, {})),
    );
    expect(result.scores.finalAtExitRate).toBe(1 / 3);
  });

  test('compares confidences with what came true', () => {
    // All four lines say 0.9, two are right: one bin, |0.5 − 0.9|.
    expect(scores.calibrationError).toBeCloseTo(0.4, 12);
    expect(scores.cartEce).toBeCloseTo(0.4, 12);
  });
});

describe('shelf changes', () => {
  const truth: TruthEvent[] = [
    // ana takes two colas in one grasp, puts one back, ben takes a soup; ana takes a soup nobody reports.
    moved('ana', 'cola', 'A.1.1', 'ana', 20 * SECOND_US, 1),
    moved('ana', 'cola', 'A.1.1', 'ana', 20.2 * SECOND_US, 1),
    moved('ana', 'cola', 'ana', 'A.1.1', 30 * SECOND_US, 2),
    moved('ben', 'soup', 'A.2.1', 'ben', 32 * SECOND_US, 3),
    moved('ana', 'soup', 'A.2.1', 'ana', 40 * SECOND_US, 4),
    // A hand-over and a fall to the floor touch no shelf.
    moved('ana', 'cola', 'ana', 'ben', 45 * SECOND_US, 5),
    moved('ben', 'cola', 'ben', 'floor', 46 * SECOND_US, 6),
  ];
  const take = shelfChange('1', 'A.1', 21 * SECOND_US, -600);
  const back = shelfChange('2', 'A.1', 31 * SECOND_US, 300);
  const soup = shelfChange('3', 'A.2', 32 * SECOND_US, -300);
  const late = shelfChange('4', 'A.2', 43.5 * SECOND_US, -300);
  const record = {
    run: testRun(['ana', 'ben']),
    truth,
    poses: [],
    truthCarts: [truthCart('ana', { cola: 1, soup: 1 }), truthCart('ben', { soup: 1 })],
  };
  const carts = outputs([cart('ana', {}), cart('ben', {})]);

  test('matches on shelf, sign and time, and tells detection, product and owner apart', () => {
    const claims = [
      claim(take, 'ana', 'cola', 2),
      claim(back, 'ana', 'tea', -1), // wrong product
      claim(soup, 'ana', 'soup', 1), // wrong owner
      claim(late, 'ana', 'soup', 1), // 3.5 s after the true take: a false change
    ];
    const { scores, changes } = scoreRun({ ...record, outputs: [...claims, ...carts] });
    // Truth: 4 changes (the grasp of two is one). Reported: 4, of which 3 are matched.
    expect([scores.changePrecision, scores.changeRecall]).toEqual([3 / 4, 3 / 4]);
    expect(scores.productAccuracy).toBe(2 / 3);
    expect(scores.associationAccuracy).toBe(1 / 2);
    expect(changes.filter((change) => change.by === 'ana' && 'soup' in change.skus)[0]).toMatchObject({
      changeId: null,
      skus: { soup: -1 },
    });
  });

  test('does not match across shelves or signs', () => {
    const wrongShelf = shelfChange('1', 'A.2', 20 * SECOND_US, -600);
    const wrongSign = shelfChange('2', 'A.1', 20 * SECOND_US, 600);
    const outputsMade: EngineOutput[] = [wrongShelf, wrongSign].map((change) => ({ kind: 'change', change }));
    expect(scoreRun({ ...record, truth: truth.slice(0, 2), outputs: outputsMade }).scores).toMatchObject({
      changePrecision: 0,
      changeRecall: 0,
    });
  });

  test('pairs simultaneous takes by weight', () => {
    // Two takes on one shelf 0.2 s apart, 300 g and 600 g, reported at one moment.
    const both = [
      moved('ana', 'cola', 'A.1.1', 'ana', 20 * SECOND_US, 1),
      moved('ben', 'cola', 'A.1.1', 'ben', 20.2 * SECOND_US, 2),
      moved('ben', 'cola', 'A.1.1', 'ben', 20.2 * SECOND_US, 2),
    ];
    const two = shelfChange('two', 'A.1', 20.1 * SECOND_US, -600);
    const one = shelfChange('one', 'A.1', 20.1 * SECOND_US, -300);
    const claims = [claim(two, 'ben', 'cola', 2), claim(one, 'ana', 'cola', 1)];
    const { scores } = scoreRun({ ...record, truth: both, outputs: [...claims, ...carts] });
    expect(scores).toMatchObject({ changePrecision: 1, changeRecall: 1, productAccuracy: 1, associationAccuracy: 1 });
  });

  test('takes a change without a claim by its best product and gives it no owner', () => {
    const silent = { ...soup, products: [{ sku: 'soup', count: -1, prob: 0.8 }] };
    const made: EngineOutput[] = [{ kind: 'change', change: silent }, ...carts];
    expect(scoreRun({ ...record, outputs: made }).scores).toMatchObject({ productAccuracy: 1, associationAccuracy: 0 });
  });
});

test('pools counts over runs but averages the case F1', () => {
  // Run 1: 1 of 1 right (F1 1). Run 2: charged 1 cola, took 3 soup: TP 0 (F1 0).
  const first = scored([cart('ana', { cola: 1 })], [truthCart('ana', { cola: 1 })]);
  const second = scored([cart('ana', { cola: 1 })], [truthCart('ana', { soup: 3 })]);
  const pooled = poolScores([first.counts, second.counts]);
  expect(pooled.caseF1).toBe(1 / 2);
  // Pooled: TP 1, charged 2, truth 4: F1 = 2 / 6.
  expect(pooled.itemF1).toBeCloseTo(1 / 3, 12);
  expect(pooled.exactCartRate).toBe(1 / 2);
  expect(poolScores([first.counts])).toEqual(first.scores);
});

describe('what must never happen', () => {
  const violations = (carts: readonly Cart[], truths: readonly TruthCart[], more: EngineOutput[] = []) =>
    scoreRun({ run: testRun(), outputs: [...more, ...outputs(carts)], truth: [], poses: [], truthCarts: truths })
      .violations;

  test('notices more items charged than ever stood in the store', () => {
    const found = violations([cart('ana', { cola: 6 }), cart('ben', { cola: 5 })], []);
    expect(found).toEqual([{ invariant: 'negative-stock', text: 'cola: 11 charged, 10 ever in the store' }]);
  });

  test('notices a receipt before the exit, and one for somebody still inside', () => {
    const early = cart('ana', {}, { finalAtUs: 59 * SECOND_US });
    expect(violations([early], [truthCart('ana', {})])).toHaveLength(1);
    expect(violations([cart('ana', {})], [truthCart('ana', {}, { exitedAtUs: null })])).toHaveLength(1);
    expect(violations([cart('ana', {})], [truthCart('ana', {})])).toEqual([]);
  });

  test('notices one item in two carts', () => {
    const change = shelfChange('7', 'A.1', 20 * SECOND_US, -300);
    const evidence = {
      ...{ changeId: '7', timeUs: change.fromUs, shelfId: 'A.1', slotId: null, scaleIds: [], deltaGrams: -300 },
      ...{ quantity: 1, handDistanceM: null, rivals: [], products: [] },
    };
    const holding = (key: string) => cart(key, {}, { lines: [{ ...lines({ cola: 1 })[0], evidence: [evidence] }] });
    const taken = [claim(change, 'ana', 'cola', 1)];
    expect(violations([holding('ana')], [], taken)).toEqual([]);
    expect(violations([holding('ana'), holding('ben')], [], taken)).toEqual([
      { invariant: 'item-in-two-carts', text: 'change 7 cola: 2 in carts, 1 moved' },
    ]);
  });
});

test('takes a draft of someone who left over 10 s before the end for no cart at all', () => {
  const keeper = new ScoreKeeper(testRun());
  keeper.output({ kind: 'cart', cart: cart('ana', { cola: 2 }, { status: 'draft' }) });
  const nobody = { shopperIndex: new Int32Array(), inWorldM: new Float32Array(), onFloorM: new Float32Array() };
  keeper.pose({ timeUs: 62 * SECOND_US, ...nobody });
  const { scores } = keeper.finish([truthCart('ana', { cola: 2 }, { exitedAtUs: 50 * SECOND_US })]);
  expect(scores).toMatchObject({ exactCartRate: 0, underchargedUnits: 2, missingCarts: 1 });
});
