import type { CameraFromWorld } from '../../sensors/true-camera.ts';

/** An ideal camera over a canvas: pixel (i, j) is seen along `origin + i · stepX + j · stepY` (z of 1 in the camera). */
export interface Pinhole {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Camera centre, world metres. */
  readonly centre: Float64Array;
  readonly origin: Float64Array;
  readonly stepX: Float64Array;
  readonly stepY: Float64Array;
  /** 3 × 4: (i · w, j · w, w) from a world point; pixel centres at whole i, j. */
  readonly rows: Float64Array;
}

/** A pinhole with its principal point at (cx, cy), pixel centres at .5 as in the store description. */
export function pinhole(
  pose: CameraFromWorld,
  focalPx: number,
  cx: number,
  cy: number,
  widthPx: number,
  heightPx: number,
): Pinhole {
  const right = pose.subarray(0, 3);
  const down = pose.subarray(4, 7);
  const forward = pose.subarray(8, 11);
  const rows = new Float64Array(12);
  for (let k = 0; k < 4; k++) {
    rows[k] = focalPx * pose[k] + (cx - 0.5) * pose[8 + k];
    rows[4 + k] = focalPx * pose[4 + k] + (cy - 0.5) * pose[8 + k];
    rows[8 + k] = pose[8 + k];
  }
  return {
    widthPx,
    heightPx,
    centre: Float64Array.from([0, 1, 2], (k) => -(right[k] * pose[3] + down[k] * pose[7] + forward[k] * pose[11])),
    origin: forward.map((value, k) => value + ((0.5 - cx) * right[k] + (0.5 - cy) * down[k]) / focalPx),
    stepX: right.map((value) => value / focalPx),
    stepY: down.map((value) => value / focalPx),
    rows,
  };
}
