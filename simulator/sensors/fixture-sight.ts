import { cos, sin } from '../maths.ts';
import type { FixturePlan, Run } from '../scenario/run.ts';

/** A forearm this far in front of the hand shows where the hand is, metres. */
const FOREARM_M = 0.1;
/** So much in front of a fixture is outside it, metres. */
const CLEAR_M = 0.001;
/** Side of a voxel on the floor and its height, metres. */
const CELL_M = 0.1;
const LAYER_M = 0.1;
const LAYERS = 25;

const SEEN = 1;
const HIDDEN = 2;

type Point = readonly [number, number, number];

interface Block {
  readonly fixture: number;
  readonly x: number;
  readonly y: number;
  /** Unit vector along the front, left to right for a shopper facing it. */
  readonly ax: number;
  readonly ay: number;
  readonly halfLength: number;
  readonly depth: number;
  readonly height: number;
  /** Heights and depths of boards that hide what is below them. */
  readonly boards: readonly { readonly z: number; readonly depth: number }[];
}

function blockOf(plan: FixturePlan, fixture: number): Block {
  const boards = plan.shelves.map((shelf) => ({ z: shelf.heightM, depth: shelf.depthM }));
  if (plan.kind === 'fridge') boards.push({ z: plan.heightM, depth: plan.depthM });
  return {
    fixture,
    x: plan.atM[0],
    y: plan.atM[1],
    ax: -sin(plan.facingRad),
    ay: cos(plan.facingRad),
    halfLength: plan.lengthM / 2,
    depth: plan.depthM,
    height: plan.heightM,
    boards,
  };
}

/**
 * What the store's fixtures hide. From outside a fixture is a solid box; a hand inside one is seen only through its open
 * front, past the boards above it.
 */
export class FixtureSight {
  private readonly blocks: readonly Block[];
  readonly columns: number;
  readonly rows: number;
  private readonly inside: Int16Array;

  constructor(run: Run) {
    this.blocks = run.store.fixtures.map(blockOf);
    this.columns = Math.ceil(run.store.sizeM[0] / CELL_M);
    this.rows = Math.ceil(run.store.sizeM[1] / CELL_M);
    this.inside = new Int16Array(this.columns * this.rows * LAYERS).fill(-2);
  }

  get voxels(): number {
    return this.inside.length;
  }

  /** Number of the voxel that holds a point; points outside the store belong to the nearest voxel. */
  voxelAt(x: number, y: number, z: number): number {
    const column = x <= 0 ? 0 : Math.min(this.columns - 1, Math.floor(x / CELL_M));
    const row = y <= 0 ? 0 : Math.min(this.rows - 1, Math.floor(y / CELL_M));
    const layer = z <= 0 ? 0 : Math.min(LAYERS - 1, Math.floor(z / LAYER_M));
    return (layer * this.rows + row) * this.columns + column;
  }

  /** Middle of a voxel. */
  centreOf(voxel: number): readonly [number, number, number] {
    const column = voxel % this.columns;
    const row = Math.floor(voxel / this.columns) % this.rows;
    const layer = Math.floor(voxel / (this.columns * this.rows));
    return [(column + 0.5) * CELL_M, (row + 0.5) * CELL_M, (layer + 0.5) * LAYER_M];
  }

  /** Index of the fixture whose box holds the voxel's middle, or −1. */
  fixtureAt(voxel: number): number {
    let fixture = this.inside[voxel]!;
    if (fixture === -2) {
      const [x, y, z] = this.centreOf(voxel);
      fixture = -1;
      for (const block of this.blocks) if (holds(block, x, y, z)) fixture = block.fixture;
      this.inside[voxel] = fixture;
    }
    return fixture;
  }

  /** Whether fixtures leave the line between a camera and a point free; doors are not looked at. */
  isFree(camera: Point, x: number, y: number, z: number): boolean {
    for (const block of this.blocks) {
      if (holds(block, camera[0], camera[1], camera[2])) continue;
      if (hides(block, camera, x, y, z)) return false;
    }
    return true;
  }
}

/** Along the front, and into the fixture, from world. */
function along(block: Block, x: number, y: number): number {
  return (x - block.x) * block.ax + (y - block.y) * block.ay;
}

function into(block: Block, x: number, y: number): number {
  return (y - block.y) * block.ax - (x - block.x) * block.ay;
}

function holds(block: Block, x: number, y: number, z: number): boolean {
  const v = into(block, x, y);
  return z <= block.height && v >= 0 && v <= block.depth && Math.abs(along(block, x, y)) <= block.halfLength;
}

function hides(block: Block, camera: Point, x: number, y: number, z: number): boolean {
  if (holds(block, x, y, z)) return hidesInside(block, camera, x, y, z);
  return isCrossed(block, camera, along(block, x, y), into(block, x, y), z);
}

function hidesInside(block: Block, camera: Point, x: number, y: number, z: number): boolean {
  const u = along(block, x, y);
  const v = into(block, x, y) - FOREARM_M;
  // The forearm shows in front of the fixture.
  if (v <= 0) return isCrossed(block, camera, u, Math.min(v, -CLEAR_M), z);
  const toU = along(block, camera[0], camera[1]) - u;
  const toV = into(block, camera[0], camera[1]) - v;
  const toZ = camera[2] - z;
  let covered = false;
  for (const board of block.boards) {
    if (board.z <= z) continue;
    covered = true;
    if (toZ <= board.z - z) continue;
    const at = (board.z - z) / toZ;
    const vAt = v + at * toV;
    if (vAt > 0 && vAt < board.depth && Math.abs(u + at * toU) <= block.halfLength) return true;
  }
  // Under a board the front is the only way out; above the last one the top is open too.
  return covered && v + toV >= 0;
}

/** Whether the line from a point in the fixture's own axes to the camera passes through its box. */
function isCrossed(block: Block, camera: Point, u: number, v: number, z: number): boolean {
  slab[0] = 0;
  slab[1] = 1;
  return (
    clip(u, along(block, camera[0], camera[1]) - u, -block.halfLength, block.halfLength) &&
    clip(v, into(block, camera[0], camera[1]) - v, 0, block.depth) &&
    clip(z, camera[2] - z, 0, block.height)
  );
}

const slab = new Float64Array(2);

/** Narrows the stretch of the line that lies between two planes; false when nothing is left. */
function clip(from: number, by: number, low: number, high: number): boolean {
  if (Math.abs(by) < 1e-12) return from >= low && from <= high;
  const a = (low - from) / by;
  const b = (high - from) / by;
  slab[0] = Math.max(slab[0]!, Math.min(a, b));
  slab[1] = Math.min(slab[1]!, Math.max(a, b));
  return slab[0]! <= slab[1]!;
}

/** One camera's visibility of the store, found voxel by voxel as it is asked for. */
export class SightGrid {
  private readonly sight: FixtureSight;
  private readonly camera: Point;
  private readonly seen: Uint8Array;

  constructor(sight: FixtureSight, camera: Point) {
    this.sight = sight;
    this.camera = camera;
    this.seen = new Uint8Array(sight.voxels);
  }

  sees(voxel: number): boolean {
    let state = this.seen[voxel]!;
    if (state === 0) {
      const [x, y, z] = this.sight.centreOf(voxel);
      state = this.sight.isFree(this.camera, x, y, z) ? SEEN : HIDDEN;
      this.seen[voxel] = state;
    }
    return state === SEEN;
  }
}
