import { expect, test } from 'vitest';
import { cameraAt, testStore } from '../../engine/perception/test-scene.ts';
import { HandEvents, scoreHands } from './hand-events.ts';

const store = testStore(cameraAt([0.4, 4.4, 2.6], [3, 1.8, 0.9]));

/** A hand that is at (x, 0.3) in the gondola from one time to another, ten sightings a second. */
function hand(events: HandEvents, x: number, fromS: number, toS: number): void {
  for (let t = Math.round(10 * fromS); t <= Math.round(10 * toS); t++) events.add(t * 100_000, x, 0.3, 1);
}

test('takes sightings in a shelf for one event until the hand is out for half a second', () => {
  const events = new HandEvents(store);
  hand(events, 2.5, 1, 2);
  for (let t = 21; t < 30; t++) events.add(t * 100_000, 2.5, 0.8, 1);
  hand(events, 2.5, 3, 4);
  expect(events.events.map(({ fromUs, toUs }) => [fromUs, toUs])).toEqual([
    [1_000_000, 2_000_000],
    [3_000_000, 4_000_000],
  ]);
});

test('keeps two hands in one shelf apart', () => {
  const events = new HandEvents(store);
  for (let t = 10; t < 20; t++) {
    events.add(t * 100_000, 2.2, 0.3, 1);
    events.add(t * 100_000, 3.4, 0.3, 1);
  }
  expect(events.events).toHaveLength(2);
});

test('counts what was found within half a second and 8 cm, and what was not there', () => {
  const [truth, found] = [new HandEvents(store), new HandEvents(store)];
  hand(truth, 2.5, 1, 2);
  hand(truth, 2.5, 5, 6);
  hand(found, 2.55, 1.2, 1.8);
  hand(found, 2.7, 5, 6);
  hand(found, 3.8, 9, 10);
  const score = scoreHands(truth.events, found.events, 300_000);
  expect(score).toMatchObject({ events: 2, recall: 0.5, precision: 1 / 3 });
  expect(score.placeErrorM).toBeCloseTo(0.2, 2);
});
