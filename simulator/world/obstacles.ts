import { clamp } from '../maths.ts';
import type { FloorBox, Layout } from './layout.ts';
import { distanceToBox, type NavGrid } from './nav-grid.ts';

/** A body's centre keeps this far from fixtures and walls: a chest's depth. */
export const BODY_CLEARANCE_M = 0.16;

const CELL_M = 1;

/** Fixtures and walls as exact boxes; pushes points out of them. */
export class Obstacles {
  private readonly grid: NavGrid;
  private readonly columns: number;
  private readonly rows: number;
  private readonly near: readonly (readonly FloorBox[])[];

  constructor(layout: Layout, grid: NavGrid) {
    this.grid = grid;
    this.columns = Math.ceil((grid.columns * 0.1) / CELL_M) + 1;
    this.rows = Math.ceil((grid.rows * 0.1) / CELL_M) + 1;
    const boxes = [...layout.fixtures, ...layout.walls];
    this.near = Array.from({ length: this.columns * this.rows }, (_, cell) => {
      const xM = grid.minXM + ((cell % this.columns) + 0.5) * CELL_M;
      const yM = grid.minYM + (Math.floor(cell / this.columns) + 0.5) * CELL_M;
      return boxes.filter((box) => distanceToBox(box, xM, yM) < CELL_M);
    });
  }

  /** Moves `point` (x, y) out to the body's clearance; false when it could not, the point being hemmed in. */
  pushOut(point: Float64Array): boolean {
    const { grid } = this;
    // Cells know their clearance to within half a diagonal, 7 cm.
    if (grid.clearanceM[grid.cellAt(point[0]!, point[1]!)]! > BODY_CLEARANCE_M + 0.15) return true;
    const column = clamp(Math.floor((point[0]! - grid.minXM) / CELL_M), 0, this.columns - 1);
    const row = clamp(Math.floor((point[1]! - grid.minYM) / CELL_M), 0, this.rows - 1);
    const boxes = this.near[row * this.columns + column]!;
    for (let pass = 0; pass < 3; pass++) {
      let moved = false;
      for (const box of boxes) moved = pushOutOfBox(box, point) || moved;
      if (!moved) return true;
    }
    for (const box of boxes) if (distanceToBox(box, point[0]!, point[1]!) < BODY_CLEARANCE_M * 0.75) return false;
    return true;
  }
}

function pushOutOfBox(box: FloorBox, point: Float64Array): boolean {
  const dx = point[0]! - box.xM;
  const dy = point[1]! - box.yM;
  let along = dx * box.ux + dy * box.uy;
  let across = dy * box.ux - dx * box.uy;
  const overAlong = Math.abs(along) - box.halfLengthM;
  const overAcross = Math.abs(across) - box.halfDepthM;
  if (overAlong >= BODY_CLEARANCE_M || overAcross >= BODY_CLEARANCE_M) return false;
  if (overAlong > 0 && overAcross > 0) {
    const distance = Math.sqrt(overAlong * overAlong + overAcross * overAcross);
    if (distance >= BODY_CLEARANCE_M) return false;
    const grow = BODY_CLEARANCE_M / distance;
    along = Math.sign(along) * (box.halfLengthM + overAlong * grow);
    across = Math.sign(across) * (box.halfDepthM + overAcross * grow);
  } else if (overAlong > overAcross) along = (along < 0 ? -1 : 1) * (box.halfLengthM + BODY_CLEARANCE_M);
  else across = (across < 0 ? -1 : 1) * (box.halfDepthM + BODY_CLEARANCE_M);
  point[0] = box.xM + along * box.ux - across * box.uy;
  point[1] = box.yM + along * box.uy + across * box.ux;
  return true;
}
