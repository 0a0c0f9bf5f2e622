import type { BufferGeometry } from 'three';

/** A three.js geometry as convex polygons, ready for the rasteriser: coplanar triangles merged, a box is six quads. */
export interface CompiledGeometry {
  readonly vertices: number;
  /** vertices × 3. */
  readonly position: Float64Array;
  readonly normals: number;
  /** normals × 3, for smooth shading. */
  readonly normal: Float64Array;
  readonly faces: number;
  /** Vertex loop of face f: `loop[start[f] .. start[f + 1])`, counter-clockwise from outside. */
  readonly start: Int32Array;
  readonly loop: Int32Array;
  /** faces × 4: unit normal n and d with n·p = d. */
  readonly plane: Float64Array;
  /** faces × 8: u = a·p + b, then v, as affine functions of the point. */
  readonly uv: Float64Array;
  /** faces × 12: weights of the corners of the first triangle as affine functions of the point. */
  readonly corner: Float64Array;
  /** faces × 3: normals of those corners. */
  readonly cornerNormal: Int32Array;
  /** 1: light varies over the face. */
  readonly smooth: Uint8Array;
  readonly hasSmooth: boolean;
  /** Area in uv units. */
  readonly uvArea: Float64Array;
  /** Bounding sphere. */
  readonly centre: readonly [number, number, number];
  readonly radius: number;
}

interface Polygon {
  loop: number[];
  readonly plane: readonly number[];
  readonly uv: readonly number[];
  readonly corner: readonly number[];
  readonly cornerNormal: readonly number[];
  smooth: boolean;
  area: number;
}

/** Compiles an indexed or plain triangle geometry with normals; uv are zero where it has none. */
export function compileGeometry(geometry: BufferGeometry): CompiledGeometry {
  const position = new Unique();
  const normal = new Unique();
  const polygons = mergeCoplanar(readTriangles(geometry, position, normal), position.values);
  const n = polygons.length;
  const start = new Int32Array(n + 1);
  polygons.forEach((polygon, f) => {
    start[f + 1] = start[f] + polygon.loop.length;
  });
  const { centre, radius } = sphereOf(position.values);
  return {
    vertices: position.values.length / 3,
    position: Float64Array.from(position.values),
    normals: normal.values.length / 3,
    normal: Float64Array.from(normal.values),
    faces: n,
    start,
    loop: Int32Array.from(polygons.flatMap((polygon) => polygon.loop)),
    plane: Float64Array.from(polygons.flatMap((polygon) => polygon.plane)),
    uv: Float64Array.from(polygons.flatMap((polygon) => polygon.uv)),
    corner: Float64Array.from(polygons.flatMap((polygon) => polygon.corner)),
    cornerNormal: Int32Array.from(polygons.flatMap((polygon) => polygon.cornerNormal)),
    smooth: Uint8Array.from(polygons, (polygon) => Number(polygon.smooth)),
    hasSmooth: polygons.some((polygon) => polygon.smooth),
    uvArea: Float64Array.from(polygons, (polygon) => polygon.area),
    centre,
    radius,
  };
}

/** Points numbered in order of appearance, those within 10 µm of each other as one. */
class Unique {
  readonly values: number[] = [];
  private readonly known = new Map<string, number>();

  indexOf(x: number, y: number, z: number): number {
    const key = `${Math.round(x * 1e5)},${Math.round(y * 1e5)},${Math.round(z * 1e5)}`;
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.values.length / 3;
      this.known.set(key, index);
      this.values.push(x, y, z);
    }
    return index;
  }
}

function readTriangles(geometry: BufferGeometry, position: Unique, normal: Unique): Polygon[] {
  const { position: points, normal: normals, uv } = geometry.attributes;
  const count = geometry.index ? geometry.index.count : points.count;
  const polygons: Polygon[] = [];
  for (let t = 0; t < count; t += 3) {
    const corners = [0, 1, 2].map((k) => (geometry.index ? geometry.index.getX(t + k) : t + k));
    const loop = corners.map((i) => position.indexOf(points.getX(i), points.getY(i), points.getZ(i)));
    const cornerNormal = corners.map((i) => normal.indexOf(normals.getX(i), normals.getY(i), normals.getZ(i)));
    const u = corners.map((i) => (uv ? uv.getX(i) : 0));
    const v = corners.map((i) => (uv ? uv.getY(i) : 0));
    const polygon = polygonOf(loop, position.values, cornerNormal, u, v);
    if (polygon) polygons.push(polygon);
  }
  return polygons;
}

function polygonOf(
  loop: number[],
  position: readonly number[],
  cornerNormal: number[],
  u: readonly number[],
  v: readonly number[],
): Polygon | null {
  const [a, b, c] = loop.map((i) => position.slice(3 * i, 3 * i + 3));
  const e1 = minus(b, a);
  const e2 = minus(c, a);
  const cross = crossOf(e1, e2);
  const length = Math.sqrt(dot(cross, cross));
  if (length < 1e-10) return null;
  const n = cross.map((value) => value / length);
  // Weights of b and c: gradients in the plane; the weight of a is what is left.
  const gradientB = crossOf(e2, n).map((value) => value / dot(crossOf(e2, n), e1));
  const gradientC = crossOf(n, e1).map((value) => value / dot(crossOf(n, e1), e2));
  const weightB = [...gradientB, -dot(gradientB, a)];
  const weightC = [...gradientC, -dot(gradientC, a)];
  const weightA = weightB.map((value, i) => (i === 3 ? 1 : 0) - value - weightC[i]);
  const affine = (f: readonly number[]) => weightA.map((w, i) => w * f[0] + weightB[i] * f[1] + weightC[i] * f[2]);
  return {
    loop,
    plane: [...n, dot(n, a)],
    uv: [...affine(u), ...affine(v)],
    corner: [...weightA, ...weightB, ...weightC],
    cornerNormal,
    smooth: cornerNormal[0] !== cornerNormal[1] || cornerNormal[1] !== cornerNormal[2],
    area: Math.abs((u[1] - u[0]) * (v[2] - v[0]) - (u[2] - u[0]) * (v[1] - v[0])) / 2,
  };
}

/** Lets every polygon swallow coplanar neighbours with the same texture mapping while it stays convex. */
function mergeCoplanar(polygons: Polygon[], position: readonly number[]): Polygon[] {
  const byEdge = new Map<string, Polygon>();
  const enter = (polygon: Polygon) => {
    polygon.loop.forEach((vertex, i) => {
      byEdge.set(`${vertex},${polygon.loop[(i + 1) % polygon.loop.length]}`, polygon);
    });
  };
  polygons.forEach(enter);
  const swallowed = new Set<Polygon>();
  for (const polygon of polygons) {
    if (swallowed.has(polygon)) continue;
    for (let i = 0; i < polygon.loop.length; i++) {
      const from = polygon.loop[i];
      const to = polygon.loop[(i + 1) % polygon.loop.length];
      const other = byEdge.get(`${to},${from}`);
      if (!other || other === polygon || swallowed.has(other) || !isContinued(polygon, other)) continue;
      const loop = joined(polygon.loop, i, other.loop, other.loop.indexOf(to));
      if (new Set(loop).size !== loop.length || !isConvex(loop, position, polygon.plane)) continue;
      polygon.loop = loop;
      polygon.area += other.area;
      polygon.smooth ||= other.smooth;
      swallowed.add(other);
      enter(polygon);
      i = -1;
    }
  }
  return polygons.filter((polygon) => !swallowed.has(polygon));
}

function isContinued(a: Polygon, b: Polygon): boolean {
  if (dot(a.plane, b.plane) < 0.99999 || Math.abs(a.plane[3] - b.plane[3]) > 1e-5) return false;
  return a.uv.every((value, i) => Math.abs(value - b.uv[i]) < 1e-3 * (1 + Math.abs(value)));
}

/** Loop of both without the edge they share: `a[i] → a[i + 1]` is `b[j + 1] ← b[j]`. */
function joined(a: readonly number[], i: number, b: readonly number[], j: number): number[] {
  const loop: number[] = [];
  for (let k = 0; k < a.length; k++) loop.push(a[(i + 1 + k) % a.length]);
  for (let k = 2; k < b.length; k++) loop.push(b[(j + k) % b.length]);
  return loop;
}

function isConvex(loop: readonly number[], position: readonly number[], n: readonly number[]): boolean {
  return loop.every((_, i) => {
    const [a, b, c] = [0, 1, 2].map((k) => {
      const at = 3 * loop[(i + k) % loop.length];
      return position.slice(at, at + 3);
    });
    return dot(crossOf(minus(b, a), minus(c, b)), n) >= -1e-9;
  });
}

function sphereOf(position: readonly number[]): { centre: [number, number, number]; radius: number } {
  const low = [0, 1, 2].map((k) => Math.min(...position.filter((_, i) => i % 3 === k)));
  const high = [0, 1, 2].map((k) => Math.max(...position.filter((_, i) => i % 3 === k)));
  const centre = low.map((value, k) => (value + high[k]) / 2);
  let squared = 0;
  for (let i = 0; i < position.length; i += 3) {
    const from = minus(position.slice(i, i + 3), centre);
    squared = Math.max(squared, dot(from, from));
  }
  return { centre: [centre[0], centre[1], centre[2]], radius: Math.sqrt(squared) };
}

function minus(a: readonly number[], b: readonly number[]): number[] {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function crossOf(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
