import { expect, test } from 'vitest';
import type { Action } from '../scenario/run.ts';
import { Simulation } from '../simulate.ts';
import { withGuests } from './guests.ts';
import { linesOf, play } from './test-play.ts';
import { action, type PlainAction, shopper, testRun } from './test-run.ts';
import { World } from './world.ts';

const base = testRun([
  shopper('ana', [{ verb: 'take', sku: 'crisps', from: 'G1.1.2', quantity: 1, hands: 1, slow: false, keep: 'hand' }]),
]);
const taking: PlainAction = {
  ...{ verb: 'take', sku: 'cola', from: 'G2.1.1', quantity: 1 },
  ...{ hands: 1, slow: false, keep: 'basket' },
};

function act(plain: PlainAction): { kind: 'act'; action: Action } {
  return { kind: 'act', action: action(plain) };
}

function playOn(world: World, seconds: number, until: () => boolean = () => false): void {
  for (let i = 0; i < seconds * 60 && !until(); i++) world.step();
}

test('leaves a run as it is while no guest is called', () => {
  expect(play(withGuests(base, 3)).truth).toEqual(play(base).truth);
});

test('lets a guest in who does what it is told and carries out what it took', () => {
  const world = new World(withGuests(base, 1));
  playOn(world, 5);
  const key = world.admit()!;
  expect(world.admit()).toBeNull();
  world.order(key, act(taking));
  world.order(key, act({ verb: 'putback', sku: 'cola', to: 'G2.1.1', quantity: 1 }));
  world.order(key, act(taking));
  world.order(key, act({ verb: 'leave', by: 'out' }));
  playOn(world, 100, () => world.isOver);
  expect(world.isOver).toBe(true);
  expect(linesOf(world, key)).toEqual(['cola × 1']);
  expect(linesOf(world, 'ana')).toEqual(['crisps × 1']);
  expect(world.order(key, act(taking))).toBe(false);
});

test('walks where it is steered, past obstacles, and stops', () => {
  const world = new World(withGuests(base, 1));
  const key = world.admit()!;
  const body = world.bodies.at(-1)!;
  playOn(world, 30, () => body.xM > 0.6);
  world.order(key, { kind: 'steer', x: 1, y: 0 });
  playOn(world, 2);
  expect(body.xM).toBeGreaterThan(2);
  world.order(key, { kind: 'steer', x: 0, y: 0 });
  playOn(world, 1);
  const [x, y] = [body.xM, body.yM];
  playOn(world, 2);
  expect(Math.abs(body.xM - x) + Math.abs(body.yM - y)).toBeLessThan(0.1);
  // Up against the gondola: it stands in the way and is not walked through.
  world.order(key, { kind: 'steer', x: 0, y: 1 });
  playOn(world, 5);
  expect(body.yM).toBeLessThan(2);
});

test('holds its hand out to a point and takes it back', () => {
  const world = new World(withGuests(base, 1));
  const key = world.admit()!;
  const body = world.bodies.at(-1)!;
  playOn(world, 30, () => body.xM > 0.6);
  playOn(world, 3);
  const at = [body.xM + 0.3, body.yM, 1.3] as const;
  const away = () => Math.hypot(...at.map((value, axis) => value - body.handsInWorldM[3 + axis]!));
  expect(away()).toBeGreaterThan(0.3);
  world.order(key, { kind: 'reach', inWorldM: at });
  playOn(world, 1);
  expect(away()).toBeLessThan(0.05);
  world.order(key, { kind: 'reach', inWorldM: null });
  playOn(world, 1);
  expect(away()).toBeGreaterThan(0.3);
});

test('says why an order could not be carried out, and goes on', () => {
  const world = new World(withGuests(base, 1));
  const key = world.admit()!;
  world.order(key, act({ ...taking, from: 'G9.1.1' } as PlainAction));
  world.order(key, act({ verb: 'leave', by: 'out' }));
  playOn(world, 100, () => world.isOver);
  expect(world.takeTruth().filter((event) => event.kind === 'skipped')).toMatchObject([
    { shopper: key, reason: 'there is no cola at G9.1.1' },
  ]);
});

test('silences a scale while the run goes on, and no other sensor notices', () => {
  const readings = (isStruck: boolean) => {
    const simulation = new Simulation(base);
    const seen: string[] = [];
    for (let k = 0; k < 80; k++) {
      if (k === 20 && isStruck)
        simulation.suffer({
          ...{ kind: 'blackout', targets: ['scales/G1.1'], fromUs: 2e6, toUs: 4e6, ratePerSecond: 0, share: 0 },
          ...{ size: { fixed: 0 }, size2: { fixed: 0 } },
        });
      for (const reading of simulation.step()!.readings) seen.push(JSON.stringify(reading));
    }
    return seen;
  };
  const [whole, struck] = [readings(false), readings(true)];
  const missing = whole.filter((reading) => !struck.includes(reading));
  expect(struck.every((reading) => whole.includes(reading))).toBe(true);
  expect(missing.length).toBeGreaterThan(5);
  expect(new Set(missing.map((reading) => JSON.parse(reading).sensorId))).toEqual(new Set(['scales/G1.1']));
});

test('refuses a fault on what is no sensor', () => {
  const simulation = new Simulation(base);
  expect(() =>
    simulation.suffer({
      ...{ kind: 'blackout', targets: ['c9'], fromUs: 0, toUs: 1, ratePerSecond: 0, share: 0 },
      ...{ size: { fixed: 0 }, size2: { fixed: 0 } },
    }),
  ).toThrow('c9: found nothing of that name');
});
