import { expect, test } from 'vitest';
import type { TrackHistory } from '../../tracking/track-view.ts';
import { carryingLog, carryingShare } from './carrying.ts';
import type { FixtureOutlines } from './fixture-outlines.ts';
import { handedProbOf } from './meeting-odds.ts';
import { type BodyHands, type Meeting, MeetingWatch } from './meeting-watch.ts';

const LOOK_US = 100_000;
const noFixture = { covers: () => false } as unknown as FixtureOutlines;
const noHands = {
  handsBetween: () => new Float64Array(0),
  headInWorldInto: () => false,
} as unknown as TrackHistory;

const body = (trackId: number, xM: number, handXM: number, isStill = true): BodyHands => ({
  trackId,
  rows: Float64Array.of(0, handXM, 0, 1.0, 1),
  xM,
  yM: 0,
  headM: 1.6,
  isStill,
});

/** Meetings told when two bodies 0.8 m apart hold their hands where `handsOf` says, then part. */
function told(looks: number, handsOf: (look: number) => [BodyHands, BodyHands]): Meeting[] {
  const watch = new MeetingWatch(noFixture);
  const found: Meeting[] = [];
  for (let look = 0; look < looks + 10; look++) {
    const bodies = look < looks ? handsOf(look) : [body(1, 0, -0.3), body(2, 0.8, 1.1)];
    found.push(...watch.look(bodies, noHands, look * LOOK_US));
  }
  return found;
}

test('tells once that two still bodies held their hands together between them', () => {
  const found = told(15, () => [body(1, 0, 0.38), body(2, 0.8, 0.42)]);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    trackIds: [1, 2],
    fromUs: 0,
    looks: 15,
    bothLooks: 15,
    crowdedShare: 0,
    approachM: null,
  });
});

test('goes on through a short time in which hands hide each other', () => {
  const found = told(18, (look) =>
    look > 6 && look < 10 ? [body(1, 0, -0.3), body(2, 0.8, 1.1)] : [body(1, 0, 0.38), body(2, 0.8, 0.42)],
  );
  expect(found).toHaveLength(1);
});

test('tells nothing of hands that only brush, of one hand alone, or of people who walk', () => {
  expect(told(4, () => [body(1, 0, 0.38), body(2, 0.8, 0.42)])).toEqual([]);
  expect(told(15, () => [body(1, 0, 0.38), body(2, 0.8, 1.1)])).toEqual([]);
  expect(told(15, () => [body(1, 0, 0.38), body(2, 0.8, 0.42, false)])).toEqual([]);
});

test('sees by its height whether a hand carries something', () => {
  const rows = Array.from({ length: 8 }, (_, i) => [i, 0.2, 0, i < 4 ? 0.66 * 1.6 : 0.47 * 1.6, 1]).flat();
  const history = {
    headInWorldInto(out: Float64Array) {
      out.set([0, 0, 1.6]);
      return true;
    },
    handsBetween: () => Float64Array.from(rows),
  } as unknown as TrackHistory;
  expect(carryingShare(history, 1, 0, 1)).toBe(0.5);
});

test('takes a hand that came free for giving and one that got full for getting', () => {
  expect(carryingLog(-0.5, -1)).toBeGreaterThan(carryingLog(-0.5, 0));
  expect(carryingLog(0.5, 1)).toBeGreaterThan(carryingLog(0.5, 0));
  expect(carryingLog(0, 0)).toBeGreaterThan(carryingLog(0, 1));
  expect(carryingLog(null, 1)).toBe(carryingLog(null, 0));
});

test('thinks less of hands that meet in a crowd, or of people who stood as near before', () => {
  const [met] = told(15, () => [body(1, 0, 0.38), body(2, 0.8, 0.42)]);
  const alone = { ...met!, approachM: 1 };
  expect(handedProbOf(alone)).toBeGreaterThan(0.7);
  expect(handedProbOf({ ...alone, crowdedShare: 1 })).toBeLessThan(0.4);
  expect(handedProbOf({ ...alone, approachM: 0 })).toBeLessThan(0.4);
  expect(handedProbOf({ ...alone, crowdedShare: 1, approachM: 0 })).toBeLessThan(0.1);
});
