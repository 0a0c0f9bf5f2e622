/**
 * The schema of a recorded reading, as protobuf `FileDescriptorSet` bytes (descriptor.proto): with it any MCAP viewer
 * can open the raw readings and plot them. A field's number never changes its meaning; a new layout is a new version.
 */
import { WireWriter } from './wire.ts';

export const READING_VERSION = 1;
export const READING_SCHEMA_NAME = 'openaisle.v1.Reading';

/** Field types of descriptor.proto. */
const DOUBLE = 1;
const FLOAT = 2;
const STRING = 9;
const UINT32 = 13;
const SINT32 = 17;

/** Name → field number, type, and whether it repeats. Names as in readings.ts. */
const FIELDS = {
  version: [1, UINT32, 'once'],
  /** 0 detection, 1 scale, 2 gate, 3 pose, 4 decision, 5 tick. */
  kind: [2, UINT32, 'once'],
  sensorId: [3, STRING, 'once'],
  timeUs: [4, DOUBLE, 'once'],
  arrivalUs: [5, DOUBLE, 'once'],
  sequence: [6, DOUBLE, 'once'],
  headsInImagePx: [7, FLOAT, 'many'],
  headDepthM: [8, FLOAT, 'many'],
  headScore: [9, FLOAT, 'many'],
  handsInImagePx: [10, FLOAT, 'many'],
  handDepthM: [11, FLOAT, 'many'],
  handScore: [12, FLOAT, 'many'],
  handOwner: [13, SINT32, 'many'],
  periodUs: [14, DOUBLE, 'once'],
  grams: [15, FLOAT, 'many'],
  /** 0 entry, 1 refused, 2 exit. */
  event: [16, UINT32, 'once'],
  admits: [17, DOUBLE, 'once'],
  /** 0 or 1; the credential follows only after 1. */
  hasCredential: [18, UINT32, 'once'],
  credential: [19, STRING, 'once'],
  targetId: [20, STRING, 'many'],
  /** x, y, z, score of each person's head, then of that person's hands. */
  posePoints: [21, DOUBLE, 'many'],
  /** Hands of each person. */
  handCounts: [22, SINT32, 'many'],
  tripId: [23, STRING, 'once'],
  sku: [24, STRING, 'many'],
  quantity: [25, DOUBLE, 'many'],
} as const satisfies Record<string, readonly [number, number, 'once' | 'many']>;

type FieldName = keyof typeof FIELDS;

/** Field numbers by name. */
export const FIELD = Object.fromEntries(Object.entries(FIELDS).map(([name, [number]]) => [name, number])) as {
  readonly [name in FieldName]: number;
};

function nested(write: (out: WireWriter) => void): Uint8Array {
  const out = new WireWriter();
  write(out);
  return out.borrow();
}

/** `FileDescriptorSet` with the one file and message of a reading. */
export function readingDescriptorSet(): Uint8Array {
  const message = nested((out) => {
    out.string(1, 'Reading');
    for (const [name, [number, type, times]] of Object.entries(FIELDS)) {
      const field = nested((inner) => {
        inner.string(1, name);
        inner.uint(3, number);
        inner.uint(4, times === 'many' ? 3 : 1);
        inner.uint(5, type);
      });
      out.packed(2, field);
    }
  });
  const file = nested((out) => {
    out.string(1, 'openaisle/reading.proto');
    out.string(2, 'openaisle.v1');
    out.packed(4, message);
    out.string(12, 'proto3');
  });
  return nested((out) => out.packed(1, file));
}
