import type { BufferGeometry } from 'three';
import { cos, sin } from '../../maths.ts';
import { FRONT, LID, SIDE, WHOLE } from '../fronts/tile-areas.ts';
import { type Corner, MeshBuilder } from './mesh-builder.ts';

/** One ring of a body of revolution: height, radius, and v of the texture there. */
export interface Ring {
  readonly z: number;
  readonly r: number;
  readonly v?: number;
}

/** How a turned shape is made from its rings. */
export interface Turning {
  readonly segments: number;
  /** Half axes of the cross-section; 1 when left out. */
  readonly x?: number;
  readonly y?: number;
  /** `label`: front half shows the tile's front, back half its side; `wrap`: the whole tile goes round twice, mirrored. */
  readonly print: 'label' | 'wrap';
}

/** A hair inside the tile. */
const V0 = 0.004;
const V1 = 0.996;

/** A body of revolution about z from its lowest ring to its highest, smooth around, closed where r > 0 at an end. */
export function turned(rings: readonly Ring[], turning: Turning): BufferGeometry {
  const mesh = new MeshBuilder();
  const { segments, x: ax = 1, y: ay = 1 } = turning;
  // Angle 0 is the middle of the front, −y; seen from the front it grows to the right.
  const angles = Array.from({ length: segments + 1 }, (_, i) => (2 * Math.PI * (i - segments / 4)) / segments);
  const at = (ring: Ring, i: number, u: number): Corner => [
    sin(angles[i]) * ring.r * ax,
    -cos(angles[i]) * ring.r * ay,
    ring.z,
    u,
    Math.min(V1, Math.max(V0, ring.v ?? 1 - ring.z)),
  ];
  for (let k = 0; k + 1 < rings.length; k++) {
    const low = rings[k];
    const high = rings[k + 1];
    const slope = (low.r - high.r) / Math.max(1e-6, high.z - low.z);
    for (let i = 0; i < segments; i++) {
      const [u0, u1] = aroundU(turning.print, i, segments);
      const normal = (j: number): [number, number, number] => unit(sin(angles[j]) / ax, -cos(angles[j]) / ay, slope);
      const corners = [at(low, i, u0), at(low, i + 1, u1), at(high, i + 1, u1), at(high, i, u0)];
      const normals = [normal(i), normal(i + 1), normal(i + 1), normal(i)];
      const kept = corners.map((_, c) => c).filter((c) => (c < 2 ? low.r > 0 : high.r > 0) || c === 0 || c === 2);
      mesh.polygon(
        kept.map((c) => corners[c]),
        kept.map((c) => normals[c]),
      );
    }
  }
  const cap = (ring: Ring, order: (i: number) => number) => {
    const corners = Array.from({ length: segments }, (_, i): Corner => {
      const [x, y, z] = at(ring, order(i), 0);
      const u = LID.u0 + (x / (2 * ring.r * ax) + 0.5) * (LID.u1 - LID.u0);
      return [x, y, z, u, 0.5 - (y / (2 * ring.r * ay)) * 0.98];
    });
    mesh.polygon(corners);
  };
  if (rings[0].r > 0) cap(rings[0], (i) => segments - i);
  if (rings[rings.length - 1].r > 0) cap(rings[rings.length - 1], (i) => i);
  return mesh.geometry();
}

/** Stretch of the tile that one of the segments shows. */
function aroundU(print: 'label' | 'wrap', i: number, segments: number): [number, number] {
  const half = segments / 2;
  if (print === 'wrap') {
    const at = (k: number) => WHOLE.u0 + (WHOLE.u1 - WHOLE.u0) * (k <= half ? k / half : 2 - k / half);
    return [at(i), at(i + 1)];
  }
  const area = i < half ? FRONT : SIDE;
  const from = i < half ? i : i - half;
  const width = (area.u1 - area.u0) / half;
  return [area.u0 + from * width, area.u0 + (from + 1) * width];
}

function unit(x: number, y: number, z: number): [number, number, number] {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}
