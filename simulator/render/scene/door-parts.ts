import { cos, sin } from '../../maths.ts';
import type { PlacedFixture } from '../../world/layout.ts';
import type { HouseTiles } from '../fronts/house-tiles.ts';
import { leavesOf } from './door-leaves.ts';
import { fixtureId } from './ids.ts';
import type { Instances } from './instances.ts';
import { SHAPE } from './shapes.ts';

const THICK_M = 0.03;
/** A hinged leaf opens this far. */
const OPEN_RAD = 1.45;

/** Draws the leaves of a fridge's front: `openness` 0..1 for those in `used`, the others shut. */
export function addDoor(
  out: Instances,
  fixture: PlacedFixture,
  openness: number,
  used: number,
  tiles: HouseTiles,
): void {
  const { plan, ux, uy, nx, ny, index } = fixture;
  const leaves = leavesOf(fixture);
  const width = plan.lengthM / leaves;
  const low = 0.08;
  const high = plan.heightM - 0.2 - low;
  for (let i = 0; i < leaves; i++) {
    const open = (used >> i) & 1 ? openness : 0;
    const leaf = out.add(SHAPE.panel, fixtureId(index), tiles.glass, 0);
    if (plan.door === 'sliding') {
      const over = i + 1 < leaves ? 1 : -1;
      const along = -plan.lengthM / 2 + (i + 0.5 + over * open * 0.95) * width;
      const front = (i % 2) * THICK_M + THICK_M / 2 + 0.01;
      out.place(
        leaf,
        plan.atM[0] + ux * along + nx * front,
        plan.atM[1] + uy * along + ny * front,
        low,
        ux,
        uy,
        width,
        THICK_M,
        high,
      );
      continue;
    }
    // The hinge is at the leaf's left; it swings towards the shopper.
    const angle = open * OPEN_RAD;
    const dx = ux * cos(angle) + nx * sin(angle);
    const dy = uy * cos(angle) + ny * sin(angle);
    const hinge = -plan.lengthM / 2 + i * width;
    const x = plan.atM[0] + ux * hinge + nx * (THICK_M / 2 + 0.01) + (dx * width) / 2;
    const y = plan.atM[1] + uy * hinge + ny * (THICK_M / 2 + 0.01) + (dy * width) / 2;
    out.place(leaf, x, y, low, dx, dy, width * 0.99, THICK_M, high);
  }
}
