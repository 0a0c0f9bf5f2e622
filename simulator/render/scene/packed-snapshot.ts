/**
 * Snapshots for the road: 16-bit integers instead of floats, places to 2 mm within ±65 m. 48 bytes a person and 4 a thing
 * carried, less than half of the floats.
 */
import {
  BODIES,
  BODY,
  bodiesAt,
  CARRIED,
  CARRY,
  carriedAt,
  DOOR,
  DOORS,
  FACING,
  HEAD,
  MOVING,
  SHOPPER,
  STOCK_ROWS,
  STRIDE,
  snapshotLength,
  TIME_HIGH,
  TIME_LOW,
  TIME_UNIT,
  timeOf,
} from './snapshot-layout.ts';

/** Time (float64), rows of stock (uint32), numbers of doors, bodies, things (uint16), padding. */
const HEAD_BYTES = 20;
const PER_METRE = 500;
const PER_UNIT = 16_000;
const PER_DOOR = 1000;
/** A walker's path counts up for ever, but only its place within strides of 1.3 m shows. */
const PATH_M = 13;

const scales = new Float32Array(BODY).fill(PER_METRE);
scales[SHOPPER] = 1;
scales[MOVING] = 1;
scales[FACING] = PER_UNIT;
scales[FACING + 1] = PER_UNIT;
const doorScales = [1, PER_DOOR, 1];

/** A snapshot as bytes; see `unpackSnapshot`. */
export function packSnapshot(snapshot: Float32Array): Uint8Array {
  const doors = snapshot[DOORS];
  const bodies = snapshot[BODIES];
  const carried = snapshot[CARRIED];
  const out = new Uint8Array(HEAD_BYTES + 2 * (DOOR * doors + BODY * bodies + 2 * carried));
  const head = new DataView(out.buffer);
  head.setFloat64(0, timeOf(snapshot), true);
  head.setUint32(8, snapshot[STOCK_ROWS], true);
  head.setUint16(12, doors, true);
  head.setUint16(14, bodies, true);
  head.setUint16(16, carried, true);
  const body = new Int16Array(out.buffer, HEAD_BYTES);
  let at = 0;
  for (let i = 0; i < doors * DOOR; i++) body[at++] = bounded(snapshot[HEAD + i] * doorScales[i % DOOR]);
  const from = bodiesAt(snapshot);
  for (let i = 0; i < bodies * BODY; i++) {
    const k = i % BODY;
    const value = snapshot[from + i];
    body[at++] = bounded((k === STRIDE ? value % PATH_M : value) * scales[k]);
  }
  const things = carriedAt(snapshot);
  for (let i = 0; i < carried; i++) {
    body[at++] = 4 * snapshot[things + i * CARRY] + snapshot[things + i * CARRY + 2];
    body[at++] = snapshot[things + i * CARRY + 1];
  }
  return out;
}

/** A snapshot from `packSnapshot`'s bytes, which may begin anywhere in memory. Throws where the length is wrong. */
export function unpackSnapshot(bytes: Uint8Array): Float32Array {
  const memory = bytes.slice().buffer;
  if (memory.byteLength < HEAD_BYTES) throw new Error(`snapshot: found ${memory.byteLength} bytes, expected a head`);
  const head = new DataView(memory);
  const [doors, bodies, carried] = [12, 14, 16].map((offset) => head.getUint16(offset, true));
  const expected = HEAD_BYTES + 2 * (DOOR * doors + BODY * bodies + 2 * carried);
  if (memory.byteLength !== expected) {
    throw new Error(`snapshot: found ${memory.byteLength} bytes, expected ${expected}`);
  }
  const body = new Int16Array(memory, HEAD_BYTES);
  const out = new Float32Array(snapshotLength(doors, bodies, carried));
  const timeUs = head.getFloat64(0, true);
  out[TIME_HIGH] = Math.floor(timeUs / TIME_UNIT);
  out[TIME_LOW] = timeUs - out[TIME_HIGH] * TIME_UNIT;
  out[STOCK_ROWS] = head.getUint32(8, true);
  out[DOORS] = doors;
  out[BODIES] = bodies;
  out[CARRIED] = carried;
  let at = 0;
  for (let i = 0; i < doors * DOOR; i++) out[HEAD + i] = body[at++] / doorScales[i % DOOR];
  const from = bodiesAt(out);
  for (let i = 0; i < bodies * BODY; i++) out[from + i] = body[at++] / scales[i % BODY];
  const things = carriedAt(out);
  for (let i = 0; i < carried; i++) {
    const holder = body[at++];
    out[things + i * CARRY] = holder >> 2;
    out[things + i * CARRY + 1] = body[at++];
    out[things + i * CARRY + 2] = holder & 3;
  }
  return out;
}

function bounded(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}
