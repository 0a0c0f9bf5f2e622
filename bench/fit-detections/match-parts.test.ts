import { expect, test } from 'vitest';
import type { Detections } from '../../engine/readings.ts';
import { matchParts } from './match-parts.ts';
import type { TruePart } from './true-parts.ts';

/** 3 m away, where a pixel is 1 cm across. */
const FOCAL_PX = 300;
const part = (body: number, which: number, u: number, v = 100, isHidden = false): TruePart => ({
  ...{ body, part: which, u, v, depthM: 3, isHidden, stratum: 0, nearest: -1, nearestM: 0.8 },
});

function seen(
  heads: readonly (readonly [number, number])[],
  hands: readonly (readonly [number, number, number])[],
): Detections {
  const ones = (n: number) => new Float32Array(n).fill(1);
  return {
    headsInImagePx: Float32Array.from(heads.flat()),
    headDepthM: ones(heads.length).fill(3),
    headScore: ones(heads.length),
    handsInImagePx: Float32Array.from(hands.flatMap((hand) => hand.slice(0, 2))),
    handDepthM: ones(hands.length).fill(3),
    handScore: ones(hands.length),
    handOwner: Int16Array.from(hands, ([, , owner]) => owner),
  };
}

test('gives each row to the nearest part and calls the rest false', () => {
  const parts = [part(0, 0, 100), part(1, 0, 130)];
  const { shown, falseHeads } = matchParts(
    parts,
    seen(
      [
        [128, 100],
        [103, 100],
        [250, 100],
      ],
      [],
    ),
    FOCAL_PX,
  );
  expect(shown.map((one) => one?.u)).toEqual([103, 128]);
  expect(falseHeads).toBe(1);
});

test('gives a row to what is in sight before what is hidden, however near', () => {
  const parts = [part(0, 0, 100, 100, true), part(1, 0, 120)];
  expect(matchParts(parts, seen([[104, 100]], []), FOCAL_PX).shown.map((one) => one !== null)).toEqual([false, true]);
});

test('never takes a head for a hand, and says whose head a hand was given to', () => {
  const parts = [part(4, 0, 100), part(4, 1, 100, 150), part(7, 0, 130)];
  const found = matchParts(
    parts,
    seen(
      [
        [130, 100],
        [100, 100],
      ],
      [
        [100, 152, 0],
        [200, 20, -1],
      ],
    ),
    FOCAL_PX,
  );
  expect(found.shown[1]).toMatchObject({ v: 152, owner: 7 });
  expect(found).toMatchObject({ falseHeads: 0, falseHands: 1 });
});

test('takes nothing for a part that is further off in depth', () => {
  const far = { ...seen([[100, 100]], []), headDepthM: Float32Array.of(3.6) };
  expect(matchParts([part(0, 0, 100)], far, FOCAL_PX)).toMatchObject({ shown: [null], falseHeads: 1 });
});
