import { describe, expect, test } from 'vitest';
import { linesOf, play } from './test-play.ts';
import { type PlainAction, shopper, testRun } from './test-run.ts';

const takeCola = (more: Partial<Extract<PlainAction, { verb: 'take' }>> = {}): PlainAction => ({
  verb: 'take',
  sku: 'cola',
  from: 'G1.1',
  quantity: 1,
  hands: 1,
  slow: false,
  keep: 'hand',
  ...more,
});

describe('goods', () => {
  test('go from the slot into the cart of who takes them', () => {
    const { world, moves, skipped } = play(testRun([shopper('ana', [takeCola({ quantity: 2 })])]));
    expect(skipped).toEqual([]);
    expect(moves).toEqual(['G1.1.1 > ana cola', 'G1.1.1 > ana cola']);
    expect(linesOf(world, 'ana')).toEqual(['cola × 2']);
  });

  test('lifted by two hands or by the handful share a grasp', () => {
    const bars = takeCola({ sku: 'bar', from: 'G1.2', quantity: 3 });
    const { truth } = play(testRun([shopper('ana', [takeCola({ quantity: 2, hands: 2 }), bars])]));
    const grasps = truth.flatMap((event) => (event.kind === 'moved' ? [event.grasp] : []));
    expect(grasps).toHaveLength(5);
    expect(new Set(grasps.slice(0, 2)).size).toBe(1);
    expect(new Set(grasps.slice(2)).size).toBe(1);
    expect(new Set(grasps).size).toBe(2);
  });

  test('put back in the right place, the wrong slot and another fixture are charged to nobody, and can be bought there', () => {
    const back = (to: string): PlainAction => ({ verb: 'putback', sku: 'cola', to, quantity: 1 });
    const ana = shopper('ana', [takeCola({ quantity: 3 }), back('G1.1'), back('G1.2.2'), back('G2.3.2')]);
    const ben = shopper('ben', [takeCola({ from: 'G2.3.2' })], { arriveUs: 60_000_000 });
    const { world, moves, skipped } = play(testRun([ana, ben]));
    expect(skipped).toEqual([]);
    expect(moves.slice(3, 6)).toEqual(['ana > G1.1.1 cola', 'ana > G1.2.2 cola', 'ana > G2.3.2 cola']);
    expect(linesOf(world, 'ana')).toEqual([]);
    expect(linesOf(world, 'ben')).toEqual(['cola × 1']);
  });

  test('put onto a shelf by then are there for who takes them at a set time', () => {
    const back: PlainAction = { verb: 'putback', sku: 'cola', to: 'G2.3.2', quantity: 1, atUs: 40_000_000 };
    const ana = shopper('ana', [takeCola(), back]);
    const ben = shopper('ben', [takeCola({ from: 'G2.3.2', atUs: 60_000_000 })]);
    const late = shopper('cyd', [takeCola({ from: 'G2.3.2', atUs: 65_000_000 })]);
    const { world, skipped } = play(testRun([ana, ben, late]));
    expect(skipped).toEqual(['cyd: there is no cola at G2.3.2']);
    expect(linesOf(world, 'ben')).toEqual(['cola × 1']);
  });

  test('held for long over the shelf are back on it but for what is kept', () => {
    const hold: PlainAction = { verb: 'hold', sku: 'cola', from: 'G1.1', quantity: 2, forUs: 5_000_000, keepCount: 1 };
    const { world, truth, moves } = play(testRun([shopper('ana', [hold])]));
    expect(moves).toEqual(['G1.1.1 > ana cola', 'G1.1.1 > ana cola', 'ana > G1.1.1 cola']);
    const times = truth.flatMap((event) => (event.kind === 'moved' ? [event.timeUs] : []));
    expect(times[2]! - times[1]!).toBeGreaterThan(5_000_000);
    expect(linesOf(world, 'ana')).toEqual(['cola × 1']);
  });

  test('handed over count for who carries them out', () => {
    const ana = shopper('ana', [takeCola(), { verb: 'give', sku: 'cola', quantity: 1, to: 'ben' }]);
    const ben = shopper('ben', [{ verb: 'look', forUs: 40_000_000, at: null }]);
    const { world, moves, skipped } = play(testRun([ana, ben]));
    expect(skipped).toEqual([]);
    expect(moves[1]).toBe('ana > ben cola');
    expect(linesOf(world, 'ana')).toEqual([]);
    expect(linesOf(world, 'ben')).toEqual(['cola × 1']);
  });

  test('exchanged change hands both ways in one grasp', () => {
    const ana = shopper('ana', [takeCola(), { verb: 'exchange', give: 'cola', get: 'crisps', with: 'ben', sync: 's' }]);
    const ben = shopper('ben', [takeCola({ sku: 'crisps' }), { verb: 'look', forUs: 30_000_000, at: null, sync: 's' }]);
    const { world, skipped, truth } = play(testRun([ana, ben]));
    expect(skipped).toEqual([]);
    const grasps = truth.flatMap((event) => (event.kind === 'moved' ? [event.grasp] : []));
    expect(grasps[2]).toBe(grasps[3]);
    expect(linesOf(world, 'ana')).toEqual(['crisps × 1']);
    expect(linesOf(world, 'ben')).toEqual(['cola × 1']);
  });

  test('left on the floor are nobody’s until picked up', () => {
    const ana = shopper('ana', [takeCola({ quantity: 2 }), { verb: 'drop', sku: 'cola', quantity: 2 }]);
    const ben = shopper('ben', [{ verb: 'pickup', sku: 'cola', quantity: 1 }], { arriveUs: 40_000_000 });
    const { world, moves, skipped } = play(testRun([ana, ben]));
    expect(skipped).toEqual([]);
    expect(moves.slice(2)).toEqual(['ana > floor cola', 'ana > floor cola', 'floor > ben cola']);
    expect(linesOf(world, 'ana')).toEqual([]);
    expect(linesOf(world, 'ben')).toEqual(['cola × 1']);
    expect([...world.items.values()].filter((item) => item.place.at === 'floor')).toHaveLength(1);
  });

  test('swept off a slot are all taken, with both hands at once', () => {
    const { world, truth } = play(testRun([shopper('ana', [{ verb: 'sweep', slot: 'G1.1.1', keep: 'bag' }])]));
    expect(linesOf(world, 'ana')).toEqual(['cola × 9']);
    const grasps = new Set(truth.flatMap((event) => (event.kind === 'moved' ? [event.grasp] : [])));
    expect(grasps.size).toBe(5);
  });

  test('hidden in a bag still count, and come out of it to be put back', () => {
    const ana = shopper('ana', [
      takeCola({ quantity: 2 }),
      { verb: 'stow', sku: 'cola', quantity: 2, into: 'bag' },
      { verb: 'putback', sku: 'cola', to: 'G1.1', quantity: 1 },
    ]);
    const { world, skipped } = play(testRun([ana]));
    expect(skipped).toEqual([]);
    expect(linesOf(world, 'ana')).toEqual(['cola × 1']);
  });

  test('eaten inside are charged, wholly or in part, even when the rest goes back', () => {
    const ana = shopper('ana', [
      takeCola({ quantity: 2 }),
      { verb: 'consume', sku: 'cola', share: 1 },
      { verb: 'consume', sku: 'cola', share: 0.5 },
      { verb: 'putback', sku: 'cola', to: 'G1.1', quantity: 1 },
    ]);
    const ben = shopper('ben', [takeCola({ quantity: 8 })], { arriveUs: 90_000_000 });
    const { world, truth } = play(testRun([ana, ben], { durationUs: 300_000_000 }));
    expect(linesOf(world, 'ana')).toEqual(['cola × 2']);
    // The half-empty one is among Ben's eight, and paid for already.
    expect(linesOf(world, 'ben')).toEqual(['cola × 7']);
    const grams = truth.flatMap((event) => (event.kind === 'moved' && event.to === 'G1.1.1' ? [event.grams] : []));
    expect(grams[0]).toBeGreaterThan(165);
    expect(grams[0]).toBeLessThan(185);
  });
});

describe('a multipack', () => {
  const takeSix = takeCola({ sku: 'six', from: 'G1.2' });
  const split: PlainAction = { verb: 'split-pack', sku: 'six' };
  const back = (quantity: number): PlainAction => ({ verb: 'putback', sku: 'cola', to: 'G1.1', quantity });

  test('opened and kept in part is charged as the pack', () => {
    const { world, skipped } = play(testRun([shopper('ana', [takeSix, split, back(4)])], { durationUs: 300e6 }));
    expect(skipped).toEqual([]);
    expect(linesOf(world, 'ana')).toEqual(['six × 1']);
  });

  test('opened and put back whole is charged to nobody, its singles to who takes them', () => {
    const ana = shopper('ana', [takeSix, split, back(6)]);
    const ben = shopper('ben', [{ ...takeCola({ quantity: 2 }) }], { arriveUs: 150_000_000 });
    const { world } = play(testRun([ana, ben], { durationUs: 400e6 }));
    expect(linesOf(world, 'ana')).toEqual([]);
    expect(linesOf(world, 'ben')).toEqual(['cola × 2']);
  });
});

describe('things brought in', () => {
  const brings = [{ sku: 'cola', count: 1 }];

  test('are not charged, unless one more is taken', () => {
    const { world } = play(testRun([shopper('ana', [takeCola()], { brings })]));
    expect(linesOf(world, 'ana')).toEqual(['cola × 1']);
    expect(linesOf(play(testRun([shopper('ana', [], { brings })])).world, 'ana')).toEqual([]);
  });

  test('left on the shelf pay for one like them', () => {
    const ana = shopper('ana', [{ verb: 'putback', sku: 'cola', to: 'G1.1', quantity: 1 }, takeCola()], { brings });
    const { world, skipped } = play(testRun([ana]));
    expect(skipped).toEqual([]);
    expect(linesOf(world, 'ana')).toEqual([]);
  });
});

describe('staff', () => {
  test('restock, withdraw free of charge, and pay for what they take', () => {
    const staff = shopper(
      'sue',
      [
        { verb: 'restock', sku: 'cola', to: 'G1.1', quantity: 3 },
        { verb: 'withdraw', sku: 'crisps', from: 'G1.1', quantity: 2 },
        takeCola({ sku: 'bar', from: 'G1.2' }),
      ],
      { role: 'staff' },
    );
    const { world, moves, skipped } = play(testRun([staff]));
    expect(skipped).toEqual([]);
    expect(moves.filter((move) => move === 'sue > G1.1.1 cola')).toHaveLength(3);
    expect(moves.filter((move) => move === 'G1.1.2 > sue crisps')).toHaveLength(2);
    expect(linesOf(world, 'sue')).toEqual(['bar × 1']);
    expect(world.carts()[0]!.role).toBe('staff');
  });
});

describe('an impossible action', () => {
  test('is skipped with a reason, and the next one goes on', () => {
    const ana = shopper('ana', [
      takeCola({ from: 'G9' }),
      takeCola({ sku: 'six' }),
      { verb: 'putback', sku: 'cola', to: 'G1.1', quantity: 1 },
      { verb: 'give', sku: 'cola', quantity: 1, to: 'nobody' },
      { verb: 'drop', sku: 'cola', quantity: 1 },
      { verb: 'pickup', sku: 'cola', quantity: 1 },
      { verb: 'consume', sku: 'cola', share: 1 },
      { verb: 'split-pack', sku: 'cola' },
      { verb: 'stow', sku: 'cola', quantity: 1, into: 'bag' },
      { verb: 'touch', at: 'G9', forUs: 1, pressGrams: 1 },
      { verb: 'sweep', slot: 'G9.1.1', keep: 'hand' },
      { verb: 'walk', to: { zone: 'nowhere' } },
      { verb: 'exchange', give: 'cola', get: 'bar', with: 'nobody' },
      { verb: 'join', shopper: 'nobody' },
      takeCola({ quantity: 12 }),
    ]);
    const { world, truth } = play(testRun([ana], { durationUs: 400e6 }));
    const skipped = truth.flatMap((event) => (event.kind === 'skipped' ? [event.action] : []));
    expect(skipped).toEqual(Array.from({ length: 15 }, (_, i) => i));
    expect(linesOf(world, 'ana')).toEqual(['cola × 9']);
  });

  test('is a shelf too high for a child of 80 cm', () => {
    const child = shopper('kid', [takeCola({ from: 'G1.3' }), takeCola()], { heightM: 0.8 });
    const { skipped, world } = play(testRun([child]));
    expect(skipped).toEqual(['kid: G1.3.1 is out of reach']);
    expect(linesOf(world, 'kid')).toEqual(['cola × 1']);
  });
});

describe('a barrier', () => {
  test('brings hands to the shelves at the same tick', () => {
    const ana = shopper('ana', [{ verb: 'touch', at: 'G1.1', forUs: 1e6, pressGrams: 50, sync: 'reach' }]);
    const ben = shopper('ben', [{ ...takeCola({ from: 'G2.1' }), sync: 'reach' }], { arriveUs: 9_000_000 });
    const { truth, skipped } = play(testRun([ana, ben]));
    expect(skipped).toEqual([]);
    const touched = truth.find((event) => event.kind === 'touched' && event.by === 'ana')!;
    const moved = truth.find((event) => event.kind === 'moved')!;
    expect(Math.abs(touched.timeUs - moved.timeUs)).toBeLessThan(5_000_000);
  });

  test('that someone never comes to opens for the others after a minute, or when that one has left', () => {
    const ana = shopper('ana', [{ ...takeCola(), sync: 'never' }]);
    const late = shopper('late', [{ ...takeCola(), sync: 'never' }], { arriveUs: 1e9 });
    const { skipped, world } = play(testRun([ana, late], { durationUs: 150e6 }));
    expect(skipped).toEqual(['ana: waited 60 s for the others at sync never']);
    expect(world.carts()[0]!.exitedAtUs).not.toBeNull();
    const refused = shopper('ben', [{ ...takeCola(), sync: 'never' }], { refused: true });
    expect(linesOf(play(testRun([ana, refused])).world, 'ana')).toEqual(['cola × 1']);
  });

  test('and `at` hold an action back', () => {
    const { truth } = play(testRun([shopper('ana', [{ ...takeCola(), atUs: 40_000_000 }])]));
    const moved = truth.find((event) => event.kind === 'moved')!;
    expect(moved.timeUs).toBeGreaterThan(40_000_000);
    expect(moved.timeUs).toBeLessThan(46_000_000);
  });
});
