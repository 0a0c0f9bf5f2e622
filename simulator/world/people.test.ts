import { describe, expect, test } from 'vitest';
import { credentialOf } from '../credential.ts';
import { hypot2 } from '../maths.ts';
import type { Run } from '../scenario/run.ts';
import { linesOf, play } from './test-play.ts';
import { gondola, type PlainAction, shopper, testRun } from './test-run.ts';
import type { GateEvent } from './view.ts';

const cola: PlainAction = {
  verb: 'take',
  sku: 'cola',
  from: 'G1.1',
  quantity: 1,
  hands: 1,
  slow: false,
  keep: 'hand',
};
const wait = (forUs: number): PlainAction => ({ verb: 'look', forUs, at: null });

function gateEventsOf(run: Run): { events: (GateEvent & { timeUs: number })[] } & ReturnType<typeof play> {
  const events: (GateEvent & { timeUs: number })[] = [];
  const played = play(run, (world) => {
    for (const event of world.gateEvents) events.push({ ...event, timeUs: world.timeUs });
  });
  return { events, ...played };
}

describe('at the gate', () => {
  test('a shopper shows its credential outside, then enters', () => {
    const { events, truth, world } = gateEventsOf(testRun([shopper('ana', [])]));
    const credential = credentialOf(7, 'ana');
    expect(events.map(({ timeUs: _, ...event }) => event)).toEqual([
      { gateId: 'gate', event: 'entry', credential, admits: 1 },
    ]);
    const entered = truth.find((event) => event.kind === 'entered')!;
    expect(entered).toMatchObject({ shopper: 'ana', party: 'ana', credential, role: 'shopper' });
    expect(entered.timeUs).toBeGreaterThan(events[0]!.timeUs);
    expect(world.carts()).toMatchObject([{ shopper: 'ana', credential, enteredAtUs: entered.timeUs }]);
  });

  test('people queue up and enter one by one, in the order they came', () => {
    const shoppers = Array.from({ length: 12 }, (_, i) =>
      shopper(`s${String(i).padStart(2, '0')}`, [], { arriveUs: 1_000_000 + i * 100_000 }),
    );
    const { truth, events } = gateEventsOf(testRun(shoppers));
    const entered = truth.filter((event) => event.kind === 'entered');
    expect(entered.map((event) => event.shopper)).toEqual(shoppers.map(({ key }) => key));
    for (let i = 1; i < events.length; i++) expect(events[i]!.timeUs - events[i - 1]!.timeUs).toBeGreaterThan(500_000);
  });

  test('half of the parties show it once for all, the others each for themselves', () => {
    const party = (name: string) =>
      [1, 2, 3].map((n) => shopper(`${name}${n}`, [], { party: name, arriveUs: 1_000_000 + n * 200_000 }));
    const names = Array.from({ length: 16 }, (_, i) => `p${String(i).padStart(2, '0')}-`);
    let once = 0;
    for (const name of names) {
      const { events, world } = gateEventsOf(testRun(party(name)));
      if (events.length === 1) once += 1;
      else expect(events).toHaveLength(3);
      expect(events.reduce((sum, event) => sum + event.admits, 0)).toBe(3);
      expect(new Set(events.map((event) => event.credential)).size).toBe(1);
      expect(world.carts()).toHaveLength(1);
      expect(world.carts()[0]!.members).toHaveLength(3);
    }
    expect(once).toBeGreaterThan(3);
    expect(once).toBeLessThan(13);
  });

  test('the refused turn round and have no trip', () => {
    const { events, truth, world } = gateEventsOf(testRun([shopper('ana', [cola], { refused: true })]));
    expect(events.map((event) => event.event)).toEqual(['refused']);
    expect(truth.filter((event) => event.kind === 'entered')).toEqual([]);
    expect(world.carts()).toEqual([]);
    expect(world.isOver).toBe(true);
  });

  test('a tailgater slips in behind another without a gate event, and its cart has no credential', () => {
    const tailgater = shopper('tim', [cola], { tailgates: 'ana', arriveUs: 500_000 });
    const { events, truth, world } = gateEventsOf(testRun([shopper('ana', [], { arriveUs: 5e6 }), tailgater]));
    expect(events).toHaveLength(1);
    const entered = truth.filter((event) => event.kind === 'entered');
    expect(entered.map((event) => event.shopper)).toEqual(['ana', 'tim']);
    expect(entered[1]!.timeUs - entered[0]!.timeUs).toBeLessThan(4_000_000);
    expect(world.carts().find((cart) => cart.shopper === 'tim')).toMatchObject({ credential: null });
    expect(linesOf(world, 'tim')).toEqual(['cola × 1']);
  });

  test('nobody is asked at a door without a gate', () => {
    const { events, world } = gateEventsOf(testRun([shopper('ana', [cola], { entryDoor: 'out' })]));
    expect(events).toEqual([]);
    expect(world.carts()).toMatchObject([{ credential: null, lines: [{ sku: 'cola', count: 1 }] }]);
  });
});

describe('a carried child', () => {
  test('rides along, takes with its own hands, and leaves with its carrier', () => {
    const mum = shopper('mum', [{ verb: 'walk', to: { fixture: 'G2' } }, wait(2e6)], { party: 'mum' });
    const kid = shopper('mum-kid', [{ ...cola, from: 'G1.2', sku: 'bar' }], {
      party: 'mum',
      carriedBy: 'mum',
      heightM: 0.85,
    });
    let apartM = 0;
    const { events, truth, world, skipped } = gateEventsOf(testRun([mum, kid]));
    play(testRun([mum, kid]), ({ bodies: [carrier, child] }) => {
      if (child!.present) apartM = Math.max(apartM, hypot2(carrier!.xM - child!.xM, carrier!.yM - child!.yM));
    });
    expect(skipped).toEqual([]);
    expect(events.map((event) => event.admits)).toEqual([2]);
    const moved = truth.filter((event) => event.kind === 'moved');
    expect(moved.map((event) => event.by)).toEqual(['mum-kid']);
    expect(apartM).toBeGreaterThan(0.1);
    expect(apartM).toBeLessThan(0.6);
    expect(world.carts()).toMatchObject([{ members: ['mum', 'mum-kid'], lines: [{ sku: 'bar', count: 1 }] }]);
    expect(world.isOver).toBe(true);
  });
});

describe('groups', () => {
  test('without plans of their own follow the one who has, and leave together', () => {
    const actions = ['G1.1', 'G2.1', 'G1.1', 'G2.1'].map((from) => ({ ...cola, from }));
    const ana = shopper('ana', actions, { party: 'ab' });
    const ben = shopper('ben', [], { party: 'ab' });
    let together = 0;
    let both = 0;
    const { truth, world } = play(testRun([ana, ben]), ({ bodies: [one, two] }) => {
      if (!one!.visible || !two!.visible) return;
      both += 1;
      if (hypot2(one!.xM - two!.xM, one!.yM - two!.yM) < 2.5) together += 1;
    });
    expect(together / both).toBeGreaterThan(0.8);
    const left = truth.filter((event) => event.kind === 'left');
    expect(Math.abs(left[0]!.timeUs - left[1]!.timeUs)).toBeLessThan(8_000_000);
    expect(world.carts()[0]!.exitedAtUs).toBe(left[1]!.timeUs);
  });

  test('that part go their own ways, but stay one trip', () => {
    const ana = shopper('ana', [{ verb: 'part' }, cola], { party: 'ab' });
    const ben = shopper('ben', [wait(60e6)], { party: 'ab' });
    const { world, truth } = play(testRun([ana, ben]));
    const left = truth.filter((event) => event.kind === 'left');
    expect(left[1]!.timeUs - left[0]!.timeUs).toBeGreaterThan(20_000_000);
    expect(world.carts()).toHaveLength(1);
  });

  test('take in who joins', () => {
    const ana = shopper('ana', [wait(10e6), { ...cola, from: 'G2.1' }, wait(20e6)]);
    const ben = shopper('ben', [{ verb: 'join', shopper: 'ana' }]);
    const { truth, skipped } = play(testRun([ana, ben]));
    expect(skipped).toEqual([]);
    const left = truth.filter((event) => event.kind === 'left');
    expect(Math.abs(left[0]!.timeUs - left[1]!.timeUs)).toBeLessThan(8_000_000);
  });
});

test('hides who is in a zone', () => {
  const zones = [{ id: 'wc', minM: [5, 5], maxM: [6, 6] }] as const;
  const actions: PlainAction[] = [
    { verb: 'walk', to: { zone: 'wc' } },
    { verb: 'change-clothes', forUs: 5_000_000 },
  ];
  let hiddenTicks = 0;
  play(testRun([shopper('ana', actions)], {}, { zones }), ({ bodies: [ana] }) => {
    if (ana!.present && !ana!.visible && ana!.xM > 4) hiddenTicks += 1;
  });
  expect(hiddenTicks).toBeGreaterThan(300);
});

test('opens a fridge while it is used and closes it after', () => {
  const { fixture, slots } = gondola('G1', [3, 4], -Math.PI / 2, { kind: 'fridge', door: 'hinged' });
  const open: number[] = [];
  const run = testRun([shopper('ana', [cola, wait(8e6)])], {}, { fixtures: [fixture], slots });
  const { truth } = play(run, (world) => open.push(world.doorOpen[0]!));
  expect(Math.max(...open)).toBe(1);
  expect(open[0]).toBe(0);
  expect(open.at(-1)).toBe(0);
  const moved = truth.find((event) => event.kind === 'moved')!;
  expect(open[Math.round((moved.timeUs * 60) / 1e6)]).toBeGreaterThan(0.8);
});

describe('the mass of an item', () => {
  test('leaves well after the hand has come to it, and the hand is there', () => {
    let handM = Number.POSITIVE_INFINITY;
    let arrivedUs = 0;
    const slot = [2.7, 2, 0.36];
    const { truth } = play(testRun([shopper('ana', [cola])]), (world) => {
      const ana = world.bodies[0]!;
      if (!ana.present || world.items.size === 0) return;
      const [x, y, z] = ana.handsInWorldM.subarray(3);
      const awayM = hypot2(hypot2(x! - slot[0]!, y! - slot[1]!), z! - slot[2]!);
      if (awayM < 0.4 && arrivedUs === 0) arrivedUs = world.timeUs;
      handM = Math.min(handM, awayM);
    });
    const moved = truth.find((event) => event.kind === 'moved')!;
    expect(handM).toBeLessThan(0.35);
    expect(moved.timeUs - arrivedUs).toBeGreaterThan(60_000);
    expect(moved.timeUs - arrivedUs).toBeLessThan(5_000_000);
  });

  test('goes over seconds when it is taken slowly', () => {
    const loads: number[] = [];
    const slow = { ...cola, slow: true };
    const run = testRun([shopper('ana', [slow])]);
    const { truth } = play(run, (world) => {
      loads.push(world.loadGrams.subarray(0, 6).reduce((sum, value) => sum + value, 0));
    });
    const moved = truth.find((event) => event.kind === 'moved')!;
    const between = loads.filter((load) => load < loads[0]! - 5 && load > loads.at(-1)! + 5);
    expect(between.length / 60).toBeGreaterThan(2);
    expect(between.length / 60).toBeLessThan(8);
    expect(loads[0]! - loads.at(-1)!).toBeCloseTo(moved.kind === 'moved' ? moved.grams : 0, 4);
  });
});
