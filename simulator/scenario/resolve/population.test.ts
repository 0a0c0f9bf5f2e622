import { describe, expect, test } from 'vitest';
import type { Action, Run, ShopperPlan } from '../run.ts';
import { runOf, SMALL } from '../test-scenario.ts';
import { factorAt } from './arrivals.ts';

const withShopper = (text: string) => SMALL.replace('expect:', `  ${text}\nexpect:`);
const crowd = (rest: string, arrive = '{ count: 300 }') => runOf(withShopper(`crowd: { arrive: ${arrive}, ${rest} }`));
const people = (run: Run, name = 'crowd') => run.shoppers.filter(({ key }) => key.startsWith(`${name}/`));
const verbs = (shopper: ShopperPlan) => shopper.actions.map(({ verb }) => verb);
const picked = <V extends Action['verb']>(shopper: ShopperPlan, verb: V) =>
  shopper.actions.filter((action): action is Extract<Action, { verb: V }> => action.verb === verb);

describe('populations', () => {
  test('follow the rate and the profile of arrivals', () => {
    const text = withShopper('crowd: { arrive: { poisson: 2/s, profile: { 12:01: 0, 12:03: 1 } }, party: { 1: 1 } }');
    const times = people(runOf(text)).map(({ arriveUs }) => arriveUs);
    expect(times.every((us) => us >= 60_000_000 && us < 300_000_000)).toBe(true);
    // 2/s × (a ramp of 120 s at half the rate + 120 s) = 360 expected; five standard deviations are 95.
    expect(times.length).toBeGreaterThan(265);
    expect(times.length).toBeLessThan(455);
    const ramp = times.filter((us) => us < 180_000_000).length;
    expect(ramp / times.length).toBeGreaterThan(0.2);
    expect(ramp / times.length).toBeLessThan(0.46);
  });

  test('read a profile linearly between its points', () => {
    const profile = [
      { clockUs: 100, factor: 0.5 },
      { clockUs: 200, factor: 1.5 },
    ];
    expect([0, 100, 150, 200, 999].map((us) => factorAt(profile, us))).toEqual([0.5, 0.5, 1, 1.5, 1.5]);
    expect(factorAt([], 5)).toBe(1);
  });

  test('have the parties, equipment and bodies that were asked for', () => {
    const members = people(crowd('party: { 2: 100% }, equipment: basket, height: 1.2m, basket: 1', '{ count: 40 }'));
    expect(members).toHaveLength(80);
    const parties = Map.groupBy(members, ({ party }) => party);
    for (const [party, both] of parties) {
      expect(both.map(({ key }) => key)).toEqual([party, `${party}/2`]);
      expect(both[0]!.speedMps).toBe(both[1]!.speedMps);
      expect(both[1]!.arriveUs).toBeGreaterThan(both[0]!.arriveUs);
    }
    expect(members.every(({ equipment, heightM }) => equipment === 'basket' && heightM === 1.2)).toBe(true);
  });

  test('choose easy heights three times as often', () => {
    const takes = people(crowd('basket: 4, party: { 1: 1 }')).flatMap((shopper) => picked(shopper, 'take'));
    const share = takes.filter(({ from }) => from.startsWith('G1.2') || from.startsWith('F1')).length / takes.length;
    // Weights: G1.1 4 facings × 1; G1.2 5 × 3 and F1.1 5 × 3: 30 of 34.
    expect(share).toBeGreaterThan(0.84);
    expect(share).toBeLessThan(0.92);
  });

  test('visit the shelves, take the basket and leave', () => {
    for (const shopper of people(crowd('basket: 3, party: { 1: 1 }', '{ count: 20 }'))) {
      expect(verbs(shopper)).toEqual(['walk', 'look', 'take', 'walk', 'look', 'take', 'walk', 'look', 'take', 'leave']);
      expect(picked(shopper, 'leave')[0]!.by).toBe('out');
    }
  });

  test('only look when they browse', () => {
    for (const shopper of people(crowd('habits: { browse-only: 100% }', '{ count: 20 }'))) {
      expect(new Set(verbs(shopper))).toEqual(new Set(['walk', 'look', 'leave']));
    }
  });

  test.each([
    ['putback', ['take', 'look', 'putback']],
    ['misplace', ['take', 'look', 'putback']],
    ['retake', ['take', 'look', 'putback', 'look', 'take']],
    ['slow', ['take']],
    ['hold-long', ['hold']],
    ['touch', ['touch']],
    ['hide', ['take', 'look', 'stow']],
    ['drop', ['take', 'look', 'drop']],
    ['same-weight', ['take', 'take', 'putback']],
    ['pass', ['take']],
    ['exchange', ['take']],
  ])('act out the habit %s', (habit, deed) => {
    for (const shopper of people(crowd(`basket: 1, party: { 1: 1 }, habits: { ${habit}: 100% }`, '{ count: 10 }'))) {
      expect(verbs(shopper)).toEqual(['walk', 'look', ...deed, 'leave']);
    }
  });

  test('put a misplaced item anywhere but in its place', () => {
    for (const shopper of people(crowd('basket: 1, party: { 1: 1 }, habits: { misplace: 100% }'))) {
      expect(picked(shopper, 'putback')[0]!.to).not.toBe(picked(shopper, 'take')[0]!.from);
    }
  });

  test('swap an item for the one nearest in weight', () => {
    const shopper = people(crowd('basket: 1, party: { 1: 1 }, habits: { same-weight: 100% }')).find(
      (other) => picked(other, 'take')[0]!.sku === 'cola',
    )!;
    const [first, second] = picked(shopper, 'take');
    expect(second!.sku).toBe('cola-zero');
    expect(picked(shopper, 'putback')[0]).toMatchObject({ sku: first!.sku, to: second!.from });
  });

  test('draw habits at their rates', () => {
    const takes = people(crowd('basket: 5, party: { 1: 1 }, habits: { putback: 20%, drop: 10% }'));
    const count = (verb: Action['verb']) => takes.reduce((sum, shopper) => sum + picked(shopper, verb).length, 0);
    expect(count('putback') / count('take')).toBeCloseTo(0.2, 1);
    expect(count('drop') / count('take')).toBeCloseTo(0.1, 1);
  });

  test('hand over inside a party without waiting for each other in a circle', () => {
    const run = crowd('basket: 3, party: { 3: 1 }, habits: { pass: 40%, exchange: 40% }', '{ count: 60 }');
    const syncs = new Map<string, string[]>();
    for (const shopper of people(run)) {
      const own = shopper.actions.flatMap(({ sync }) => sync ?? []);
      expect(own.map((sync) => Number(sync.split('/').at(-1)))).toEqual(
        [...own.keys()].map((i) => Number(own[i]!.split('/').at(-1))).sort((a, b) => a - b),
      );
      for (const sync of own) syncs.set(sync, [...(syncs.get(sync) ?? []), shopper.key]);
    }
    expect(syncs.size).toBeGreaterThan(100);
    for (const keys of syncs.values()) expect(keys).toHaveLength(2);
  });

  test('never hand over what they do not have', () => {
    for (const party of Map.groupBy(
      people(crowd('basket: 2, party: { 2: 1 }, adversarial: 100%')),
      ({ party }) => party,
    ).values()) {
      const pocket = new Map(party.map(({ key }) => [key, new Map<string, number>()]));
      const add = (key: string, sku: string, n: number) => {
        const count = (pocket.get(key)!.get(sku) ?? 0) + n;
        expect(count).toBeGreaterThanOrEqual(0);
        pocket.get(key)!.set(sku, count);
      };
      const handOvers: { key: string; action: Action }[] = [];
      for (const { key, actions } of party) {
        for (const action of actions) {
          if (action.verb === 'take') add(key, action.sku, action.quantity);
          else if (action.verb === 'hold') add(key, action.sku, action.keepCount);
          else if (action.verb === 'putback' || action.verb === 'drop') add(key, action.sku, -action.quantity);
          else if (action.verb === 'give' || action.verb === 'exchange') handOvers.push({ key, action });
        }
      }
      const order = ({ action }: { action: Action }) => Number(action.sync!.split('/').at(-1));
      for (const { key, action } of handOvers.sort((a, b) => order(a) - order(b))) {
        if (action.verb === 'give') {
          add(key, action.sku, -1);
          add(action.to, action.sku, 1);
        } else if (action.verb === 'exchange') {
          add(key, action.give, -1);
          add(action.with, action.give, 1);
          add(action.with, action.get, -1);
          add(key, action.get, 1);
        }
      }
    }
  });
});
