/** Pictures as bytes: colour as foxglove.CompressedImage (PNG), depth as foxglove.RawImage (16UC1, millimetres). */
import assert from 'node:assert/strict';
import { COMPRESSED_IMAGE, RAW_IMAGE } from './image-descriptor.ts';
import { foxgloveTime } from './recording-time.ts';
import { WireReader, WireWriter } from './wire.ts';

const DEPTH_ENCODING = '16UC1';

/** Where and when a picture was taken: the camera's frame of reference, µs since the run's start. */
export interface PictureStamp {
  readonly frameId: string;
  readonly timeUs: number;
}

const writer = new WireWriter();
const time = new WireWriter();

/** Valid until the next call of either encoder. */
export function encodeColourBorrowed(stamp: PictureStamp, png: Uint8Array): Uint8Array {
  writer.reset();
  writer.packed(COMPRESSED_IMAGE.timestamp[0], timestamp(stamp.timeUs));
  writer.packed(COMPRESSED_IMAGE.data[0], png);
  writer.string(COMPRESSED_IMAGE.format[0], 'png');
  writer.string(COMPRESSED_IMAGE.frame_id[0], stamp.frameId);
  return writer.borrow();
}

/** `depthMm`: width × height, row by row. Valid until the next call of either encoder. */
export function encodeDepthBorrowed(
  stamp: PictureStamp,
  depthMm: Uint16Array,
  widthPx: number,
  heightPx: number,
): Uint8Array {
  assert.equal(depthMm.length, widthPx * heightPx, 'a picture has width × height pixels');
  writer.reset();
  writer.packed(RAW_IMAGE.timestamp[0], timestamp(stamp.timeUs));
  writer.fixed32(RAW_IMAGE.width[0], widthPx);
  writer.fixed32(RAW_IMAGE.height[0], heightPx);
  writer.string(RAW_IMAGE.encoding[0], DEPTH_ENCODING);
  writer.fixed32(RAW_IMAGE.step[0], 2 * widthPx);
  writer.packed(RAW_IMAGE.data[0], depthMm);
  writer.string(RAW_IMAGE.frame_id[0], stamp.frameId);
  return writer.borrow();
}

function timestamp(timeUs: number): Uint8Array {
  const { sec, nsec } = foxgloveTime(timeUs);
  time.reset();
  time.uint(1, sec);
  time.uint(2, nsec);
  return time.borrow();
}

/** The PNG of a colour message of ours, a copy; a `RangeError` says what was found instead. */
export function decodeColour(bytes: Uint8Array): Uint8Array {
  const wire = new WireReader(bytes);
  wire.bytes(COMPRESSED_IMAGE.timestamp[0], 'timestamp');
  const png = new Uint8Array(wire.bytes(COMPRESSED_IMAGE.data[0], 'data'));
  expectText(wire, COMPRESSED_IMAGE.format[0], 'format', 'png');
  wire.string(COMPRESSED_IMAGE.frame_id[0], 'frame_id');
  wire.expectEnd('the colour picture');
  return png;
}

export interface DepthPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Millimetres along the optical axis, 0 = no return. */
  readonly depthMm: Uint16Array;
}

/** The pixels of a depth message of ours, a copy; a `RangeError` says what was found instead. */
export function decodeDepth(bytes: Uint8Array): DepthPicture {
  const wire = new WireReader(bytes);
  wire.bytes(RAW_IMAGE.timestamp[0], 'timestamp');
  const widthPx = wire.fixed32(RAW_IMAGE.width[0], 'width');
  const heightPx = wire.fixed32(RAW_IMAGE.height[0], 'height');
  expectText(wire, RAW_IMAGE.encoding[0], 'encoding', DEPTH_ENCODING);
  const step = wire.fixed32(RAW_IMAGE.step[0], 'step');
  // Memory of its own, because in the file pixels need not lie at even bytes.
  const data = new Uint8Array(wire.bytes(RAW_IMAGE.data[0], 'data'));
  wire.string(RAW_IMAGE.frame_id[0], 'frame_id');
  wire.expectEnd('the depth picture');
  if (step !== 2 * widthPx || data.length !== step * heightPx) {
    const found = `${data.length} bytes in rows of ${step} for ${widthPx} × ${heightPx} pixels`;
    throw new RangeError(`data: found ${found}, expected two bytes per pixel`);
  }
  return { widthPx, heightPx, depthMm: new Uint16Array(data.buffer, 0, widthPx * heightPx) };
}

function expectText(wire: WireReader, field: number, name: string, expected: string): void {
  const found = wire.string(field, name);
  if (found !== expected) throw new RangeError(`${name}: found ${JSON.stringify(found)}, expected "${expected}"`);
}
