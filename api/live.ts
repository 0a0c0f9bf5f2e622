/**
 * The live feed's wire format: what goes over one WebSocket to everyone who watches a store. Little-endian, every message
 * starts with its kind (one byte), three bytes of padding and the time it tells of (float64, microseconds). What stands in
 * a scene is the sender's business; here it is bytes.
 */
import type { Cart, Claim, ShelfChange } from '../engine/index.ts';

/** Something that happened, as JSON. `cart` tells of drafts too. */
export type LiveNews =
  | { readonly type: 'cart'; readonly timeUs: number; readonly cart: Cart }
  | { readonly type: 'change'; readonly timeUs: number; readonly change: ShelfChange }
  | { readonly type: 'claim'; readonly timeUs: number; readonly claim: Claim }
  | { readonly type: 'alert'; readonly timeUs: number; readonly about: string; readonly text: string }
  /** A camera or a scale has stopped sending, or sends again. */
  | { readonly type: 'silence'; readonly timeUs: number; readonly sensorId: string; readonly isSilent: boolean }
  /** Who a body may be: per track the trips and their probabilities. */
  | { readonly type: 'links'; readonly timeUs: number; readonly links: readonly TrackLink[] }
  /** What really happened, from a simulator. */
  | { readonly type: 'truth'; readonly timeUs: number; readonly event: LiveTruth }
  /** Samples of one scale: first sample's time and period in µs, then grams of all cells added up. */
  | {
      readonly type: 'scale';
      readonly timeUs: number;
      readonly scaleId: string;
      readonly periodUs: number;
      readonly grams: readonly number[];
    }
  /** Heads and hands that one camera sent: n × 2 image pixels. */
  | {
      readonly type: 'camera';
      readonly timeUs: number;
      readonly cameraId: string;
      readonly headsInImagePx: readonly number[];
      readonly handsInImagePx: readonly number[];
    }
  /** Orders, payments, deliveries and the like, as the gateway tells of them. */
  | { readonly type: 'business'; readonly timeUs: number; readonly event: string; readonly data: unknown };

export interface TrackLink {
  readonly trackId: number;
  readonly trips: readonly { readonly tripId: string | null; readonly prob: number }[];
}

/** An event of a simulator's truth; its own words, passed through. */
export interface LiveTruth {
  readonly kind: string;
  readonly timeUs: number;
  readonly [key: string]: unknown;
}

export type LiveMessage =
  | { readonly kind: 'scene'; readonly timeUs: number; readonly bytes: Uint8Array }
  /** Rows to append to the store's stock log from row `firstRow` on. */
  | { readonly kind: 'stock'; readonly timeUs: number; readonly firstRow: number; readonly rows: Float32Array }
  /** `onFloorM`: n × 2. */
  | {
      readonly kind: 'tracks';
      readonly timeUs: number;
      readonly trackIds: Int32Array;
      readonly onFloorM: Float32Array;
    }
  | { readonly kind: 'news'; readonly timeUs: number; readonly news: LiveNews };

const KINDS = ['scene', 'stock', 'tracks', 'news'] as const;
/** Kind, padding, time, count or first row, padding. */
const HEAD_BYTES = 16;

/** One message as bytes. */
export function encodeLive(message: LiveMessage): Uint8Array {
  switch (message.kind) {
    case 'scene':
      return framed(message, 0, message.bytes);
    case 'stock':
      return framed(message, message.firstRow, bytesOf(message.rows));
    case 'tracks': {
      const { trackIds, onFloorM } = message;
      const body = new Uint8Array(trackIds.byteLength + onFloorM.byteLength);
      body.set(bytesOf(trackIds));
      body.set(bytesOf(onFloorM), trackIds.byteLength);
      return framed(message, trackIds.length, body);
    }
    case 'news':
      return framed(message, 0, new TextEncoder().encode(JSON.stringify(message.news)));
  }
}

/** Reads one message; arrays are views of `bytes` where they can be. Throws for what is no such message. */
export function decodeLive(bytes: Uint8Array): LiveMessage {
  const kind = KINDS[bytes[0]];
  if (bytes.byteLength < HEAD_BYTES || kind === undefined) {
    throw new Error(`live feed: found ${bytes.byteLength} bytes of kind ${bytes[0]}, expected one of ${KINDS}`);
  }
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  const timeUs = head.getFloat64(4, true);
  const count = head.getUint32(12, true);
  const body = bytes.subarray(HEAD_BYTES);
  switch (kind) {
    case 'scene':
      return { kind, timeUs, bytes: body };
    case 'stock':
      return { kind, timeUs, firstRow: count, rows: new Float32Array(aligned(body)) };
    case 'tracks': {
      const memory = aligned(body);
      if (memory.byteLength !== 12 * count) {
        throw new Error(`live feed: found ${memory.byteLength} bytes of ${count} tracks, expected ${12 * count}`);
      }
      return {
        kind,
        timeUs,
        trackIds: new Int32Array(memory, 0, count),
        onFloorM: new Float32Array(memory, 4 * count),
      };
    }
    case 'news':
      return { kind, timeUs, news: JSON.parse(new TextDecoder().decode(body)) as LiveNews };
  }
}

/** Several messages as one body: each behind its length (uint32). */
export function packLive(messages: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(messages.reduce((sum, message) => sum + 4 + message.byteLength, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const message of messages) {
    view.setUint32(at, message.byteLength, true);
    out.set(message, at + 4);
    at += 4 + message.byteLength;
  }
  return out;
}

/** Takes a body of `packLive` apart. Throws where it ends too soon. */
export function unpackLive(body: Uint8Array): LiveMessage[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const messages: LiveMessage[] = [];
  for (let at = 0; at < body.byteLength; ) {
    const length = at + 4 <= body.byteLength ? view.getUint32(at, true) : Number.NaN;
    if (!(at + 4 + length <= body.byteLength)) {
      throw new Error(`live feed: found ${body.byteLength - at} bytes at byte ${at}, expected a whole message`);
    }
    messages.push(decodeLive(body.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return messages;
}

function framed({ kind, timeUs }: LiveMessage, count: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEAD_BYTES + body.byteLength);
  const head = new DataView(out.buffer);
  head.setUint8(0, KINDS.indexOf(kind));
  head.setFloat64(4, timeUs, true);
  head.setUint32(12, count, true);
  out.set(body, HEAD_BYTES);
  return out;
}

function bytesOf(array: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Memory of its own, so that wider types may look at it. */
function aligned(body: Uint8Array): ArrayBuffer {
  if (body.byteLength % 4 !== 0) throw new Error(`live feed: found ${body.byteLength} bytes, expected whole numbers`);
  return body.slice().buffer;
}
