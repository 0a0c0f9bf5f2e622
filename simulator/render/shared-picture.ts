import type { Picture } from './sensor/camera-sensor-model.ts';

/** Memory for one picture that every thread sees. */
export function sharedPicture(widthPx: number, heightPx: number, withIds: boolean): Picture {
  const pixels = widthPx * heightPx;
  return {
    rgb: new Uint8Array(new SharedArrayBuffer(3 * pixels)),
    depthMm: new Uint16Array(new SharedArrayBuffer(2 * pixels)),
    ids: withIds ? new Uint16Array(new SharedArrayBuffer(2 * pixels)) : null,
  };
}
