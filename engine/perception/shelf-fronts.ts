import type { Store } from '../store.ts';

/** Numbers per fixture: front's middle x, y; outward normal x, y; half length; depth; lowest and highest z; height of doors. */
const WIDTH = 9;
/** Above a fixture's top a hand may still lie on it, metres. */
const ABOVE_M = 0.25;

/** Leaves of a fridge open so far out, and end so far below its top, metres. */
const LEAF_M = 1;
const LEAF_BELOW_M = 0.4;
const BESIDE_M = 0.1;

/** Fixtures are looked up by squares of the floor, this wide, metres. */
const CELL_M = 0.25;
/** Nobody asks further before a front than this, metres. */
const BEFORE_MAX_M = 0.5;

/** Where shelves are, to tell a hand in a shelf from anything in front of it. */
export class ShelfFronts {
  readonly #fixtures: Float64Array;
  readonly #columns: number;
  readonly #rows: number;
  /** Fixtures of floor cell c: `inCell[firstOfCell[c] .. firstOfCell[c + 1])`, as places in `#fixtures`. */
  readonly #firstOfCell: Int32Array;
  readonly #inCell: Int32Array;

  constructor(store: Store) {
    this.#fixtures = new Float64Array(WIDTH * store.fixtures.length);
    store.fixtures.forEach((fixture, i) => {
      const lowest = Math.min(fixture.heightM, ...fixture.shelves.map((shelf) => shelf.heightM));
      const highest = Math.max(fixture.heightM, ...fixture.shelves.map((shelf) => shelf.heightM)) + ABOVE_M;
      const normal = [Math.cos(fixture.facingRad), Math.sin(fixture.facingRad)];
      const doors = fixture.kind === 'fridge' ? fixture.heightM : Number.NEGATIVE_INFINITY;
      this.#fixtures.set(
        [fixture.atM[0], fixture.atM[1], ...normal, fixture.lengthM / 2, fixture.depthM, lowest, highest, doors],
        WIDTH * i,
      );
    });
    this.#columns = Math.ceil(store.sizeM[0] / CELL_M) + 2;
    this.#rows = Math.ceil(store.sizeM[1] / CELL_M) + 2;
    const cells = Array.from({ length: this.#columns * this.#rows }, (_, cell) => this.#nearCell(cell));
    this.#firstOfCell = new Int32Array(cells.length + 1);
    cells.forEach((near, cell) => {
      this.#firstOfCell[cell + 1] = this.#firstOfCell[cell] + near.length;
    });
    this.#inCell = Int32Array.from(cells.flat());
  }

  /** Places of the fixtures that a point of a floor cell may be in or before. */
  #nearCell(cell: number): number[] {
    const f = this.#fixtures;
    const x = ((cell % this.#columns) - 0.5) * CELL_M;
    const y = (Math.floor(cell / this.#columns) - 0.5) * CELL_M;
    const near: number[] = [];
    for (let at = 0; at < f.length; at += WIDTH) {
      const [dx, dy] = [x - f[at], y - f[at + 1]];
      const inside = -(dx * f[at + 2] + dy * f[at + 3]);
      const along = Math.abs(dy * f[at + 2] - dx * f[at + 3]);
      if (inside > -BEFORE_MAX_M - CELL_M && inside < f[at + 5] + CELL_M && along < f[at + 4] + CELL_M) near.push(at);
    }
    return near;
  }

  /** How far a point lies behind the front of the fixture it is in, or at most `beforeM` before; −Infinity elsewhere. */
  depthInside(x: number, y: number, z: number, beforeM: number): number {
    const f = this.#fixtures;
    const column = Math.floor(x / CELL_M) + 1;
    const row = Math.floor(y / CELL_M) + 1;
    if (!(column >= 0 && row >= 0 && column < this.#columns && row < this.#rows)) return Number.NEGATIVE_INFINITY;
    const cell = row * this.#columns + column;
    for (let i = this.#firstOfCell[cell]; i < this.#firstOfCell[cell + 1]; i++) {
      const at = this.#inCell[i];
      const dx = x - f[at];
      const dy = y - f[at + 1];
      const inside = -(dx * f[at + 2] + dy * f[at + 3]);
      if (inside < -beforeM || inside > f[at + 5]) continue;
      const along = dy * f[at + 2] - dx * f[at + 3];
      if (Math.abs(along) <= f[at + 4] && z >= f[at + 6] && z <= f[at + 7]) return inside;
    }
    return Number.NEGATIVE_INFINITY;
  }

  /** Whether the top of an open fridge door may be at a place. */
  mayBeDoor(x: number, y: number, topM: number): boolean {
    const f = this.#fixtures;
    for (let at = 0; at < f.length; at += WIDTH) {
      if (topM > f[at + 8] || topM < f[at + 8] - LEAF_BELOW_M) continue;
      const dx = x - f[at];
      const dy = y - f[at + 1];
      const before = dx * f[at + 2] + dy * f[at + 3];
      const along = dy * f[at + 2] - dx * f[at + 3];
      if (before > -BESIDE_M && before < LEAF_M && Math.abs(along) < f[at + 4] + BESIDE_M) return true;
    }
    return false;
  }
}
