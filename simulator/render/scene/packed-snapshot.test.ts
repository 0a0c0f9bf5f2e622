import { expect, test } from 'vitest';
import { demoRun, snapshotsAt } from '../test-scene.ts';
import { packSnapshot, unpackSnapshot } from './packed-snapshot.ts';
import {
  BODIES,
  BODY,
  bodiesAt,
  CARRIED,
  carriedAt,
  HANDS_AT,
  HEAD,
  lengthOf,
  STOCK_ROWS,
  timeOf,
} from './snapshot-layout.ts';

const { snapshots } = snapshotsAt(demoRun(), [20, 46, 75]);

test('keeps who is where and what they carry, to a few millimetres, in less than half of the bytes', () => {
  for (const snapshot of snapshots) {
    const bytes = packSnapshot(snapshot);
    const back = unpackSnapshot(bytes);
    expect(bytes.byteLength).toBeLessThan(lengthOf(snapshot) * 2 + 20);
    expect(timeOf(back)).toBe(timeOf(snapshot));
    expect(back[STOCK_ROWS]).toBe(snapshot[STOCK_ROWS]);
    expect(back.length).toBe(lengthOf(snapshot));
    expect(back.subarray(carriedAt(back), back.length)).toEqual(
      snapshot.subarray(carriedAt(snapshot), lengthOf(snapshot)),
    );
    expect(back[CARRIED]).toBe(snapshot[CARRIED]);
    expect(back.subarray(0, HEAD)).toEqual(snapshot.subarray(0, HEAD));
    for (let row = 0; row < snapshot[BODIES]; row++) {
      const at = bodiesAt(snapshot) + row * BODY + HANDS_AT;
      for (let k = 0; k < 6; k++) expect(Math.abs(back[at + k] - snapshot[at + k])).toBeLessThan(0.0011);
    }
  }
});

test('refuses bytes that are cut off', () => {
  const bytes = packSnapshot(snapshots[1]);
  expect(() => unpackSnapshot(bytes.subarray(0, bytes.length - 2))).toThrow(`expected ${bytes.length}`);
  expect(() => unpackSnapshot(bytes.subarray(0, 3))).toThrow('expected a head');
});
