import { exp, log } from '../../maths.ts';

/** Light of the shop: what comes from everywhere, more from above, and one slanting direction so that sides differ. */
export interface Lighting {
  readonly ambient: number;
  /** Times the upward part of the normal, −1..1. */
  readonly sky: number;
  readonly slant: number;
  /** Unit vector towards the slanting light. */
  readonly towards: readonly [number, number, number];
}

/** Ceiling panels; the slant keeps the faces of a box apart. */
export const SHOP_LIGHT: Lighting = {
  ambient: 0.5,
  sky: 0.16,
  slant: 0.32,
  towards: [0.48, 0.36, 0.8],
};

const STEPS = 1024;
const GAMMA = 2.2;
/** From linear light to what a colour in sRGB is multiplied with, in 1/256. */
const gammaTable = Int16Array.from({ length: STEPS + 1 }, (_, i) =>
  i === 0 ? 0 : Math.round(256 * exp(log(i / STEPS) / GAMMA)),
);

/** Multiplier in 1/256 of a surface with the world normal (x, y, z) of any length under `level` of the light. */
export function lightOn(lighting: Lighting, x: number, y: number, z: number, level: number): number {
  const { towards } = lighting;
  const scale = 1 / Math.sqrt(x * x + y * y + z * z);
  const lambert = x * towards[0] + y * towards[1] + z * towards[2];
  const slanting = lambert > 0 ? lighting.slant * lambert * scale : 0;
  const light = (lighting.ambient + lighting.sky * z * scale + slanting) * level;
  return gammaTable[light >= 1 ? STEPS : light <= 0 ? 0 : (light * STEPS) | 0];
}
