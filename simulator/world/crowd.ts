import { clamp, hypot2 } from '../maths.ts';
import { DistanceFields, nextPointInto } from './distance-field.ts';
import type { Layout } from './layout.ts';
import { NavGrid } from './nav-grid.ts';
import { NeighbourGrid } from './neighbour-grid.ts';
import { Obstacles } from './obstacles.ts';
import type { Walker } from './walker.ts';

/** People begin to make room at this distance, core radius on top. */
const PERSONAL_M = 0.6;
const REPULSION_MPS2 = 3;
/** Share of the repulsion that turns into a step to the right, so that two who meet head-on pass. */
const SIDESTEP = 0.7;
const RELAX_S = 0.35;
const HOME_PER_S = 1.5;
const HOME_MPS = 0.45;
const ARRIVE_M = 0.35;
const TURN_PER_S = 7;
const MAX_PUSH_M = 0.03;
const REFRESH_TICKS = 6;
const HEADWAY_M = 0.05;
/** A goal this close and in a free line is headed for directly. */
const DIRECT_M = 4;

const ahead = new Float64Array(2);
const point = new Float64Array(2);
const force = new Float64Array(2);

/**
 * Bodies walking by distance fields and a social force (Helbing & Molnár 1995, with a repulsion of finite reach in
 * place of the exponential), hard cores, and exact fixtures. Who makes no headway squeezes through, so no jam lasts.
 */
export class Crowd {
  readonly grid: NavGrid;
  readonly fields: DistanceFields;
  /** By shopper index. */
  readonly walkers: Walker[] = [];
  private readonly obstacles: Obstacles;
  private readonly neighbours: NeighbourGrid;
  private readonly dt: number;
  private pushX = new Float64Array(64);
  private pushY = new Float64Array(64);

  constructor(layout: Layout, tickHz: number) {
    this.grid = new NavGrid(layout);
    this.fields = new DistanceFields(this.grid);
    this.obstacles = new Obstacles(layout, this.grid);
    this.neighbours = new NeighbourGrid(this.grid);
    this.dt = 1 / tickHz;
  }

  add(walker: Walker): void {
    let at = this.walkers.length;
    while (at > 0 && this.walkers[at - 1]!.index > walker.index) at -= 1;
    this.walkers.splice(at, 0, walker);
    if (this.walkers.length > this.pushX.length) {
      this.pushX = new Float64Array(this.walkers.length * 2);
      this.pushY = new Float64Array(this.walkers.length * 2);
    }
  }

  remove(walker: Walker): void {
    const at = this.walkers.indexOf(walker);
    if (at >= 0) this.walkers.splice(at, 1);
  }

  /** Sends a walker to a point, or to the nearest free floor beside it; false when no way leads there. */
  send(walker: Walker, xM: number, yM: number): boolean {
    const { grid } = this;
    const cell = grid.nearestFree(xM, yM, walker.girth);
    if (cell < 0) return false;
    const isFree = cell === grid.cellAt(xM, yM);
    walker.goalXM = isFree ? xM : grid.xOf(cell);
    walker.goalYM = isFree ? yM : grid.yOf(cell);
    walker.field = null;
    walker.wayGirth = walker.girth;
    walker.remainingM = this.look(walker);
    if (walker.remainingM === Number.POSITIVE_INFINITY && walker.girth === 'cart') {
      // Too narrow for a trolley: it is folded, lifted or left behind.
      walker.wayGirth = 'person';
      walker.field = null;
      walker.remainingM = this.look(walker);
    }
    walker.moving = walker.remainingM !== Number.POSITIVE_INFINITY;
    walker.bestRemainingM = walker.remainingM;
    walker.stuckS = 0;
    walker.refreshTicks = REFRESH_TICKS;
    return walker.moving;
  }

  step(): void {
    const { walkers, neighbours, dt } = this;
    neighbours.fill(walkers);
    for (const walker of walkers) if (walker.moving) this.refresh(walker);
    for (let rank = 0; rank < walkers.length; rank++) this.accelerate(walkers[rank]!, rank);
    this.separate();
    for (let rank = 0; rank < walkers.length; rank++) {
      const walker = walkers[rank]!;
      const stepX = walker.vx * dt + clamp(this.pushX[rank]!, -MAX_PUSH_M, MAX_PUSH_M);
      const stepY = walker.vy * dt + clamp(this.pushY[rank]!, -MAX_PUSH_M, MAX_PUSH_M);
      if (stepX !== 0 || stepY !== 0) this.move(walker, stepX, stepY);
      turn(walker, dt);
    }
  }

  private refresh(walker: Walker): void {
    if (--walker.refreshTicks > 0) return;
    walker.refreshTicks = REFRESH_TICKS;
    const remainingM = this.look(walker);
    if (remainingM < walker.bestRemainingM - HEADWAY_M) {
      walker.bestRemainingM = remainingM;
      walker.stuckS = Math.max(0, walker.stuckS - 1);
    } else walker.stuckS += REFRESH_TICKS * this.dt;
  }

  /** Looks ahead, straight or along a field made when first needed; the way left, metres. */
  private look(walker: Walker): number {
    const { xM, yM, goalXM, goalYM, wayGirth } = walker;
    const directM = walker.goalDistanceM();
    if (directM < DIRECT_M && this.grid.isLineFree(xM, yM, goalXM, goalYM, wayGirth)) {
      walker.nextXM = goalXM;
      walker.nextYM = goalYM;
      walker.remainingM = directM;
      return directM;
    }
    walker.field ??= this.fields.towards(goalXM, goalYM, wayGirth);
    if (walker.field === null) return Number.POSITIVE_INFINITY;
    const wayM = nextPointInto(ahead, this.grid, walker.field, wayGirth, xM, yM);
    if (wayM === Number.POSITIVE_INFINITY) return wayM;
    walker.nextXM = ahead[0]!;
    walker.nextYM = ahead[1]!;
    walker.remainingM = wayM;
    return wayM;
  }

  private accelerate(walker: Walker, rank: number): void {
    const { dt } = this;
    const toX = (walker.moving ? walker.nextXM : walker.goalXM) - walker.xM;
    const toY = (walker.moving ? walker.nextYM : walker.goalYM) - walker.yM;
    const distance = hypot2(toX, toY);
    const full = walker.moving ? walker.speedMps : HOME_MPS;
    const goalM = walker.moving ? walker.goalDistanceM() : distance;
    const speed = walker.moving ? full * clamp(goalM / ARRIVE_M, 0.15, 1) : Math.min(full, distance * HOME_PER_S);
    const wantX = distance > 1e-6 ? (toX / distance) * speed : 0;
    const wantY = distance > 1e-6 ? (toY / distance) * speed : 0;
    this.repel(walker, rank, wantX, wantY);
    walker.vx += ((wantX - walker.vx) / RELAX_S + force[0]! + walker.pullX) * dt;
    walker.vy += ((wantY - walker.vy) / RELAX_S + force[1]! + walker.pullY) * dt;
    const v = hypot2(walker.vx, walker.vy);
    const limit = full * 1.3;
    if (v > limit) {
      walker.vx *= limit / v;
      walker.vy *= limit / v;
    } else if (!walker.moving && v < 0.005 && distance < 0.02) {
      walker.vx = 0;
      walker.vy = 0;
    }
    if (walker.anchored) {
      walker.vx = 0;
      walker.vy = 0;
    }
  }

  /** Writes the push of everyone near into `force`. */
  private repel(walker: Walker, rank: number, wantX: number, wantY: number): void {
    force[0] = 0;
    force[1] = 0;
    if (walker.anchored) return;
    const { neighbours, walkers } = this;
    const { cellStart, sorted, xM, yM, columns } = neighbours;
    const column = neighbours.columnAt(walker.xM);
    const row = neighbours.rowAt(walker.yM);
    const firstColumn = Math.max(0, column - 1);
    const lastColumn = Math.min(columns - 1, column + 1);
    const width = walker.width;
    for (let r = Math.max(0, row - 1); r <= Math.min(neighbours.rows - 1, row + 1); r++) {
      const end = cellStart[r * columns + lastColumn + 1]!;
      for (let at = cellStart[r * columns + firstColumn]!; at < end; at++) {
        const dx = walker.xM - xM[at]!;
        const dy = walker.yM - yM[at]!;
        const square = dx * dx + dy * dy;
        if (square > 1 || sorted[at] === rank) continue;
        const distance = Math.sqrt(square);
        const other = walkers[sorted[at]!]!;
        const reach = PERSONAL_M + other.coreM;
        if (distance >= reach || distance < 1e-6) continue;
        const nx = dx / distance;
        const ny = dy / distance;
        const closeness = 1 - distance / reach;
        const ahead = -(nx * wantX + ny * wantY);
        const seen = ahead > 0 ? 1 : 0.4;
        const push = REPULSION_MPS2 * closeness * seen * width;
        const side = ahead > 0 ? push * SIDESTEP : 0;
        // To the right of the way to the other: (−n) turned clockwise.
        force[0] += nx * push - ny * side;
        force[1] += ny * push + nx * side;
      }
    }
  }

  /** Pushes overlapping cores apart. */
  private separate(): void {
    const { walkers, neighbours, pushX, pushY } = this;
    const { cellStart, sorted, columns } = neighbours;
    for (let rank = 0; rank < walkers.length; rank++) {
      pushX[rank] = 0;
      pushY[rank] = 0;
    }
    for (let rank = 0; rank < walkers.length; rank++) {
      const walker = walkers[rank]!;
      const column = neighbours.columnAt(walker.xM);
      const row = neighbours.rowAt(walker.yM);
      for (let r = Math.max(0, row - 1); r <= Math.min(neighbours.rows - 1, row + 1); r++) {
        const end = cellStart[r * columns + Math.min(columns - 1, column + 1) + 1]!;
        for (let at = cellStart[r * columns + Math.max(0, column - 1)]!; at < end; at++) {
          const other = sorted[at]!;
          if (other > rank) this.separatePair(walker, rank, walkers[other]!, other);
        }
      }
    }
  }

  private separatePair(one: Walker, rank: number, two: Walker, otherRank: number): void {
    const dx = one.xM - two.xM;
    const dy = one.yM - two.yM;
    const square = dx * dx + dy * dy;
    const cores = one.coreM + two.coreM;
    if (square >= cores * cores) return;
    const wanted = cores * Math.min(one.width, two.width);
    const distance = Math.sqrt(square);
    if (distance >= wanted) return;
    // Two on the very same spot part along the x axis.
    const nx = distance > 1e-6 ? dx / distance : 1;
    const ny = distance > 1e-6 ? dy / distance : 0;
    const overlap = (wanted - distance) * 0.5;
    const share = one.anchored === two.anchored ? 0.5 : one.anchored ? 0 : 1;
    this.pushX[rank]! += nx * overlap * share;
    this.pushY[rank]! += ny * overlap * share;
    this.pushX[otherRank]! -= nx * overlap * (1 - share);
    this.pushY[otherRank]! -= ny * overlap * (1 - share);
  }

  private move(walker: Walker, stepX: number, stepY: number): void {
    point[0] = walker.xM + stepX;
    point[1] = walker.yM + stepY;
    if (!this.obstacles.pushOut(point)) return;
    walker.strideM += hypot2(point[0]! - walker.xM, point[1]! - walker.yM);
    walker.xM = point[0]!;
    walker.yM = point[1]!;
  }
}

function turn(walker: Walker, dt: number): void {
  let toX = walker.faceX;
  let toY = walker.faceY;
  if (walker.moving) {
    const v = hypot2(walker.vx, walker.vy);
    if (v < 0.1) return;
    toX = walker.vx / v;
    toY = walker.vy / v;
  }
  if (toX === 0 && toY === 0) return;
  const dot = walker.hx * toX + walker.hy * toY;
  if (dot > 0.99999) return;
  // Turning right about: give the blend a side to go round.
  const bend = dot < -0.9 ? 0.5 : 0;
  const share = Math.min(1, TURN_PER_S * dt);
  const hx = walker.hx + (toX - walker.hx) * share - walker.hy * bend * share;
  const hy = walker.hy + (toY - walker.hy) * share + walker.hx * bend * share;
  const length = hypot2(hx, hy);
  if (length < 1e-6) return;
  walker.hx = hx / length;
  walker.hy = hy / length;
}
