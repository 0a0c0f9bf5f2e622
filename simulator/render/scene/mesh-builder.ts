import { BufferGeometry, Float32BufferAttribute } from 'three';

/** x, y, z, u, v; (u, v) run right and down over the tile. */
export type Corner = readonly [number, number, number, number, number];
type Vector = readonly [number, number, number];

/** Collects polygons into a three.js geometry. */
export class MeshBuilder {
  private readonly position: number[] = [];
  private readonly normal: number[] = [];
  private readonly uv: number[] = [];

  /** A convex polygon, counter-clockwise from outside; flat, or with a normal per corner. */
  polygon(corners: readonly Corner[], normals?: readonly Vector[]): this {
    const flat = normals ? null : flatNormal(corners);
    for (let i = 1; i + 1 < corners.length; i++) {
      for (const k of [0, i, i + 1]) {
        this.position.push(...corners[k].slice(0, 3));
        this.normal.push(...(flat ?? normals![k]));
        this.uv.push(corners[k][3], corners[k][4]);
      }
    }
    return this;
  }

  geometry(): BufferGeometry {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new Float32BufferAttribute(this.position, 3));
    geometry.setAttribute('normal', new Float32BufferAttribute(this.normal, 3));
    geometry.setAttribute('uv', new Float32BufferAttribute(this.uv, 2));
    return geometry;
  }
}

function flatNormal(corners: readonly Corner[]): Vector {
  // Newell's sum: right for any planar polygon, corners that fall together included.
  let [x, y, z] = [0, 0, 0];
  corners.forEach((a, i) => {
    const b = corners[(i + 1) % corners.length];
    x += (a[1] - b[1]) * (a[2] + b[2]);
    y += (a[2] - b[2]) * (a[0] + b[0]);
    z += (a[0] - b[0]) * (a[1] + b[1]);
  });
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}
