/**
 * Schemas of recorded pictures as protobuf `FileDescriptorSet` bytes: Foxglove's CompressedImage and RawImage
 * (github.com/foxglove/foxglove-sdk, schemas/proto/foxglove), which every MCAP viewer shows as they are.
 */
import { WireWriter } from './wire.ts';

/** Field types of descriptor.proto. */
const INT64 = 3;
const INT32 = 5;
const FIXED32 = 7;
const STRING = 9;
const MESSAGE = 11;
const BYTES = 12;

const TIMESTAMP = '.google.protobuf.Timestamp';
const TIMESTAMP_FILE = 'google/protobuf/timestamp.proto';

type Fields = Readonly<Record<string, readonly [number: number, type: number]>>;

/** Name → field number and type, in ascending order: the order in which they are written. */
export const COMPRESSED_IMAGE = {
  timestamp: [1, MESSAGE],
  data: [2, BYTES],
  format: [3, STRING],
  frame_id: [4, STRING],
} as const satisfies Fields;

export const RAW_IMAGE = {
  timestamp: [1, MESSAGE],
  width: [2, FIXED32],
  height: [3, FIXED32],
  encoding: [4, STRING],
  step: [5, FIXED32],
  data: [6, BYTES],
  frame_id: [7, STRING],
} as const satisfies Fields;

const TIME = { seconds: [1, INT64], nanos: [2, INT32] } as const satisfies Fields;

function nested(write: (out: WireWriter) => void): Uint8Array {
  const out = new WireWriter();
  write(out);
  return out.borrow();
}

function messageType(name: string, fields: Fields): Uint8Array {
  return nested((out) => {
    out.string(1, name);
    for (const [field, [number, type]] of Object.entries(fields)) {
      out.packed(
        2,
        nested((inner) => {
          inner.string(1, field);
          inner.uint(3, number);
          inner.uint(4, 1);
          inner.uint(5, type);
          if (type === MESSAGE) inner.string(6, TIMESTAMP);
        }),
      );
    }
  });
}

function file(path: string, packageName: string, imports: readonly string[], message: Uint8Array): Uint8Array {
  return nested((out) => {
    out.string(1, path);
    out.string(2, packageName);
    for (const path of imports) out.string(3, path);
    out.packed(4, message);
    out.string(12, 'proto3');
  });
}

/** `FileDescriptorSet` of one image message and what it imports. */
export function imageDescriptorSet(name: string, fields: Fields): Uint8Array {
  return nested((out) => {
    out.packed(1, file(TIMESTAMP_FILE, 'google.protobuf', [], messageType('Timestamp', TIME)));
    out.packed(1, file(`foxglove/${name}.proto`, 'foxglove', [TIMESTAMP_FILE], messageType(name, fields)));
  });
}
