import { hypot2 } from '../maths.ts';
import type { DistanceField } from './distance-field.ts';
import type { Girth } from './nav-grid.ts';

/** Shoulders turn and coats give: bodies come this close to each other's axis at most while nobody is stuck. */
const CORE_M = { person: 0.19, cart: 0.3 } as const;
/** No headway for this long, then bodies squeeze past each other within the next few seconds. */
const PATIENCE_S = 2;
const SQUEEZE_S = 4;

/** One body on the floor as the crowd knows it: where it is, where it wants to be, what hinders it. */
export class Walker {
  /** Order of work: the shopper's index in the run. */
  readonly index: number;
  readonly girth: Girth;
  readonly coreM: number;
  readonly speedMps: number;
  xM: number;
  yM: number;
  vx = 0;
  vy = 0;
  /** Unit heading. */
  hx: number;
  hy: number;
  /** Where to go; where to stay when `moving` is false. */
  goalXM: number;
  goalYM: number;
  moving = false;
  /** Hands are on a shelf: others cannot push this body. */
  anchored = false;
  /** Unit vector to face while standing, or 0, 0. */
  faceX = 0;
  faceY = 0;
  /** Pull of the own group, m/s². */
  pullX = 0;
  pullY = 0;
  field: DistanceField | null = null;
  /** Girth the way was planned for. */
  wayGirth: Girth;
  /** Next point on the way. */
  nextXM = 0;
  nextYM = 0;
  refreshTicks = 0;
  /** Way left, metres. */
  remainingM = 0;
  bestRemainingM = 0;
  stuckS = 0;
  /** Walked so far, metres; drives the swing of arms. */
  strideM = 0;

  constructor(index: number, girth: Girth, speedMps: number, xM: number, yM: number, hx: number, hy: number) {
    this.index = index;
    this.girth = girth;
    this.wayGirth = girth;
    this.coreM = CORE_M[girth];
    this.speedMps = speedMps;
    this.xM = xM;
    this.yM = yM;
    this.goalXM = xM;
    this.goalYM = yM;
    this.hx = hx;
    this.hy = hy;
  }

  goalDistanceM(): number {
    return hypot2(this.goalXM - this.xM, this.goalYM - this.yM);
  }

  /** 1 = keeps its full width, near 0 = squeezes through. */
  get width(): number {
    if (!this.moving || this.stuckS <= PATIENCE_S) return 1;
    return Math.max(0.05, 1 - (this.stuckS - PATIENCE_S) / SQUEEZE_S);
  }

  /** Stays where it is, facing `faceX, faceY` (0, 0 = as it is). */
  stand(faceX: number, faceY: number): void {
    this.moving = false;
    this.goalXM = this.xM;
    this.goalYM = this.yM;
    this.faceX = faceX;
    this.faceY = faceY;
    this.stuckS = 0;
  }
}
