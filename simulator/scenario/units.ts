/**
 * Quantities in scenario files: a number with a unit, or a bare number in SI. Results are in the units of a `Run`:
 * metres, grams, microseconds, radians, hertz, events per second, fractions.
 */

/** A factor as a fraction, so that 66 mm is exactly 66 / 1000. */
type Factor = readonly [times: number, over: number];

export interface Kind {
  readonly name: string;
  /** For error texts: "a length such as 1.2m". */
  readonly expected: string;
  readonly units: Readonly<Record<string, Factor>>;
  /** Of a bare number; null where a unit is required. */
  readonly bare: Factor | null;
  readonly whole?: boolean;
}

const ONE: Factor = [1, 1];

function kind(name: string, example: string, units: Kind['units'], bare: Factor | null, whole = false): Kind {
  const article = /^[aeiou]/.test(name) ? 'an' : 'a';
  return { name, expected: `${article} ${name} such as ${example}`, units, bare, whole };
}

export const LENGTH = kind('length', '1.2m', { m: ONE, cm: [1, 100], mm: [1, 1000] }, ONE);
export const MASS = kind('mass', '352g', { kg: [1000, 1], g: ONE, mg: [1, 1000] }, [1000, 1]);
export const MASS_RATE = kind('mass per time', '5g/h', { 'g/h': ONE, 'g/min': [60, 1], 'g/s': [3600, 1] }, null);
export const DURATION = kind(
  'duration',
  '30s',
  { us: ONE, µs: ONE, ms: [1000, 1], s: [1_000_000, 1], min: [60_000_000, 1], h: [3_600_000_000, 1] },
  [1_000_000, 1],
  true,
);
export const FREQUENCY = kind('frequency', '15Hz', { Hz: ONE, kHz: [1000, 1] }, ONE);
export const RATE = kind('rate', '45/h', { '/s': ONE, '/min': [1, 60], '/h': [1, 3600], Hz: ONE }, ONE);
export const PER_FRAME = kind('number per picture', '0.02/frame', { '/frame': ONE }, ONE);
export const ANGLE = kind('angle', '90deg', { deg: [Math.PI, 180], rad: ONE }, ONE);
export const SHARE = kind('share', '4% or 0.04', { '%': [1, 100] }, ONE);
export const PIXELS = kind('number of pixels', '3px', { px: ONE }, ONE);
export const SPEED = kind('speed', '0.9m/s', { 'm/s': ONE, 'km/h': [10, 36] }, ONE);
export const PPM = kind('clock error', '20ppm', { ppm: ONE }, ONE);
export const NUMBER = kind('number', '2.4', {}, ONE);

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*([^\d\s].*)?$/;

/** The value in the run's unit, or undefined if it is not such a quantity. Durations round to whole microseconds. */
export function parseQuantity({ units, bare, whole }: Kind, raw: unknown): number | undefined {
  if (typeof raw === 'number') return bare ? scaled(raw, bare, whole) : undefined;
  if (typeof raw !== 'string') return undefined;
  const match = QUANTITY.exec(raw.trim());
  if (!match) return undefined;
  const unit = match[2];
  const factor = unit === undefined ? bare : Object.hasOwn(units, unit) ? units[unit]! : null;
  return factor ? scaled(Number(match[1]), factor, whole) : undefined;
}

function scaled(value: number, [times, over]: Factor, whole: boolean | undefined): number | undefined {
  const result = (value * times) / over;
  if (!Number.isFinite(result)) return undefined;
  // Adding 0 turns −0 into 0.
  return (whole ? Math.round(result) : result) + 0;
}

/** Regular expression for editors: the same strings that `parseQuantity` takes. */
export function quantityPattern({ units, bare }: Kind): string {
  const names = Object.keys(units).map((unit) => unit.replace(/[/%]/g, '\\$&'));
  const unit = names.length === 0 ? '' : `\\s*(${names.join('|')})${bare ? '?' : ''}`;
  return `^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?${unit}$`;
}

/** Microseconds since midnight of `12:05` or `12:05:30`, or undefined. */
export function parseClock(raw: unknown): number | undefined {
  if (typeof raw !== 'string') return undefined;
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(raw.trim());
  if (!match) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 24 || minutes > 59 || seconds > 59 || (hours === 24 && minutes + seconds > 0)) return undefined;
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
}

export interface Price {
  readonly minor: number;
  readonly currency: string;
  readonly perKilogram: boolean;
}

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF'].map((code) => [code, 0]),
  ),
  ...Object.fromEntries(['UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0])),
  ...Object.fromEntries(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3])),
};

/** `1.50 EUR` or `2.49 EUR/kg` in whole minor units, without passing through a binary fraction; else undefined. */
export function parsePrice(raw: unknown): Price | undefined {
  if (typeof raw !== 'string') return undefined;
  const match = /^(\d{1,9})(?:\.(\d{1,3}))?\s*([A-Z]{3})(\/kg)?$/.exec(raw.trim());
  if (!match) return undefined;
  const currency = match[3]!;
  const digits = MINOR_DIGITS[currency] ?? 2;
  const fraction = match[2] ?? '';
  if (/[^0]/.test(fraction.slice(digits))) return undefined;
  const minor = Number(match[1] + fraction.slice(0, digits).padEnd(digits, '0'));
  return { minor, currency, perKilogram: match[4] !== undefined };
}
