import { z } from 'zod';
import { didYouMean } from '../scenario-error.ts';
import { ANGLE, DURATION, FREQUENCY, NUMBER } from '../units.ts';
import { distribution, triple } from './distribution.ts';
import { doorName, globs } from './names.ts';
import { cameraNoiseSchema, pictureNoiseSchema, scaleNoiseSchema } from './noise-schema.ts';
import { shape } from './shape.ts';
import { choice, flag, isMap, Misfit, quantity, whole, word } from './value.ts';

const latency = distribution(DURATION, { min: 0, text: 'not negative' }).optional();
const place = { min: -10_000, max: 10_000, text: 'at most 10000m' };
const rate = { min: 0.01, max: 1000, text: 'from 0.01 to 1000Hz' };
const bend = quantity(NUMBER, { min: -1, max: 1, text: 'from -1 to 1' });
const cameraNumber = whole(16, 8192);

const camera = shape({
  type: word('camera'),
  at: triple(place),
  look: triple(place),
  hfov: quantity(ANGLE, { min: 0.05, max: 2.8, text: 'from 3 to 160deg' }).default((64 * Math.PI) / 180),
  image: z.tuple([cameraNumber, cameraNumber]).default([640, 360]),
  rate: quantity(FREQUENCY, rate).default(10),
  output: word('detections', 'pixels').default('detections'),
  distortion: z.tuple([bend, bend]).default([-0.05, 0.01]),
  noise: cameraNoiseSchema.optional(),
  pictures: pictureNoiseSchema.optional(),
  latency,
});

const weight = shape({
  type: word('weight'),
  on: globs,
  per: word('plate', 'lane', 'shelf').default('shelf'),
  rate: quantity(FREQUENCY, rate).default(60),
  'trade-approved': flag.default(false),
  noise: scaleNoiseSchema.optional(),
  latency,
});

const entry = shape({ type: word('entry'), on: doorName, latency });

const kinds = { camera, weight, entry };

export const sensorSchema = choice(kinds, (raw) => {
  if (!isMap(raw)) return new Misfit('a map with type: camera, weight or entry');
  const { type } = raw;
  if (typeof type === 'string' && Object.hasOwn(kinds, type)) return type as keyof typeof kinds;
  const hint = typeof type === 'string' ? didYouMean(type, Object.keys(kinds)) : '';
  return new Misfit(`camera, weight or entry${hint}`, undefined, ['type']);
});

export type CameraSpec = z.output<typeof camera>;
export type WeightSpec = z.output<typeof weight>;
export type SensorSpec = z.output<typeof sensorSchema>;
