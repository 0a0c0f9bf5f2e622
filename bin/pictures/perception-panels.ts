import type { Perceiver } from '../../engine/perception/perceiver.ts';
import type { Detections } from '../../engine/readings.ts';

const HEAD = [255, 60, 40];
const HAND = [60, 255, 80];
const MARK_PX = 5;
/** Height that is drawn brightest on the plan, metres. */
const TALLEST_M = 2;

/** What stands out in the last picture, by height, with heads marked red and hands green; and the plan view of it. */
export function perceptionPanels(perceiver: Perceiver, seen: Detections): [Buffer, Buffer] {
  return [foregroundPanel(perceiver, seen), planPanel(perceiver)];
}

function foregroundPanel({ grid, foreground }: Perceiver, seen: Detections): Buffer {
  const { widthPx, heightPx } = grid.lens;
  const panel = Buffer.alloc(3 * widthPx * heightPx);
  for (let v = 0; v < heightPx; v++) {
    const row = Math.min(grid.rows - 1, Math.floor(v / grid.stride));
    for (let u = 0; u < widthPx; u++) {
      const k = row * grid.columns + Math.min(grid.columns - 1, Math.floor(u / grid.stride));
      const level = foreground.isOn[k] === 1 ? brightness(foreground.z[k]) : 24;
      panel.fill(level, 3 * (v * widthPx + u), 3 * (v * widthPx + u) + 3);
    }
  }
  const mark = (inImagePx: Float32Array, colour: readonly number[]) => {
    for (let i = 0; i < inImagePx.length; i += 2) {
      for (let d = -MARK_PX; d <= MARK_PX; d++) {
        for (const [du, dv] of [
          [d, 0],
          [0, d],
        ]) {
          const [u, v] = [Math.round(inImagePx[i] + du), Math.round(inImagePx[i + 1] + dv)];
          if (u >= 0 && v >= 0 && u < widthPx && v < heightPx) panel.set(colour, 3 * (v * widthPx + u));
        }
      }
    }
  };
  mark(seen.handsInImagePx, HAND);
  mark(seen.headsInImagePx, HEAD);
  return panel;
}

/** The plan stretched over a panel of the picture's size, y upwards. */
function planPanel({ grid, plan }: Perceiver): Buffer {
  const { widthPx, heightPx } = grid.lens;
  const panel = Buffer.alloc(3 * widthPx * heightPx);
  const scale = Math.max(plan.columns / widthPx, plan.rows / heightPx);
  for (let v = 0; v < heightPx; v++) {
    for (let u = 0; u < widthPx; u++) {
      const [column, row] = [Math.floor(u * scale), Math.floor((heightPx - 1 - v) * scale)];
      const isInside = column < plan.columns && row < plan.rows;
      const level = isInside ? brightness(plan.heightM[row * plan.columns + column]) : 60;
      panel.fill(level, 3 * (v * widthPx + u), 3 * (v * widthPx + u) + 3);
    }
  }
  return panel;
}

function brightness(heightM: number): number {
  return heightM <= 0 ? 0 : Math.min(255, 40 + Math.round((215 * heightM) / TALLEST_M));
}
