import type { BufferGeometry } from 'three';
import { FRONT, LID, SIDE, type TileArea, WHOLE } from '../fronts/tile-areas.ts';
import { type Corner, MeshBuilder } from './mesh-builder.ts';

type Point = readonly [number, number, number];

const V0 = 0.004;
const V1 = 0.996;

/** Puts an area of the tile onto a quad given from its lower left corner counter-clockwise. */
function printed(points: readonly [Point, Point, Point, Point], area: TileArea, v0 = V0, v1 = V1): Corner[] {
  const { u0, u1 } = area;
  const uv = [
    [u0, v1],
    [u1, v1],
    [u1, v0],
    [u0, v0],
  ];
  return points.map((point, i): Corner => [point[0], point[1], point[2], uv[i][0], uv[i][1]]);
}

/** Extent of a box: its print is the tile's front on −y and +y, side on ±x, lid on top and below. */
interface Extent {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly z0: number;
  readonly z1: number;
}

function addBox(mesh: MeshBuilder, e: Extent, top: TileArea, front: TileArea = FRONT, side: TileArea = SIDE): void {
  const { x0, x1, y0, y1, z0, z1 } = e;
  mesh.polygon(
    printed(
      [
        [x0, y0, z0],
        [x1, y0, z0],
        [x1, y0, z1],
        [x0, y0, z1],
      ],
      front,
    ),
  );
  mesh.polygon(
    printed(
      [
        [x1, y1, z0],
        [x0, y1, z0],
        [x0, y1, z1],
        [x1, y1, z1],
      ],
      front,
    ),
  );
  mesh.polygon(
    printed(
      [
        [x1, y0, z0],
        [x1, y1, z0],
        [x1, y1, z1],
        [x1, y0, z1],
      ],
      side,
    ),
  );
  mesh.polygon(
    printed(
      [
        [x0, y1, z0],
        [x0, y0, z0],
        [x0, y0, z1],
        [x0, y1, z1],
      ],
      side,
    ),
  );
  mesh.polygon(
    printed(
      [
        [x0, y0, z1],
        [x1, y0, z1],
        [x1, y1, z1],
        [x0, y1, z1],
      ],
      top,
    ),
  );
  mesh.polygon(
    printed(
      [
        [x0, y1, z0],
        [x1, y1, z0],
        [x1, y0, z0],
        [x0, y0, z0],
      ],
      LID,
    ),
  );
}

const UNIT: Extent = { x0: -0.5, x1: 0.5, y0: -0.5, y1: 0.5, z0: 0, z1: 1 };

/** A box on its base: 1 × 1 × 1, the base in the middle of z = 0. */
export function boxShape(): BufferGeometry {
  const mesh = new MeshBuilder();
  addBox(mesh, UNIT, LID);
  return mesh.geometry();
}

/** A box whose print is on top: what lies flat. */
export function trayShape(): BufferGeometry {
  const mesh = new MeshBuilder();
  addBox(mesh, UNIT, FRONT, SIDE, SIDE);
  return mesh.geometry();
}

/** A box with one whole picture on every side. */
export function panelShape(): BufferGeometry {
  const mesh = new MeshBuilder();
  addBox(mesh, UNIT, WHOLE, WHOLE, WHOLE);
  return mesh.geometry();
}

/** A square on the floor, seen from above, with one whole picture. */
export function floorShape(): BufferGeometry {
  const mesh = new MeshBuilder();
  mesh.polygon(
    printed(
      [
        [-0.5, -0.5, 0],
        [0.5, -0.5, 0],
        [0.5, 0.5, 0],
        [-0.5, 0.5, 0],
      ],
      WHOLE,
    ),
  );
  return mesh.geometry();
}

/** A carton with a gable: what milk comes in. */
export function cartonShape(): BufferGeometry {
  const mesh = new MeshBuilder();
  const eaves = 0.8;
  const b = { ...UNIT, z1: eaves };
  const vEaves = 1 - eaves;
  mesh.polygon(
    printed(
      [
        [-0.5, -0.5, 0],
        [0.5, -0.5, 0],
        [0.5, -0.5, eaves],
        [-0.5, -0.5, eaves],
      ],
      FRONT,
      vEaves,
    ),
  );
  mesh.polygon(
    printed(
      [
        [0.5, 0.5, 0],
        [-0.5, 0.5, 0],
        [-0.5, 0.5, eaves],
        [0.5, 0.5, eaves],
      ],
      FRONT,
      vEaves,
    ),
  );
  mesh.polygon(
    printed(
      [
        [b.x1, b.y0, 0],
        [b.x1, b.y1, 0],
        [b.x1, b.y1, eaves],
        [b.x1, b.y0, eaves],
      ],
      SIDE,
      vEaves,
    ),
  );
  mesh.polygon(
    printed(
      [
        [b.x0, b.y1, 0],
        [b.x0, b.y0, 0],
        [b.x0, b.y0, eaves],
        [b.x0, b.y1, eaves],
      ],
      SIDE,
      vEaves,
    ),
  );
  mesh.polygon(
    printed(
      [
        [-0.5, -0.5, eaves],
        [0.5, -0.5, eaves],
        [0.5, -0.05, 0.96],
        [-0.5, -0.05, 0.96],
      ],
      FRONT,
      V0,
      vEaves,
    ),
  );
  mesh.polygon(
    printed(
      [
        [0.5, 0.5, eaves],
        [-0.5, 0.5, eaves],
        [-0.5, 0.05, 0.96],
        [0.5, 0.05, 0.96],
      ],
      FRONT,
      V0,
      vEaves,
    ),
  );
  const gable = (x: number, side: 1 | -1): Corner[] => [
    [x, -0.5 * side, eaves, SIDE.u0, vEaves],
    [x, 0.5 * side, eaves, SIDE.u1, vEaves],
    [x, 0, 0.96, (SIDE.u0 + SIDE.u1) / 2, V0],
  ];
  mesh.polygon(gable(0.5, 1)).polygon(gable(-0.5, -1));
  addBox(mesh, { x0: -0.5, x1: 0.5, y0: -0.05, y1: 0.05, z0: 0.955, z1: 1 }, LID, LID, LID);
  return mesh.geometry();
}

/** A filled bag: thick in the middle, welded flat at its top. */
export function bagShape(): BufferGeometry {
  const mesh = new MeshBuilder();
  const rings = [
    { z: 0, x: 0.44, y: 0.34 },
    { z: 0.35, x: 0.5, y: 0.5 },
    { z: 0.78, x: 0.49, y: 0.36 },
    { z: 1, x: 0.5, y: 0.03 },
  ];
  for (let k = 0; k + 1 < rings.length; k++) {
    const a = rings[k];
    const b = rings[k + 1];
    const v = [Math.max(V0, 1 - b.z), Math.min(V1, 1 - a.z)] as const;
    mesh.polygon(
      printed(
        [
          [-a.x, -a.y, a.z],
          [a.x, -a.y, a.z],
          [b.x, -b.y, b.z],
          [-b.x, -b.y, b.z],
        ],
        FRONT,
        ...v,
      ),
    );
    mesh.polygon(
      printed(
        [
          [a.x, a.y, a.z],
          [-a.x, a.y, a.z],
          [-b.x, b.y, b.z],
          [b.x, b.y, b.z],
        ],
        FRONT,
        ...v,
      ),
    );
    mesh.polygon(
      printed(
        [
          [a.x, -a.y, a.z],
          [a.x, a.y, a.z],
          [b.x, b.y, b.z],
          [b.x, -b.y, b.z],
        ],
        SIDE,
        ...v,
      ),
    );
    mesh.polygon(
      printed(
        [
          [-a.x, a.y, a.z],
          [-a.x, -a.y, a.z],
          [-b.x, -b.y, b.z],
          [-b.x, b.y, b.z],
        ],
        SIDE,
        ...v,
      ),
    );
  }
  const [low] = rings;
  const top = rings[rings.length - 1];
  mesh.polygon(
    printed(
      [
        [-low.x, low.y, 0],
        [low.x, low.y, 0],
        [low.x, -low.y, 0],
        [-low.x, -low.y, 0],
      ],
      LID,
    ),
  );
  mesh.polygon(
    printed(
      [
        [-top.x, -top.y, 1],
        [top.x, -top.y, 1],
        [top.x, top.y, 1],
        [-top.x, top.y, 1],
      ],
      LID,
    ),
  );
  return mesh.geometry();
}

/** An open crate: what baskets, trolleys and prams are built around. Wider at the rim. */
export function crateShape(): BufferGeometry {
  const mesh = new MeshBuilder();
  const ring = (s: number, z: number): Point[] => [
    [-s, -s, z],
    [s, -s, z],
    [s, s, z],
    [-s, s, z],
  ];
  const low = ring(0.42, 0);
  const rim = ring(0.5, 1);
  const inner = ring(0.46, 1);
  const floor = ring(0.39, 0.06);
  for (let i = 0; i < 4; i++) {
    const j = (i + 1) % 4;
    mesh.polygon(printed([low[i], low[j], rim[j], rim[i]], WHOLE));
    mesh.polygon(printed([rim[i], rim[j], inner[j], inner[i]], WHOLE));
    mesh.polygon(printed([floor[j], floor[i], inner[i], inner[j]], WHOLE));
  }
  mesh.polygon(printed([floor[0], floor[1], floor[2], floor[3]], WHOLE));
  mesh.polygon(printed([low[3], low[2], low[1], low[0]], WHOLE));
  return mesh.geometry();
}
