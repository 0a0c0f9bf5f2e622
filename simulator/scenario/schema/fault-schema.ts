import type { z } from 'zod';
import { didYouMean, listed } from '../scenario-error.ts';
import { ANGLE, DURATION, FREQUENCY, LENGTH, MASS, MASS_RATE, RATE, SHARE } from '../units.ts';
import { distribution, moment, spread } from './distribution.ts';
import { globs } from './names.ts';
import { shape } from './shape.ts';
import { choice, isMap, Misfit, quantity, word } from './value.ts';

const rate = quantity(RATE, { min: 0, max: 1000, text: 'from 0 to 1000/s' });
const share = quantity(SHARE, { min: 0, max: 1, text: 'from 0 to 100%' });
const durations = distribution(DURATION, { min: 0, text: 'not negative' });

const when = { on: globs, at: moment.optional(), for: durations.optional() };
const often = { share: share.optional(), rate: rate.optional() };

const kinds = {
  blackout: shape({ type: word('blackout'), ...when }),
  dropout: shape({ type: word('dropout'), ...when, ...often }),
  'burst-dropout': shape({
    type: word('burst-dropout'),
    ...when,
    rate,
    length: durations.default({ fixed: 1_000_000 }),
  }),
  latency: shape({ type: word('latency'), ...when, by: durations }),
  jitter: shape({ type: word('jitter'), ...when, by: spread(DURATION) }),
  reorder: shape({ type: word('reorder'), ...when, ...often, by: durations.default({ fixed: 200_000 }) }),
  duplicate: shape({ type: word('duplicate'), ...when, ...often, by: durations.default({ fixed: 20_000 }) }),
  'rate-collapse': shape({
    type: word('rate-collapse'),
    ...when,
    to: quantity(FREQUENCY, { min: 0.001, max: 1000, text: 'from 0.001 to 1000Hz' }),
  }),
  freeze: shape({ type: word('freeze'), ...when }),
  'stuck-at': shape({ type: word('stuck-at'), ...when, value: distribution(MASS).default({ fixed: 0 }) }),
  offset: shape({ type: word('offset'), ...when, by: distribution(MASS) }),
  drift: shape({ type: word('drift'), ...when, by: distribution(MASS_RATE) }),
  spike: shape({ type: word('spike'), ...when, rate, size: distribution(MASS) }),
  skew: shape({ type: word('skew'), ...when, by: distribution(DURATION) }),
  calibration: shape({
    type: word('calibration'),
    ...when,
    by: distribution(LENGTH).default({ fixed: 0 }),
    turn: distribution(ANGLE).default({ fixed: 0 }),
  }),
  fog: shape({ type: word('fog'), ...when }),
  'wrong-planogram': shape({ type: word('wrong-planogram'), on: globs, share: share.optional() }),
  'wrong-weight': shape({ type: word('wrong-weight'), on: globs, by: distribution(MASS) }),
};

export const faultSchema = choice(kinds, (raw) => {
  if (!isMap(raw)) return new Misfit('a map with type and on, such as { type: blackout, on: c2 }');
  const { type } = raw;
  if (typeof type === 'string' && Object.hasOwn(kinds, type)) return type as keyof typeof kinds;
  const names = Object.keys(kinds);
  return new Misfit(`${listed(names, 20)}${typeof type === 'string' ? didYouMean(type, names) : ''}`, undefined, [
    'type',
  ]);
});

export type FaultSpec = z.output<typeof faultSchema>;
