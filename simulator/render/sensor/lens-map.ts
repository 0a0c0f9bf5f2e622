import type { CameraPlan } from '../../scenario/run.ts';
import { focalPx } from '../../sensors/true-camera.ts';

/** Where each pixel of a camera's picture is found on the canvas of an ideal camera with the same focal length. */
export interface LensMap {
  readonly canvasWidthPx: number;
  readonly canvasHeightPx: number;
  /** Canvas pixel per picture pixel; where the lens shows nothing, the one after the canvas's last. */
  readonly source: Int32Array;
}

/** A lens without distortion. */
export function idealLens(plan: CameraPlan): LensMap {
  const source = Int32Array.from({ length: plan.widthPx * plan.heightPx }, (_, p) => p);
  return { canvasWidthPx: plan.widthPx, canvasHeightPx: plan.heightPx, source };
}

/** The map of a camera's true lens: x → x (1 + k1 r² + k2 r⁴), nearest pixel. */
export function lensMap(plan: CameraPlan): LensMap {
  const { widthPx, heightPx, k1, k2 } = plan;
  if (k1 === 0 && k2 === 0) return idealLens(plan);
  const focal = focalPx(plan);
  // Per pixel: ideal x and y in pixels from the principal point; NaN beyond where the lens model folds.
  const ideal = new Float64Array(2 * widthPx * heightPx);
  let halfWidth = 0;
  let halfHeight = 0;
  for (let j = 0, p = 0; j < heightPx; j++) {
    for (let i = 0; i < widthPx; i++, p += 2) {
      const x = i + 0.5 - widthPx / 2;
      const y = j + 0.5 - heightPx / 2;
      const stretch = undistorted(Math.sqrt(x * x + y * y) / focal, k1, k2);
      ideal[p] = x * stretch;
      ideal[p + 1] = y * stretch;
      if (Number.isNaN(stretch)) continue;
      halfWidth = Math.max(halfWidth, Math.abs(ideal[p]));
      halfHeight = Math.max(halfHeight, Math.abs(ideal[p + 1]));
    }
  }
  const canvasWidthPx = 2 * Math.min(2 * widthPx, Math.ceil(halfWidth));
  const canvasHeightPx = 2 * Math.min(2 * heightPx, Math.ceil(halfHeight));
  const source = new Int32Array(widthPx * heightPx);
  for (let p = 0; p < source.length; p++) {
    const i = Math.floor(ideal[2 * p] + canvasWidthPx / 2);
    const j = Math.floor(ideal[2 * p + 1] + canvasHeightPx / 2);
    const isInside = i >= 0 && j >= 0 && i < canvasWidthPx && j < canvasHeightPx;
    source[p] = isInside ? j * canvasWidthPx + i : canvasWidthPx * canvasHeightPx;
  }
  return { canvasWidthPx, canvasHeightPx, source };
}

/** Ideal radius over distorted radius, by Newton's method; NaN where no ideal radius leads there. */
function undistorted(distorted: number, k1: number, k2: number): number {
  if (distorted === 0) return 1;
  let r = distorted;
  for (let step = 0; step < 20; step++) {
    const r2 = r * r;
    const slope = 1 + r2 * (3 * k1 + r2 * 5 * k2);
    if (slope <= 0.01) return Number.NaN;
    r -= (r * (1 + r2 * (k1 + r2 * k2)) - distorted) / slope;
  }
  const r2 = r * r;
  return Math.abs(r * (1 + r2 * (k1 + r2 * k2)) - distorted) < 1e-9 ? r / distorted : Number.NaN;
}
