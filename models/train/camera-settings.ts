import type { Dice } from './dice.ts';

/** What one camera does to its pictures. */
export interface CameraSettings {
  readonly distanceM: readonly [number, number];
  readonly elevationRad: readonly [number, number];
  /** White balance and exposure, per channel. */
  readonly gain: readonly [number, number, number];
  /** Colour noise: SD at black, and what grows with the root of the signal at full scale, levels. */
  readonly readLevels: number;
  readonly shotLevels: number;
  /** SD of the blur of its lens, pixels. */
  readonly blurPx: number;
  /** JPEG quality, or 0 for none. */
  readonly jpegQuality: number;
  /** Depth noise SD at 1 m, mm; 0 for a camera without depth. */
  readonly depthMmAt1M: number;
  /** Brightness of its place, 0..1. */
  readonly brightness: number;
}

/** One of the cameras that pictures come from; another stream of dice gives cameras never seen. */
export function drawCamera(dice: Dice): CameraSettings {
  const near = dice.between(0.9, 3);
  const steep = dice.between(-0.05, 0.95);
  const exposure = Math.exp(0.1 * dice.normal());
  const tint = () => exposure * Math.exp(0.035 * dice.normal());
  return {
    distanceM: [near, near + 1.2],
    elevationRad: [steep - 0.25, steep + 0.25],
    gain: [tint(), tint(), tint()],
    readLevels: dice.between(0.5, 3),
    shotLevels: dice.between(1.5, 7),
    blurPx: dice.chance(0.5) ? 0 : dice.between(0.3, 0.8),
    jpegQuality: dice.chance(0.35) ? 45 + dice.below(50) : 0,
    depthMmAt1M: dice.chance(0.7) ? dice.between(1, 3) : 0,
    brightness: dice.between(0.65, 1),
  };
}

/** A camera that adds nothing: catalogue pictures. */
export const STUDIO: CameraSettings = {
  distanceM: [1.5, 1.5],
  elevationRad: [0, 0],
  gain: [1, 1, 1],
  readLevels: 0,
  shotLevels: 0,
  blurPx: 0,
  jpegQuality: 0,
  depthMmAt1M: 0,
  brightness: 1,
};
