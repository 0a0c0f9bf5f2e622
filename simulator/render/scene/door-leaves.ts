import type { Layout, PlacedFixture } from '../../world/layout.ts';
import type { WorldView } from '../../world/view.ts';
import { DOOR } from './snapshot-layout.ts';

/** A leaf is about this wide, metres. */
const LEAF_M = 0.65;
/** A hand this near to the front, or inside, opens the leaf before it. */
const HAND_M = 0.3;
const DEEPEST_M = 1;

/** Leaves of a fixture's front. */
export function leavesOf(fixture: PlacedFixture): number {
  return Math.max(1, Math.min(16, Math.round(fixture.plan.lengthM / LEAF_M)));
}

/** Which leaves of fridge fronts stand open: those before somebody's hand, until the front is shut again. */
export class DoorLeaves {
  readonly fixtures: readonly PlacedFixture[];
  private readonly used: Int32Array;

  constructor(layout: Layout) {
    this.fixtures = layout.fixtures.filter((fixture) => fixture.plan.door !== null);
    this.used = new Int32Array(this.fixtures.length);
  }

  watch(world: WorldView): void {
    this.fixtures.forEach((fixture, i) => {
      const isOpen = world.doorOpen[fixture.index] > 0;
      this.used[i] = isOpen ? this.used[i] | leavesInUse(fixture, world, this.used[i] === 0) : 0;
    });
  }

  writeInto(out: Float32Array, from: number, world: WorldView): void {
    this.fixtures.forEach((fixture, i) => {
      out[from + i * DOOR] = fixture.index;
      out[from + i * DOOR + 1] = world.doorOpen[fixture.index];
      out[from + i * DOOR + 2] = this.used[i];
    });
  }
}

/** Bits of the leaves before hands; `atLeastOne`: else the one before the nearest hand. */
function leavesInUse(fixture: PlacedFixture, world: WorldView, atLeastOne: boolean): number {
  const { atM, lengthM } = fixture.plan;
  const leaves = leavesOf(fixture);
  let bits = 0;
  let nearest = 0;
  let nearestM = Number.POSITIVE_INFINITY;
  for (const body of world.bodies) {
    if (!body.present) continue;
    for (let hand = 0; hand < 6; hand += 3) {
      const x = body.handsInWorldM[hand] - atM[0];
      const y = body.handsInWorldM[hand + 1] - atM[1];
      const along = (x * fixture.ux + y * fixture.uy) / lengthM + 0.5;
      const before = x * fixture.nx + y * fixture.ny;
      if (along < 0 || along >= 1 || before < -DEEPEST_M) continue;
      const bit = 1 << Math.floor(along * leaves);
      if (before < HAND_M) bits |= bit;
      if (before < nearestM) {
        nearestM = before;
        nearest = bit;
      }
    }
  }
  if (bits !== 0) return bits;
  return atLeastOne ? nearest || 1 : 0;
}
