import { type Lighting, lightOn } from './lighting.ts';
import type { Pinhole } from './pinhole.ts';

/** Numbers that describe a camera in the space of a shape, and their places. */
export const SHAPE_SPACE = 21;
export const CENTRE = 0;
export const STEP_X = 3;
export const STEP_Y = 6;
export const ORIGIN = 9;
/** Inverse of the shape's 3 × 3, row-major. */
const INVERSE = 12;

/** Brings a camera's centre and rays into the space of a shape whose matrix begins at `o`. */
export function enterShape(local: Float64Array, camera: Pinhole, m: Float32Array, o: number): void {
  const [m0, m1, m2, m3, m4, m5] = [m[o], m[o + 1], m[o + 2], m[o + 3], m[o + 4], m[o + 5]];
  const [m6, m7, m8] = [m[o + 6], m[o + 7], m[o + 8]];
  const c0 = m4 * m8 - m7 * m5;
  const c1 = m6 * m5 - m3 * m8;
  const c2 = m3 * m7 - m6 * m4;
  const scale = 1 / (m0 * c0 + m1 * c1 + m2 * c2);
  const r = INVERSE;
  local[r] = c0 * scale;
  local[r + 1] = c1 * scale;
  local[r + 2] = c2 * scale;
  local[r + 3] = (m7 * m2 - m1 * m8) * scale;
  local[r + 4] = (m0 * m8 - m6 * m2) * scale;
  local[r + 5] = (m6 * m1 - m0 * m7) * scale;
  local[r + 6] = (m1 * m5 - m4 * m2) * scale;
  local[r + 7] = (m3 * m2 - m0 * m5) * scale;
  local[r + 8] = (m0 * m4 - m3 * m1) * scale;
  const { centre } = camera;
  turnInto(local, CENTRE, centre[0] - m[o + 9], centre[1] - m[o + 10], centre[2] - m[o + 11]);
  turnInto(local, STEP_X, camera.stepX[0], camera.stepX[1], camera.stepX[2]);
  turnInto(local, STEP_Y, camera.stepY[0], camera.stepY[1], camera.stepY[2]);
  turnInto(local, ORIGIN, camera.origin[0], camera.origin[1], camera.origin[2]);
}

/** Light, 0..256, on a normal given in the shape's space: normals turn by the inverse's transpose. */
export function lightInShape(
  lighting: Lighting,
  local: Float64Array,
  x: number,
  y: number,
  z: number,
  level: number,
): number {
  const r = INVERSE;
  return lightOn(
    lighting,
    local[r] * x + local[r + 3] * y + local[r + 6] * z,
    local[r + 1] * x + local[r + 4] * y + local[r + 7] * z,
    local[r + 2] * x + local[r + 5] * y + local[r + 8] * z,
    level,
  );
}

/** Writes inverse · (x, y, z) at a place. */
function turnInto(local: Float64Array, at: number, x: number, y: number, z: number): void {
  local[at] = local[INVERSE] * x + local[INVERSE + 1] * y + local[INVERSE + 2] * z;
  local[at + 1] = local[INVERSE + 3] * x + local[INVERSE + 4] * y + local[INVERSE + 5] * z;
  local[at + 2] = local[INVERSE + 6] * x + local[INVERSE + 7] * y + local[INVERSE + 8] * z;
}
