import { CanvasLayer } from '../../simulator/render/rasterise/canvas-layer.ts';
import { compileGeometry } from '../../simulator/render/rasterise/compiled-geometry.ts';
import { SHOP_LIGHT } from '../../simulator/render/rasterise/lighting.ts';
import type { MipTexture } from '../../simulator/render/rasterise/mip-texture.ts';
import { pinhole } from '../../simulator/render/rasterise/pinhole.ts';
import { Rasteriser } from '../../simulator/render/rasterise/rasteriser.ts';
import { Instances, MATRIX } from '../../simulator/render/scene/instances.ts';
import { sceneShapes } from '../../simulator/render/scene/shapes.ts';

/** Side of the square canvas scenes are drawn on, pixels. */
export const STAGE_PX = 144;
/** What the pixels of the thing of interest are called. */
export const SUBJECT = 1;

/** Where a camera stands as seen from the subject at the origin, and how large it sees one metre there. */
export interface StageCamera {
  /** Direction from the subject to the camera: turn about z from −y (the front), and rise. */
  readonly azimuthRad: number;
  readonly elevationRad: number;
  readonly distanceM: number;
  readonly rollRad: number;
  readonly pxPerM: number;
}

/** Extent of the subject in the picture, pixels, and how many it covers. */
export interface SubjectExtent {
  readonly u0: number;
  readonly v0: number;
  readonly u1: number;
  readonly v1: number;
  readonly pixels: number;
}

/** A small scene around a subject at the origin, drawn by the simulator's rasteriser. */
export class Stage {
  /** The subject's parts come first. */
  readonly scene = new Instances(128);
  readonly layer = new CanvasLayer(STAGE_PX, STAGE_PX);
  private readonly rasteriser: Rasteriser;
  /** Part of the canvas that was drawn last. */
  readonly box = { x0: 0, y0: 0, x1: STAGE_PX, y1: STAGE_PX };

  constructor(atlas: MipTexture) {
    this.rasteriser = new Rasteriser(STAGE_PX * STAGE_PX, sceneShapes().map(compileGeometry), atlas, SHOP_LIGHT);
  }

  /** Draws the first `count` things onto the middle of the canvas, up to `reachPx` from it; `brightness` 0..1. */
  draw(camera: StageCamera, count: number, brightness: number, reachPx = STAGE_PX / 2): void {
    const reach = Math.min(STAGE_PX / 2, Math.ceil(reachPx));
    Object.assign(this.box, {
      x0: STAGE_PX / 2 - reach,
      y0: STAGE_PX / 2 - reach,
      x1: STAGE_PX / 2 + reach,
      y1: STAGE_PX / 2 + reach,
    });
    const focalPx = camera.pxPerM * camera.distanceM;
    const view = pinhole(poseOf(camera), focalPx, STAGE_PX / 2, STAGE_PX / 2, STAGE_PX, STAGE_PX);
    this.layer.clear(this.box);
    this.rasteriser.begin(this.layer, this.box);
    this.rasteriser.draw(view, this.scene, 0, count, brightness);
    this.rasteriser.finish();
  }

  /** Where the subject shows in what was drawn last; null when nowhere. */
  extent(): SubjectExtent | null {
    let [u0, v0, u1, v1, pixels] = [STAGE_PX, STAGE_PX, -1, -1, 0];
    const { x0, y0, x1, y1 } = this.box;
    for (let y = y0; y < y1; y++) {
      for (let x = x0, p = y * STAGE_PX + x0; x < x1; x++, p++) {
        if (this.layer.aux[p] >>> 16 !== SUBJECT) continue;
        pixels += 1;
        if (x < u0) u0 = x;
        if (x > u1) u1 = x;
        if (y < v0) v0 = y;
        if (y > v1) v1 = y;
      }
    }
    return pixels === 0 ? null : { u0, v0, u1: u1 + 1, v1: v1 + 1, pixels };
  }
}

/** 3 × 4: camera point (x right, y down, z forward) from world point; the camera looks at the origin. */
function poseOf({ azimuthRad, elevationRad, distanceM, rollRad }: StageCamera): Float64Array {
  const flat = Math.cos(elevationRad);
  const towards = [Math.sin(azimuthRad) * flat, -Math.cos(azimuthRad) * flat, Math.sin(elevationRad)];
  const forward = towards.map((value) => -value);
  const right = [Math.cos(azimuthRad), Math.sin(azimuthRad), 0];
  const down = [
    forward[1] * right[2] - forward[2] * right[1],
    forward[2] * right[0] - forward[0] * right[2],
    forward[0] * right[1] - forward[1] * right[0],
  ];
  const [c, s] = [Math.cos(rollRad), Math.sin(rollRad)];
  const x = right.map((value, k) => c * value + s * down[k]);
  const y = right.map((value, k) => c * down[k] - s * value);
  return Float64Array.of(x[0], x[1], x[2], 0, y[0], y[1], y[2], 0, forward[0], forward[1], forward[2], distanceM);
}

/** Turns a placed instance about an axis through the origin: rows of `r` are the rotation's, row-major. */
export function turnInstance(scene: Instances, index: number, r: Float64Array): void {
  const m = scene.matrix;
  for (let column = 0; column < 4; column++) {
    const at = index * MATRIX + 3 * column;
    const [x, y, z] = [m[at], m[at + 1], m[at + 2]];
    m[at] = r[0] * x + r[1] * y + r[2] * z;
    m[at + 1] = r[3] * x + r[4] * y + r[5] * z;
    m[at + 2] = r[6] * x + r[7] * y + r[8] * z;
  }
}
