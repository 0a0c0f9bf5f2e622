/**
 * How a camera's pictures differ from ideal ones. Each part is switched off by a zero. Default figures: depth from
 * Azure Kinect (Tölgyessy et al. 2021: random SD up to 17 mm at 3.5 m), colour from a small CMOS sensor indoors.
 */
export interface PictureNoise {
  /** Radial distortion as the camera's plan has it; false draws an ideal lens. */
  readonly lens: boolean;
  /** SD of depth at 1 m, metres; grows with the square of distance. */
  readonly depthAt1M: number;
  /** Depth comes in steps of so many millimetres; at least 1. */
  readonly depthStepMm: number;
  /** No return from further away, metres; 0 = no limit. */
  readonly rangeM: number;
  /** Share of pixels beside a jump in depth that return something in between. */
  readonly flyingProb: number;
  /** Share of pixels without a return on pure black at 4 m, and on spots of shiny packages. */
  readonly darkHoleProb: number;
  readonly shinyHoleProb: number;
  /** SD of colour, levels of 255: what the amplifier adds, and what grows with the root of the signal at full scale. */
  readonly readLevels: number;
  readonly shotLevels: number;
  /** Slow wander of exposure, as a share of brightness. */
  readonly exposureShare: number;
}

export const PICTURE_NOISE: PictureNoise = {
  lens: true,
  depthAt1M: 0.0014,
  depthStepMm: 1,
  rangeM: 12,
  flyingProb: 0.5,
  darkHoleProb: 0.5,
  shinyHoleProb: 0.35,
  readLevels: 1.2,
  shotLevels: 3.5,
  exposureShare: 0.03,
};

/** Ideal pictures through the true lens. */
export const NO_PICTURE_NOISE: PictureNoise = {
  lens: true,
  depthAt1M: 0,
  depthStepMm: 1,
  rangeM: 0,
  flyingProb: 0,
  darkHoleProb: 0,
  shinyHoleProb: 0,
  readLevels: 0,
  shotLevels: 0,
  exposureShare: 0,
};
