/**
 * Precomputed noise. Drawing a fresh normal costs 40 ns; reading one from a table costs 1 ns. A reader takes a short run
 * (a batch of samples, the figures of one body in one picture) from a random place given by its own stream, so runs are
 * independent and each is white inside; the tails end at about 4.3 standard deviations.
 */
import { cos, exp } from '../maths.ts';
import { RandomStream } from '../random.ts';

export const TABLE_SIZE = 65536;
export const TABLE_MASK = TABLE_SIZE - 1;

function normals(path: string): Float64Array {
  const stream = new RandomStream(0, path);
  return Float64Array.from({ length: TABLE_SIZE }, () => stream.normal());
}

/** Scales a table to mean 0 and SD 1 in place. */
function standardise(table: Float64Array): Float64Array {
  let sum = 0;
  for (const x of table) sum += x;
  const mean = sum / table.length;
  let squares = 0;
  for (const x of table) squares += (x - mean) * (x - mean);
  const sd = Math.sqrt(squares / table.length);
  for (let i = 0; i < table.length; i++) table[i] = (table[i]! - mean) / sd;
  return table;
}

/** Standard normals; period `TABLE_SIZE`, to be read modulo `TABLE_MASK`. */
export const NORMALS = standardise(normals('noise-table/normals'));

/**
 * Heavy-tailed, SD 1: 15 % of the draws four times as wide, which gives the ratio of about 5 between p95 and p50 of the
 * measured joint jitter (a normal has 2.9).
 */
export const HEAVY = standardise(heavy());

function heavy(): Float64Array {
  const stream = new RandomStream(0, 'noise-table/heavy');
  return normals('noise-table/heavy/normals').map((x) => (stream.chance(0.15) ? 4 * x : x));
}

/** Coefficients of a resonance at `hz` sampled at `rateHz`, half-power width `widthHz`, SD 1 when driven by SD 1. */
export function resonance(hz: number, widthHz: number, rateHz: number): { a1: number; a2: number; gain: number } {
  const radius = exp((-Math.PI * widthHz) / rateHz);
  const a1 = 2 * radius * cos((2 * Math.PI * hz) / rateHz);
  const a2 = -radius * radius;
  const variance = (1 - a2) / ((1 + a2) * ((1 - a2) * (1 - a2) - a1 * a1));
  return { a1, a2, gain: 1 / Math.sqrt(variance) };
}

const shakes = new Map<number, Float64Array>();

/** What a plate does in a burst, SD 1: broad resonances at 8 and 17 Hz, as in the loud seconds of the real trace. */
export function shakeTable(rateHz: number): Float64Array {
  let table = shakes.get(rateHz);
  if (table === undefined) {
    table = new Float64Array(TABLE_SIZE);
    addResonance(table, 8, 4, 0.7, rateHz);
    addResonance(table, 17, 5, 1, rateHz);
    shakes.set(rateHz, standardise(table));
  }
  return table;
}

function addResonance(table: Float64Array, hz: number, widthHz: number, share: number, rateHz: number): void {
  const { a1, a2, gain } = resonance(hz, widthHz, rateHz);
  const stream = new RandomStream(0, `noise-table/shake/${hz}`);
  let x1 = 0;
  let x2 = 0;
  for (let i = 0; i < table.length; i++) {
    const x = a1 * x1 + a2 * x2 + gain * stream.normal();
    x2 = x1;
    x1 = x;
    table[i]! += share * x;
  }
}
