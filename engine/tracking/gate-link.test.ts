import { expect, test } from 'vitest';
import type { Rival } from '../cart.ts';
import { floorStore } from './test-cameras.ts';
import { entry, refusal, TestScene, type Visit } from './test-visits.ts';

const store = floorStore([8, 6], 4);
const INSIDE: [number, number] = [4, 3];

/** In by the entry door in the west at (0, 3), to a place, and out by the exit in the east. */
function visit(fromSeconds: number, placeM: [number, number] = INSIDE, more: Partial<Visit> = {}): Visit {
  const pathM: [number, number][] = [[-0.5, 3], [0.8, 3], placeM, [7.2, 3], [8.6, 3]];
  return { fromSeconds, pathM, standSeconds: 3, ...more };
}

function shareOf(shares: readonly Rival[], tripId: string | null): number {
  return shares.find((share) => share.tripId === tripId)?.prob ?? 0;
}

/** Shares of every body that ever came in, by track id. */
function allShares(scene: TestScene): (readonly Rival[])[] {
  return scene.tracker.bodies().map((body) => scene.gateLink.sharesOf(body.trackId));
}

test('ties a lone shopper to the credential and closes the trip when the shopper has left', () => {
  const scene = new TestScene(store);
  scene.run([visit(1)], [entry(1, 'a')], 6);
  const trips = scene.gateLink.trips();
  expect(trips).toMatchObject([{ tripId: 'trip-1', credential: 'a', staff: false, admits: 1, exitedAtUs: null }]);
  expect(trips[0]!.enteredAtUs).toBe(1_000_000);
  expect(shareOf(allShares(scene)[0]!, 'trip-1')).toBeGreaterThan(0.95);
  scene.run([visit(1)], [], 25);
  const left = scene.gateLink.trips()[0]!.exitedAtUs!;
  // Out of sight at 19 s: 9 m of walking and three pauses after 1 s.
  expect(left / 1e6).toBeGreaterThan(17);
  expect(left / 1e6).toBeLessThan(22);
  expect(scene.gateLink.trips()[0]!.exit).toBe('seen');
});

test('only presumes that a body which vanishes some way before the exit has left', () => {
  const vanishes = visit(1, INSIDE, { pathM: [[-0.5, 3], [0.8, 3], INSIDE, [6.2, 3]] });
  const scene = new TestScene(store).run([vanishes], [entry(1, 'a')], 12);
  expect(scene.gateLink.trips()[0]).toMatchObject({ exitedAtUs: null, exit: null });
  scene.run([vanishes], [], 40);
  expect(scene.gateLink.trips()[0]!.exitedAtUs).not.toBeNull();
  expect(scene.gateLink.trips()[0]!.exit).toBe('presumed');
});

test('tells shoppers apart who come in one after the other', () => {
  const visits = [visit(1, [3, 1.5]), visit(5, [3, 4.5])];
  const scene = new TestScene(store).run(visits, [entry(1, 'a'), entry(5, 'b')], 10);
  const [first, second] = allShares(scene);
  expect(shareOf(first!, 'trip-1')).toBeGreaterThan(0.95);
  expect(shareOf(second!, 'trip-2')).toBeGreaterThan(0.95);
});

test('leaves it open who is who when two come in side by side on two credentials', () => {
  const offset = (y: number): Visit => ({
    fromSeconds: 1,
    pathM: [
      [-0.5, y],
      [1, y],
      [4, y < 3 ? 1.5 : 4.5],
      [8.6, 3],
    ],
    standSeconds: 6,
  });
  const scene = new TestScene(store).run([offset(2.6), offset(3.4)], [entry(1, 'a'), entry(1.1, 'b')], 8);
  for (const shares of allShares(scene)) {
    expect(shareOf(shares, 'trip-1')).toBeGreaterThan(0.25);
    expect(shareOf(shares, 'trip-2')).toBeGreaterThan(0.25);
    expect(shareOf(shares, null)).toBeLessThan(0.1);
  }
});

test('gives a tailgater a trip without a credential', () => {
  const visits = [visit(1, [3, 1.5]), visit(2.2, [3, 4.5])];
  const scene = new TestScene(store).run(visits, [entry(1, 'a')], 11);
  expect(scene.gateLink.trips()).toMatchObject([
    { credential: 'a', admits: 1 },
    { credential: null, admits: 1 },
  ]);
  const own = scene.gateLink.trips()[1]!.tripId;
  const [first, second] = allShares(scene);
  expect(shareOf(first!, 'trip-1')).toBeGreaterThan(0.6);
  expect(shareOf(second!, own)).toBeGreaterThan(0.6);
});

test('counts the members of a group, entering one after another, to one trip', () => {
  const visits = [visit(1, [2, 1.5]), visit(2.5, [4, 4.5]), visit(4, [6, 1.5])];
  const scene = new TestScene(store).run(visits, [entry(1, 'g', 3)], 12);
  expect(scene.gateLink.trips()).toMatchObject([{ credential: 'g', admits: 3 }]);
  for (const shares of allShares(scene)) expect(shareOf(shares, 'trip-1')).toBeGreaterThan(0.7);
  expect(allShares(scene)).toHaveLength(3);
});

test('keeps a group open until its last member has left', () => {
  const visits = [visit(1, [2, 1.5]), visit(3, [4, 4.5], { standSeconds: 12 })];
  const scene = new TestScene(store).run(visits, [entry(1, 'g'), entry(3, 'g')], 27);
  expect(scene.tracker.bodies().filter((body) => body.state === 'left')).toHaveLength(1);
  expect(scene.gateLink.trips()).toMatchObject([{ credential: 'g', admits: 2, exitedAtUs: null }]);
  scene.run(visits, [], 65);
  expect(scene.gateLink.trips()[0]!.exitedAtUs).toBeGreaterThan(27e6);
});

test('opens a new trip for a credential that comes back after leaving', () => {
  const visits = [visit(1), visit(40)];
  const scene = new TestScene(store).run(visits, [entry(1, 'a'), entry(40, 'a')], 48);
  expect(scene.gateLink.trips().map((trip) => trip.credential)).toEqual(['a', 'a']);
  expect(scene.gateLink.trips()[1]!.exitedAtUs).toBeNull();
});

test('opens no trip for a refused credential', () => {
  const turnsRound: Visit = {
    fromSeconds: 1,
    pathM: [
      [-0.5, 3],
      [0.3, 3],
      [-0.5, 3],
    ],
    standSeconds: 1,
  };
  const scene = new TestScene(store).run([turnsRound], [refusal(1.5, 'x')], 20);
  expect(scene.gateLink.trips()).toEqual([]);
});

test('shares out two alike who were lost together and come back, and closes both trips when they leave', () => {
  const first = visit(1, [3, 1.5], { standSeconds: 5 });
  const second = visit(5, [3, 4.5], { standSeconds: 5 });
  const scene = new TestScene(store).run([first, second], [entry(1, 'a'), entry(5, 'b')], 12);
  scene.run([], [], 24);
  const back: Visit[] = [1.5, 4.5].map((y) => ({
    fromSeconds: 24,
    pathM: [
      [3.5, y],
      [5, y],
      [8.6, 3],
    ],
    standSeconds: 8,
  }));
  scene.run(back, [], 35);
  expect(scene.gateLink.trips()).toHaveLength(2);
  for (const trip of scene.gateLink.trips()) expect(trip.exitedAtUs).toBeNull();
  scene.run(back, [], 50);
  for (const trip of scene.gateLink.trips()) expect(trip.exitedAtUs! / 1e6).toBeGreaterThan(35);
});

test('gives someone who comes in by the exit a trip of their own', () => {
  const intruder: Visit = {
    fromSeconds: 1,
    pathM: [
      [8.5, 3],
      [4, 3],
      [8.5, 3],
    ],
    standSeconds: 12,
  };
  const scene = new TestScene(store).run([intruder], [entry(1.5, 'a')], 14);
  const own = scene.gateLink.trips().find((trip) => trip.credential === null)!;
  expect(shareOf(allShares(scene)[0]!, own.tripId)).toBeGreaterThan(0.9);
});

test('marks trips of staff', () => {
  const staffed = { ...store, staffCredentials: ['s'] };
  const scene = new TestScene(staffed).run([visit(1)], [entry(1, 's')], 5);
  expect(scene.gateLink.trips()).toMatchObject([{ credential: 's', staff: true }]);
});

test('closes a trip that nobody took up', () => {
  const scene = new TestScene(store).run([], [entry(1, 'a')], 62);
  expect(scene.gateLink.trips()[0]!.exitedAtUs).toBe(61_000_000);
});

test('numbers trips by time whatever the credentials are called', () => {
  const visits = [visit(1, [3, 1.5]), visit(5, [3, 4.5])];
  const one = new TestScene(store).run(visits, [entry(1, 'a'), entry(5, 'b')], 10);
  const other = new TestScene(store).run(visits, [entry(1, 'zz'), entry(5, '0')], 10);
  expect(other.gateLink.trips().map((trip) => [trip.tripId, trip.enteredAtUs])).toEqual(
    one.gateLink.trips().map((trip) => [trip.tripId, trip.enteredAtUs]),
  );
  expect(allShares(other)).toEqual(allShares(one));
});

test('sums shares to 1 at every moment and after trips are forgotten', () => {
  const visits = [visit(1, [3, 1.5]), visit(1.6, [3, 4.5]), visit(3, [5, 3])];
  const scene = new TestScene(store);
  const check = () => {
    for (const shares of allShares(scene)) {
      expect(shares.reduce((sum, share) => sum + share.prob, 0)).toBeCloseTo(1, 9);
      expect(new Set(shares.map((share) => share.tripId)).size).toBe(shares.length);
    }
  };
  scene.run(visits, [entry(1, 'a'), entry(1.5, 'b')], 12, check);
  scene.gateLink.forget('trip-1');
  check();
  expect(scene.gateLink.trips().some((trip) => trip.tripId === 'trip-1')).toBe(false);
  scene.run(visits, [], 20, check);
});
