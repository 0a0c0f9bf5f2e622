import { z } from 'zod';
import { ANGLE, DURATION, FREQUENCY, LENGTH, MASS, NUMBER, PER_FRAME, PIXELS, PPM, RATE, SHARE } from '../units.ts';
import { distribution, spread } from './distribution.ts';
import { shape } from './shape.ts';
import { choice, flag, isMap, quantity, whole, word } from './value.ts';

const fraction = { min: 0, max: 1, text: 'from 0 to 100%' };
const share = quantity(SHARE, fraction).optional();
const atLeastZero = { min: 0, text: 'not negative' };
const positive = { min: 1e-9, text: 'more than 0' };
const duration = quantity(DURATION, atLeastZero).optional();
const tau = quantity(DURATION, { min: 1, text: 'more than 0' }).optional();
const durations = distribution(DURATION, atLeastZero).optional();
const rate = quantity(RATE, { min: 0, max: 1000, text: 'from 0 to 1000/s' }).optional();
const pixels = quantity(PIXELS, { min: 0, max: 10_000, text: 'from 0 to 10000px' }).optional();
const mass = quantity(MASS, { min: 0, max: 100_000, text: 'from 0 to 100kg' }).optional();
const length = quantity(LENGTH, { min: 0, max: 10, text: 'from 0 to 10m' }).optional();

export const scaleNoiseSchema = shape({
  white: distribution(MASS, { min: 0, max: 100_000, text: 'from 0 to 100kg' }).optional(),
  bias: spread(MASS).optional(),
  drift: shape({ sd: mass, tau }).optional(),
  quantum: mass,
  settle: duration,
  burst: shape({ rate, peak: distribution(MASS).optional(), for: durations, shared: share }).optional(),
  hum: z
    .array(shape({ hz: quantity(FREQUENCY, positive), share: quantity(SHARE, atLeastZero) }))
    .max(20)
    .optional(),
  crosstalk: distribution(SHARE, { min: -1, max: 1, text: 'from -100 to 100%' }).optional(),
  batch: whole(1, 10_000).optional(),
});

export const cameraNoiseSchema = shape({
  box: pixels,
  head: pixels,
  hand: pixels,
  depth: length,
  'hand-wander': shape({ sd: length, tau }).optional(),
  miss: share,
  'head-miss': share,
  'hand-miss': share,
  'miss-for': durations,
  'miss-shared': share,
  false: quantity(PER_FRAME, { min: 0, max: 100, text: 'from 0 to 100' }).optional(),
  merge: shape({ within: length, rate, for: durations }).optional(),
  'owner-swap': shape({ rate, for: durations }).optional(),
});

const levels = quantity(NUMBER, { min: 0, max: 255, text: 'from 0 to 255' }).optional();

const picturePartsSchema = shape({
  lens: flag.optional(),
  depth: length,
  'depth-step': quantity(LENGTH, { min: 0.001, max: 1, text: 'from 1mm to 1m' }).optional(),
  range: quantity(LENGTH, { min: 0, max: 65, text: 'from 0 to 65m' }).optional(),
  flying: share,
  'dark-holes': share,
  'shiny-holes': share,
  read: levels,
  shot: levels,
  exposure: share,
  jpeg: whole(0, 100).optional(),
});

/** Parts of a camera's picture noise, or none of them. */
export const pictureNoiseSchema = choice(
  { none: word('none').transform((): PictureNoiseSpec => 'none'), parts: picturePartsSchema },
  (raw) => (isMap(raw) ? 'parts' : 'none'),
);

const clockSchema = shape({
  ppm: distribution(PPM).optional(),
  resync: tau,
  residual: spread(DURATION).optional(),
  jitter: spread(DURATION).optional(),
});

const handlingSchema = shape({
  press: distribution(MASS).optional(),
  dwell: durations,
  lift: durations,
  'reach-factor': distribution(NUMBER, positive).optional(),
  'neighbour-touch': share,
  drag: share,
  topple: share,
});

const commissioningSchema = shape({
  'camera-position': length,
  'camera-rotation': quantity(ANGLE, { min: 0, max: 3.2, text: 'from 0 to 180deg' }).optional(),
  lens: pixels,
  'wrong-slots': share,
  'stock-off-by-one': share,
  'lot-weight-bias': share,
});

export const noiseName = word('default', 'fitted', 'replay', 'other', 'none');

const changed = shape({
  set: noiseName.default('default'),
  scale: scaleNoiseSchema.optional(),
  camera: cameraNoiseSchema.optional(),
  pictures: pictureNoiseSchema.optional(),
  gate: shape({ latency: durations }).optional(),
  clock: clockSchema.optional(),
  handling: handlingSchema.optional(),
  commissioning: commissioningSchema.optional(),
});

/** A noise set by name, or with changes. */
export const noiseSchema = choice(
  { named: noiseName.transform((set): z.output<typeof changed> => ({ set })), changed },
  (raw) => (isMap(raw) ? 'changed' : 'named'),
);

export type ScaleNoiseSpec = z.output<typeof scaleNoiseSchema>;
export type CameraNoiseSpec = z.output<typeof cameraNoiseSchema>;
export type PictureNoiseSpec = 'none' | z.output<typeof picturePartsSchema>;
export type NoiseSpec = z.output<typeof noiseSchema>;
