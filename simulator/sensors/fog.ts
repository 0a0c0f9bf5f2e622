/** Through a fogged lens nothing is made out beyond this, metres. */
export const FOG_RANGE_M = 2;
const FOG_LEVEL = 190;

/** Fogs a picture in place: what is further gives no return, and all colours are pale. */
export function veil(rgb: Uint8Array, depthMm: Uint16Array): void {
  for (let p = 0; p < depthMm.length; p++) if (depthMm[p] > 1000 * FOG_RANGE_M) depthMm[p] = 0;
  for (let i = 0; i < rgb.length; i++) rgb[i] = (rgb[i] + 3 * FOG_LEVEL) >> 2;
}
