import { ABSENT, type Instances, MATRIX } from '../scene/instances.ts';
import type { CompiledGeometry } from './compiled-geometry.ts';
import type { Pinhole } from './pinhole.ts';

const BUCKETS = 1024;
/** Distance that one bucket spans, metres. */
const BUCKET_M = 0.03;
const counts = new Int32Array(BUCKETS + 1);

/** A rectangle of pixels: from inclusive, to exclusive. */
export interface PixelBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Instances that may be seen, nearest first; equally near ones stay in their own order, so that pictures are exact. */
export class VisibleOrder {
  indices = new Int32Array(1024);
  count = 0;
  private found = new Int32Array(1024);
  private bucket = new Int16Array(1024);

  /** Gathers instances `from` ≤ i < `to` whose bounding spheres touch the box of the canvas. */
  gather(
    camera: Pinhole,
    box: PixelBox,
    instances: Instances,
    geometries: readonly CompiledGeometry[],
    from: number,
    to: number,
  ): void {
    this.reserve(to - from);
    const { rows } = camera;
    const { x0, y0, x1, y1 } = box;
    const left = sideNorm(rows, 0, x0 - 0.5);
    const right = sideNorm(rows, 0, x1 - 0.5);
    const top = sideNorm(rows, 4, y0 - 0.5);
    const bottom = sideNorm(rows, 4, y1 - 0.5);
    const { matrix: m, shape } = instances;
    const { found, bucket } = this;
    counts.fill(0);
    let n = 0;
    for (let k = from; k < to; k++) {
      if (shape[k] === ABSENT) continue;
      const geometry = geometries[shape[k]];
      const o = k * MATRIX;
      const [gx, gy, gz] = geometry.centre;
      const x = m[o] * gx + m[o + 3] * gy + m[o + 6] * gz + m[o + 9];
      const y = m[o + 1] * gx + m[o + 4] * gy + m[o + 7] * gz + m[o + 10];
      const z = m[o + 2] * gx + m[o + 5] * gy + m[o + 8] * gz + m[o + 11];
      const w = rows[8] * x + rows[9] * y + rows[10] * z + rows[11];
      const radius = geometry.radius * stretchOf(m, o);
      if (w < -radius) continue;
      const iw = rows[0] * x + rows[1] * y + rows[2] * z + rows[3];
      if (iw - (x0 - 0.5) * w < -radius * left || (x1 - 0.5) * w - iw < -radius * right) continue;
      const jw = rows[4] * x + rows[5] * y + rows[6] * z + rows[7];
      if (jw - (y0 - 0.5) * w < -radius * top || (y1 - 0.5) * w - jw < -radius * bottom) continue;
      const near = (w - 0.5 * radius) / BUCKET_M;
      const b = near <= 0 ? 0 : near >= BUCKETS - 1 ? BUCKETS - 1 : near | 0;
      found[n] = k;
      bucket[n++] = b;
      counts[b + 1]++;
    }
    for (let b = 1; b < BUCKETS; b++) counts[b] += counts[b - 1];
    for (let i = 0; i < n; i++) this.indices[counts[bucket[i]]++] = found[i];
    this.count = n;
  }

  private reserve(n: number): void {
    if (n <= this.indices.length) return;
    this.indices = new Int32Array(2 * n);
    this.found = new Int32Array(2 * n);
    this.bucket = new Int16Array(2 * n);
  }
}

/** Length of the gradient of (pixel · w − edge · w) over the world. */
function sideNorm(rows: Float64Array, row: number, edge: number): number {
  const x = rows[row] - edge * rows[8];
  const y = rows[row + 1] - edge * rows[9];
  const z = rows[row + 2] - edge * rows[10];
  return Math.sqrt(x * x + y * y + z * z);
}

/** Longest column: how much a bounding sphere may grow. */
function stretchOf(m: Float32Array, o: number): number {
  const a = m[o] * m[o] + m[o + 1] * m[o + 1] + m[o + 2] * m[o + 2];
  const b = m[o + 3] * m[o + 3] + m[o + 4] * m[o + 4] + m[o + 5] * m[o + 5];
  const c = m[o + 6] * m[o + 6] + m[o + 7] * m[o + 7] + m[o + 8] * m[o + 8];
  return Math.sqrt(Math.max(a, b, c));
}
