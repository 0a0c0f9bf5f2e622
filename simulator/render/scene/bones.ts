import { type Instances, MATRIX } from './instances.ts';

/**
 * Writes a matrix that runs from a to b along the shape's z, with half axes `forward` and `across` for its x and y. `fx, fy`
 * is where the person looks; the shape's x stays as near to it as it can. Never mirrors.
 */
export function placeBone(
  out: Instances,
  instance: number,
  ax: number,
  ay: number,
  az: number,
  bx: number,
  by: number,
  bz: number,
  fx: number,
  fy: number,
  forward: number,
  across: number,
): void {
  const dx = bx - ax;
  const dy = by - ay;
  const dz = bz - az;
  const length = Math.sqrt(dx * dx + dy * dy + dz * dz) + 1e-6;
  const zx = dx / length;
  const zy = dy / length;
  const zz = dz / length;
  // y = z × facing; where the bone runs along the facing itself, up takes its place.
  let yx = -zz * fy;
  let yy = zz * fx;
  let yz = zx * fy - zy * fx;
  let size = Math.sqrt(yx * yx + yy * yy + yz * yz);
  if (size < 0.05) {
    yx = -fy;
    yy = fx;
    yz = 0;
    size = 1;
  }
  yx /= size;
  yy /= size;
  yz /= size;
  const m = out.matrix;
  const at = instance * MATRIX;
  m[at] = (yy * zz - yz * zy) * forward;
  m[at + 1] = (yz * zx - yx * zz) * forward;
  m[at + 2] = (yx * zy - yy * zx) * forward;
  m[at + 3] = yx * across;
  m[at + 4] = yy * across;
  m[at + 5] = yz * across;
  m[at + 6] = dx;
  m[at + 7] = dy;
  m[at + 8] = dz + (length < 2e-6 ? 1e-6 : 0);
  m[at + 9] = ax;
  m[at + 10] = ay;
  m[at + 11] = az;
}

/** Writes where the middle joint of a two-bone limb is that bends towards the unit vector (px, py, pz). */
export function jointInto(
  out: Float64Array,
  ax: number,
  ay: number,
  az: number,
  bx: number,
  by: number,
  bz: number,
  upper: number,
  lower: number,
  px: number,
  py: number,
  pz: number,
): void {
  const dx = bx - ax;
  const dy = by - ay;
  const dz = bz - az;
  const squared = dx * dx + dy * dy + dz * dz + 1e-9;
  const along = Math.min(1, Math.max(0, (squared + upper * upper - lower * lower) / (2 * squared)));
  const aside = Math.sqrt(Math.max(0, upper * upper - along * along * squared));
  const share = (px * dx + py * dy + pz * dz) / squared;
  const ox = px - share * dx;
  const oy = py - share * dy;
  const oz = pz - share * dz;
  const scale = aside / Math.sqrt(ox * ox + oy * oy + oz * oz + 1e-9);
  out[0] = ax + dx * along + ox * scale;
  out[1] = ay + dy * along + oy * scale;
  out[2] = az + dz * along + oz * scale;
}
