import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hypot3 } from '../maths.ts';
import { RandomStream } from '../random.ts';
import { ShopperBody } from './body.ts';
import { moveUs, reachUs } from './hand.ts';
import { Person } from './person.ts';
import { shopper } from './test-run.ts';
import { Walker } from './walker.ts';

function personOf(heightM: number): Person {
  const plan = shopper('ana', [], { heightM });
  const body = new ShopperBody(0, plan);
  body.appear();
  return new Person(0, plan, body, new Walker(0, 'person', 1, 2, 2, 1, 0), null, 0);
}

const height = fc.double({ min: 0.8, max: 2, noNaN: true });

test('takes the MTM times at the table’s distances', () => {
  expect([0.3, 0.41, 0.61, 0.76].map((metres) => reachUs(metres) / 1e6)).toEqual([0.46, 0.57, 0.77, 0.93]);
  expect([0.3, 0.61, 0.76].map((metres) => moveUs(metres) / 1e6)).toEqual([0.48, 0.74, 0.87]);
  for (let cm = 1; cm < 120; cm++) expect(reachUs(cm / 100)).toBeGreaterThan(reachUs((cm - 1) / 100));
});

test('reaches what is in front within its height, bending or crouching, its bones keeping their length', () => {
  const elbow = new Float64Array(3);
  const shoulder = new Float64Array(3);
  fc.assert(
    fc.property(height, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1), (heightM, share, side) => {
      const person = personOf(heightM);
      const hand = person.hands[side as 0 | 1];
      const stream = new RandomStream(1, `reach/${heightM}`);
      const target = [2 + 0.28 * heightM, 2, 0.15 + share * (person.topReachM - 0.3)] as const;
      person.updatePose(0, 1 / 60);
      person.bendTowards(...target);
      hand.moveTo(...target, 0, 1_000_000, stream);
      for (let tick = 1; tick <= 90; tick++) {
        person.updatePose(Math.round((tick * 1e6) / 60), 1 / 60);
        person.elbowInto(elbow, side as 0 | 1);
        person.shoulderInto(shoulder, side as 0 | 1);
        const upperM = hypot3(elbow[0]! - shoulder[0]!, elbow[1]! - shoulder[1]!, elbow[2]! - shoulder[2]!);
        expect(upperM).toBeCloseTo(0.186 * heightM, 6);
        expect(hand.distanceTo(...(shoulder as unknown as [number, number, number]))).toBeLessThan(0.45 * heightM);
      }
      expect(hand.distanceTo(...target)).toBeLessThan(0.02);
      const head = person.body.headInWorldM;
      expect(head[2]).toBeGreaterThan(0.25 * heightM);
      expect(head[2]).toBeLessThan(heightM);
    }),
    { numRuns: 200 },
  );
});

test('moves a hand along a curve that starts slowly, misses a little, corrects, and arrives on time', () => {
  const person = personOf(1.75);
  const hand = person.hands[1];
  person.updatePose(0, 1 / 60);
  const from = [hand.xM, hand.yM, hand.zM] as const;
  const target = [2.45, 1.8, 1.1] as const;
  person.bendTowards(...target);
  hand.moveTo(...target, 0, 800_000, new RandomStream(1, 'curve'));
  const speeds: number[] = [];
  let aside = 0;
  let last = from;
  for (let tick = 1; tick <= 48; tick++) {
    person.updatePose(Math.round((tick * 1e6) / 60), 1 / 60);
    speeds.push(hypot3(hand.xM - last[0], hand.yM - last[1], hand.zM - last[2]) * 60);
    last = [hand.xM, hand.yM, hand.zM];
    const along = hand.distanceTo(...from) + hand.distanceTo(...target);
    aside = Math.max(aside, along - hypot3(from[0] - target[0], from[1] - target[1], from[2] - target[2]));
  }
  expect(hand.distanceTo(...target)).toBeLessThan(1e-9);
  expect(aside).toBeGreaterThan(0.003);
  expect(speeds[0]!).toBeLessThan(0.3);
  expect(Math.max(...speeds)).toBeGreaterThan(0.8);
  expect(Math.max(...speeds)).toBeLessThan(3);
});

test('swings its arms when it walks and keeps them still when it stands', () => {
  const person = personOf(1.75);
  const spread = (moving: boolean) => {
    person.walker.moving = moving;
    let low = 9;
    let high = -9;
    for (let tick = 0; tick < 120; tick++) {
      person.walker.strideM += moving ? 1 / 60 : 0;
      person.updatePose(tick * 16_667, 1 / 60);
      if (tick < 60) continue;
      low = Math.min(low, person.hands[0].xM);
      high = Math.max(high, person.hands[0].xM);
    }
    return high - low;
  };
  expect(spread(true)).toBeGreaterThan(0.1);
  expect(spread(false)).toBeLessThan(0.001);
});
