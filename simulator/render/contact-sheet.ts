import sharp from 'sharp';
import type { Picture } from './sensor/camera-sensor-model.ts';
import { mixed } from './sensor/frame-dice.ts';

const NEAR_MM = 500;
const FAR_MM = 8000;
const GAP_PX = 8;

/** Writes colour, depth and, where they are known, ids of one picture side by side into a PNG; `more`: RGB panels of its size. */
export async function contactSheet(
  picture: Picture,
  widthPx: number,
  heightPx: number,
  file: string,
  more: readonly Buffer[] = [],
): Promise<void> {
  const { rgb, depthMm, ids } = picture;
  const panels = [Buffer.from(rgb), depthPanel(depthMm)];
  if (ids) panels.push(idPanel(ids));
  panels.push(...more);
  const width = panels.length * (widthPx + GAP_PX) - GAP_PX;
  const sheet = sharp({ create: { width, height: heightPx, channels: 3, background: '#ffffff' } });
  const layers = panels.map((input, i) => ({
    input,
    raw: { width: widthPx, height: heightPx, channels: 3 as const },
    left: i * (widthPx + GAP_PX),
    top: 0,
  }));
  await sheet.composite(layers).removeAlpha().png().toFile(file);
}

/** Near red, far blue, no return black. */
function depthPanel(depthMm: Uint16Array): Buffer {
  const panel = Buffer.alloc(3 * depthMm.length);
  depthMm.forEach((mm, p) => {
    if (mm === 0) return;
    const t = Math.min(1, Math.max(0, (mm - NEAR_MM) / (FAR_MM - NEAR_MM)));
    panel[3 * p] = ramp(t, 0.1);
    panel[3 * p + 1] = ramp(t, 0.45);
    panel[3 * p + 2] = ramp(t, 0.85);
  });
  return panel;
}

/** A bump of the colour ramp around its middle. */
function ramp(t: number, middle: number): number {
  return Math.round(255 * Math.max(0, Math.min(1, 1.6 - 3.6 * Math.abs(t - middle))));
}

/** A colour per id, nothing black. */
function idPanel(ids: Uint16Array): Buffer {
  const panel = Buffer.alloc(3 * ids.length);
  ids.forEach((id, p) => {
    if (id === 0) return;
    const colour = mixed(id * 977);
    panel[3 * p] = 64 + (colour & 127);
    panel[3 * p + 1] = 64 + ((colour >>> 8) & 127);
    panel[3 * p + 2] = 64 + ((colour >>> 16) & 127);
  });
  return panel;
}
