import { cos, sin } from '../../maths.ts';
import type { PlacedFixture } from '../../world/layout.ts';
import type { HouseTiles } from '../fronts/house-tiles.ts';
import { leavesOf } from './door-leaves.ts';
import { fixtureId } from './ids.ts';
import { colourOf, type Instances, PLAIN } from './instances.ts';
import { SHAPE } from './shapes.ts';

const THICK_M = 0.03;
const LOW_M = 0.08;
/** Room for the sign above. */
const ABOVE_M = 0.2;
/** A hinged leaf opens this far. */
const OPEN_RAD = 1.45;
/** Glass: a shut leaf mirrors the lamps, through one that stands open one sees; as much as hides hands from cameras that send detections. */
const CLEAR = 0.5;
const FRAME_M = 0.035;
const FRAME = colourOf(0xb0b6bc);

/** Where a leaf stands: middle of its lower edge, direction of its width. */
interface Leaf {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

const leaf: Leaf = { x: 0, y: 0, dx: 1, dy: 0 };

/** Draws the leaves of a fridge's front: `openness` 0..1 for those in `used`, the others shut. */
export function addDoor(
  out: Instances,
  fixture: PlacedFixture,
  openness: number,
  used: number,
  tiles: HouseTiles,
): void {
  const leaves = leavesOf(fixture);
  const widthM = fixture.plan.lengthM / leaves;
  const highM = fixture.plan.heightM - ABOVE_M - LOW_M;
  for (let i = 0; i < leaves; i++) {
    const open = (used >> i) & 1 ? openness : 0;
    if (fixture.plan.door === 'sliding') slide(fixture, i, i + 1 < leaves ? open : -open, widthM);
    else swing(fixture, i, open, widthM);
    if (open < CLEAR) {
      const pane = out.add(SHAPE.panel, fixtureId(fixture.index), tiles.glass, 0);
      out.place(pane, leaf.x, leaf.y, LOW_M, leaf.dx, leaf.dy, widthM * 0.99, THICK_M, highM);
    } else addFrame(out, fixtureId(fixture.index), widthM * 0.99, highM);
  }
}

/** Over the neighbouring leaf. */
function slide({ plan, ux, uy, nx, ny }: PlacedFixture, i: number, open: number, widthM: number): void {
  const along = -plan.lengthM / 2 + (i + 0.5 + open * 0.95) * widthM;
  // Leaves run in two tracks; both fit between the cheeks.
  const front = 0.005 + THICK_M / 2 + (i % 2) * 0.01;
  leaf.x = plan.atM[0] + ux * along + nx * front;
  leaf.y = plan.atM[1] + uy * along + ny * front;
  leaf.dx = ux;
  leaf.dy = uy;
}

/** Towards the shopper, hinged at its left. */
function swing({ plan, ux, uy, nx, ny }: PlacedFixture, i: number, open: number, widthM: number): void {
  const angle = open * OPEN_RAD;
  leaf.dx = ux * cos(angle) + nx * sin(angle);
  leaf.dy = uy * cos(angle) + ny * sin(angle);
  const hinge = -plan.lengthM / 2 + i * widthM;
  const front = THICK_M / 2 + 0.01;
  leaf.x = plan.atM[0] + ux * hinge + nx * front + (leaf.dx * widthM) / 2;
  leaf.y = plan.atM[1] + uy * hinge + ny * front + (leaf.dy * widthM) / 2;
}

function addFrame(out: Instances, id: number, widthM: number, highM: number): void {
  const { x, y, dx, dy } = leaf;
  for (const side of [-1, 1]) {
    const along = (side * (widthM - FRAME_M)) / 2;
    const post = out.add(SHAPE.box, id, PLAIN, FRAME);
    out.place(post, x + dx * along, y + dy * along, LOW_M, dx, dy, FRAME_M, THICK_M, highM);
  }
  for (const z of [LOW_M, LOW_M + highM - FRAME_M]) {
    const rail = out.add(SHAPE.box, id, PLAIN, FRAME);
    out.place(rail, x, y, z, dx, dy, widthM - 2 * FRAME_M, THICK_M, FRAME_M);
  }
}
