import type { CameraPlan, FixturePlan, Run } from '../../scenario/run.ts';

/** Hands and heads of those who bend are about this high, metres. */
const HEIGHT_M = 1;
/** Most rays worth a moment of waiting; larger stores get coarser cells. */
const MOST_RAYS = 4e6;
const FINEST_M = 0.25;
/** A cell counts no further. */
const MOST_CAMERAS = 127;

/** How many cameras see each cell of the floor plan at the height of 1 m. */
export interface Coverage {
  readonly cellM: number;
  readonly columns: number;
  readonly rows: number;
  /** rows × columns, row 0 at y = 0; −1 under fixtures, where nobody walks. */
  readonly cameras: Int8Array;
}

/** Counts per cell the cameras whose picture it is in (without the lens's distortion) and that no fixture hides it from. */
export function coverageOf(run: Pick<Run, 'store' | 'cameras'>): Coverage {
  const { sizeM, fixtures } = run.store;
  const rays = (cellM: number) => ((sizeM[0] * sizeM[1]) / cellM ** 2) * run.cameras.length * (fixtures.length + 1);
  let cellM = FINEST_M;
  while (rays(cellM) > MOST_RAYS) cellM *= 1.25;
  const columns = Math.ceil(sizeM[0] / cellM);
  const rows = Math.ceil(sizeM[1] / cellM);
  const cameras = new Int8Array(columns * rows);
  const boxes = fixtures.map(boxOf);
  const sights = run.cameras.slice(0, MOST_CAMERAS).map(sightOf);
  for (let cell = 0; cell < cameras.length; cell++) {
    const x = ((cell % columns) + 0.5) * cellM;
    const y = (Math.floor(cell / columns) + 0.5) * cellM;
    if (boxes.some((box) => isUnder(box, x, y))) {
      cameras[cell] = -1;
      continue;
    }
    for (const sight of sights) {
      if (isInPicture(sight, x, y, HEIGHT_M) && !boxes.some((box) => isBetween(box, sight.atM, x, y, HEIGHT_M)))
        cameras[cell] += 1;
    }
  }
  return { cellM, columns, rows, cameras };
}

type Vector = readonly [number, number, number];

interface Sight {
  readonly atM: Vector;
  readonly forward: Vector;
  readonly right: Vector;
  readonly down: Vector;
  readonly tanAcross: number;
  readonly tanUp: number;
}

function sightOf({ atM, lookM, hfovRad, widthPx, heightPx }: CameraPlan): Sight {
  const forward = unit([lookM[0] - atM[0], lookM[1] - atM[1], lookM[2] - atM[2]]);
  const isUpright = Math.hypot(forward[0], forward[1]) < 1e-6;
  const right = unit(cross(forward, isUpright ? [0, 1, 0] : [0, 0, 1]));
  const tanAcross = Math.tan(hfovRad / 2);
  return {
    ...{ atM, forward, right, down: cross(forward, right), tanAcross },
    tanUp: (tanAcross * heightPx) / widthPx,
  };
}

function isInPicture({ atM, forward, right, down, tanAcross, tanUp }: Sight, x: number, y: number, z: number): boolean {
  const to: Vector = [x - atM[0], y - atM[1], z - atM[2]];
  const away = dot(to, forward);
  return away > 0.05 && Math.abs(dot(to, right)) <= away * tanAcross && Math.abs(dot(to, down)) <= away * tanUp;
}

/** A fixture as a box: middle, unit vector along its front, half sizes. */
interface Box {
  readonly xM: number;
  readonly yM: number;
  readonly ux: number;
  readonly uy: number;
  readonly halfM: Vector;
}

function boxOf({ atM, facingRad, lengthM, depthM, heightM }: FixturePlan): Box {
  const [nx, ny] = [Math.cos(facingRad), Math.sin(facingRad)];
  return {
    ...{ xM: atM[0] - (nx * depthM) / 2, yM: atM[1] - (ny * depthM) / 2, ux: -ny, uy: nx },
    halfM: [lengthM / 2, depthM / 2, heightM / 2],
  };
}

function isUnder(box: Box, x: number, y: number): boolean {
  return Math.abs(along(box, x, y)) <= box.halfM[0] && Math.abs(across(box, x, y)) <= box.halfM[1];
}

/** Whether a box lies on the way from a camera to a point, by the slab method. */
function isBetween(box: Box, atM: Vector, x: number, y: number, z: number): boolean {
  const { halfM } = box;
  const from = [along(box, atM[0], atM[1]), across(box, atM[0], atM[1]), atM[2] - halfM[2]];
  const to = [along(box, x, y), across(box, x, y), z - halfM[2]];
  let enter = 0;
  let leave = 1;
  for (let axis = 0; axis < 3; axis++) {
    const way = to[axis] - from[axis];
    if (Math.abs(way) < 1e-9) {
      if (Math.abs(from[axis]) > halfM[axis]) return false;
      continue;
    }
    const [a, b] = [(-halfM[axis] - from[axis]) / way, (halfM[axis] - from[axis]) / way];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return enter <= leave;
}

function along({ xM, yM, ux, uy }: Box, x: number, y: number): number {
  return (x - xM) * ux + (y - yM) * uy;
}

function across({ xM, yM, ux, uy }: Box, x: number, y: number): number {
  return (x - xM) * -uy + (y - yM) * ux;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(v: Vector): Vector {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}
