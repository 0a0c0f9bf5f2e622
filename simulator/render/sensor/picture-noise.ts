/** Figures of how pictures differ from ideal ones; `PictureNoise` says what each means. */
import type { PictureNoise } from '../../scenario/run.ts';

/**
 * Depth from Azure Kinect (Tölgyessy et al. 2021: random SD up to 17 mm at 3.5 m), colour from a small CMOS sensor
 * indoors.
 */
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
  jpegQuality: 0,
};

/** Another kind of camera: coarser depth, a shorter range, a noisier sensor; shapes and tails are assumptions. */
export const OTHER_PICTURE_NOISE: PictureNoise = {
  lens: true,
  depthAt1M: 0.003,
  depthStepMm: 4,
  rangeM: 8,
  flyingProb: 0.25,
  darkHoleProb: 0.8,
  shinyHoleProb: 0.6,
  readLevels: 3,
  shotLevels: 6,
  exposureShare: 0.1,
  jpegQuality: 0,
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
  jpegQuality: 0,
};
