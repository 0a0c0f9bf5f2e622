import type { Store } from '../../store.ts';

/** Outlines of all fixtures on the floor. */
export class FixtureOutlines {
  /** Per fixture: middle of its front edge x, y; outwards x, y; half its length, its depth; metres. */
  readonly #boxes: readonly (readonly [number, number, number, number, number, number])[];

  constructor(store: Store) {
    this.#boxes = store.fixtures.map(({ atM, facingRad, lengthM, depthM }) => [
      atM[0],
      atM[1],
      Math.cos(facingRad),
      Math.sin(facingRad),
      lengthM / 2,
      depthM,
    ]);
  }

  /** Whether a point on the floor is in a fixture, or no more than `marginM` outside (below 0: at least so far inside). */
  covers(x: number, y: number, marginM: number): boolean {
    for (const [atX, atY, outX, outY, halfM, depthM] of this.#boxes) {
      const intoM = -((x - atX) * outX + (y - atY) * outY);
      if (intoM <= -marginM || intoM >= depthM + marginM) continue;
      if (Math.abs(-(x - atX) * outY + (y - atY) * outX) < halfM + marginM) return true;
    }
    return false;
  }
}
