import { type Layout, type PlacedDoor, WALL_M } from '../../world/layout.ts';
import type { HouseTiles } from '../fronts/house-tiles.ts';
import { ROOM_ID } from './ids.ts';
import { colourOf, type Instances, PLAIN } from './instances.ts';
import { SHAPE } from './shapes.ts';

const WALL_HIGH_M = 3.2;
const FLOOR_TILE_M = 1.5;
const CEILING_TILE_M = 3;
/** Floor outside the walls, so that people at the door stand on something. */
const OUTSIDE_M = 3;
const FRAME_M = 0.06;
const DOOR_HIGH_M = 2.2;

const CEILING = colourOf(0xe9e9e6);
const LAMP = colourOf(0xffffff);
const WALL = colourOf(0xe8e4da);
const SKIRTING = colourOf(0x6b6660);
const FRAME = colourOf(0x4a4f55);
const PAVEMENT = colourOf(0x8f8c86);
const GATE = colourOf(0x9aa3ab);
const ZONE = colourOf(0xcfc8bb);

/** Adds floor, walls, door frames, gate posts and the walls of closed-off zones. */
export function addRoom(out: Instances, layout: Layout, tiles: HouseTiles): void {
  addFloor(out, layout, tiles);
  for (const wall of layout.walls) {
    const { xM, yM, ux, uy, halfLengthM, halfDepthM } = wall;
    box(out, WALL, xM, yM, 0, ux, uy, 2 * halfLengthM, 2 * halfDepthM, WALL_HIGH_M);
    box(out, SKIRTING, xM, yM, 0, ux, uy, 2 * halfLengthM + 0.02, 2 * halfDepthM + 0.02, 0.1);
  }
  addCeiling(out, layout);
  for (const door of layout.doors) addDoor(out, door, tiles);
}

function addFloor(out: Instances, layout: Layout, tiles: HouseTiles): void {
  const [width, depth] = layout.sizeM;
  const columns = Math.ceil(width / FLOOR_TILE_M);
  const rows = Math.ceil(depth / FLOOR_TILE_M);
  const sx = width / columns;
  const sy = depth / rows;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const instance = out.add(SHAPE.floor, ROOM_ID, tiles.floor, 0);
      out.place(instance, (column + 0.5) * sx, (row + 0.5) * sy, 0, 1, 0, sx, sy, 1);
    }
  }
  addPavement(out, width, depth);
  for (const { minM, maxM } of layout.zones) {
    const zone = out.add(SHAPE.floor, ROOM_ID, PLAIN, ZONE);
    const x = (minM[0] + maxM[0]) / 2;
    const y = (minM[1] + maxM[1]) / 2;
    out.place(zone, x, y, 0.004, 1, 0, maxM[0] - minM[0], maxM[1] - minM[1], 1);
  }
}

/** Panels that look down and are not there from above, with lamps under them. */
function addCeiling(out: Instances, layout: Layout): void {
  const [width, depth] = layout.sizeM;
  const columns = Math.ceil(width / CEILING_TILE_M);
  const rows = Math.ceil(depth / CEILING_TILE_M);
  const sx = width / columns;
  const sy = depth / rows;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = (column + 0.5) * sx;
      const y = (row + 0.5) * sy;
      lookDown(out, out.add(SHAPE.floor, ROOM_ID, PLAIN, CEILING), x, y, WALL_HIGH_M, sx, sy);
      // What shines is brighter than anything that is shone upon.
      lookDown(out, out.add(SHAPE.floor, ROOM_ID, PLAIN, LAMP, 4), x, y, WALL_HIGH_M - 0.04, 1.2, 0.3);
    }
  }
}

function lookDown(out: Instances, instance: number, x: number, y: number, z: number, sx: number, sy: number): void {
  out.place(instance, x, y, z, 1, 0, sx, -sy, -1);
}

/** Four strips around the building. */
function addPavement(out: Instances, width: number, depth: number): void {
  const strip = (x0: number, y0: number, x1: number, y1: number) => {
    const instance = out.add(SHAPE.floor, ROOM_ID, PLAIN, PAVEMENT);
    out.place(instance, (x0 + x1) / 2, (y0 + y1) / 2, -0.01, 1, 0, x1 - x0, y1 - y0, 1);
  };
  strip(-OUTSIDE_M, -OUTSIDE_M, width + OUTSIDE_M, 0);
  strip(-OUTSIDE_M, depth, width + OUTSIDE_M, depth + OUTSIDE_M);
  strip(-OUTSIDE_M, 0, 0, depth);
  strip(width, 0, width + OUTSIDE_M, depth);
}

/** A frame in the wall, a sign over it, and two gate posts inside where a gate stands. */
function addDoor(out: Instances, door: PlacedDoor, tiles: HouseTiles): void {
  const { xM, yM, nx, ny, widthM, plan } = door;
  const [ux, uy] = [-ny, nx];
  const middle = -WALL_M / 2;
  const at = (along: number, into: number) => [xM + ux * along + nx * into, yM + uy * along + ny * into] as const;
  for (const along of [-widthM / 2, widthM / 2]) {
    const [x, y] = at(along, middle);
    box(out, FRAME, x, y, 0, ux, uy, FRAME_M, WALL_M + 0.02, DOOR_HIGH_M);
    if (plan.gateId === null) continue;
    const [gx, gy] = at(along * 0.96, 0.25);
    box(out, GATE, gx, gy, 0, ux, uy, 0.06, 0.5, 1);
  }
  const [x, y] = at(0, middle);
  box(out, WALL, x, y, DOOR_HIGH_M, ux, uy, widthM, WALL_M, WALL_HIGH_M - DOOR_HIGH_M);
  const sign = out.add(SHAPE.panel, ROOM_ID, plan.use === 'exit' ? tiles.exit : tiles.entry, 0);
  const [sx, sy] = at(0, 0.02);
  out.place(sign, sx, sy, DOOR_HIGH_M + 0.1, -ux, -uy, Math.min(0.9, widthM), 0.03, 0.3);
}

function box(
  out: Instances,
  colour: number,
  x: number,
  y: number,
  z: number,
  ux: number,
  uy: number,
  sx: number,
  sy: number,
  sz: number,
): void {
  out.place(out.add(SHAPE.box, ROOM_ID, PLAIN, colour), x, y, z, ux, uy, sx, sy, sz);
}
