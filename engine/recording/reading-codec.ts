/**
 * Readings as bytes: protobuf message `openaisle.v1.Reading` (reading-descriptor.ts holds its schema), every field of
 * its kind always written, in ascending order, so one reading has exactly one encoding. Numbers are doubles or floats
 * as they lie in memory: whatever was pushed, NaN and broken stamps included, comes back bit for bit.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { DecisionReading, DetectionReading, GateReading, PoseReading, Reading, Stamp } from '../readings.ts';
import { FIELD, READING_VERSION } from './reading-descriptor.ts';
import { WireReader, WireWriter } from './wire.ts';

/** Order is the format: a kind's number is its place. */
const KINDS = ['detection', 'scale', 'gate', 'pose', 'decision', 'tick'] as const;
const GATE_EVENTS = ['entry', 'refused', 'exit'] as const;

const writer = new WireWriter();

/** Canonical bytes of a reading, valid until the next call. */
export function encodeReadingBorrowed(reading: Reading): Uint8Array {
  const kind = KINDS.indexOf(reading.kind);
  assert.ok(kind >= 0, `unknown kind of reading: ${reading.kind}`);
  writer.reset();
  writer.uint(FIELD.version, READING_VERSION);
  writer.uint(FIELD.kind, kind);
  writer.string(FIELD.sensorId, reading.sensorId);
  writer.double(FIELD.timeUs, reading.timeUs);
  writer.double(FIELD.arrivalUs, reading.arrivalUs);
  writer.double(FIELD.sequence, reading.sequence);
  writeBody(reading);
  return writer.borrow();
}

/** Canonical bytes of a reading, the caller's own. */
export function encodeReading(reading: Reading): Uint8Array {
  return encodeReadingBorrowed(reading).slice();
}

function writeBody(reading: Reading): void {
  switch (reading.kind) {
    case 'detection':
      writeDetections(reading);
      break;
    case 'scale':
      writer.double(FIELD.periodUs, reading.periodUs);
      writer.packed(FIELD.grams, reading.grams);
      break;
    case 'gate':
      writeGate(reading);
      break;
    case 'pose':
      writePose(reading);
      break;
    case 'decision':
      writeDecision(reading);
      break;
    case 'tick':
      break;
  }
}

function writeDetections({ detections }: DetectionReading): void {
  writer.packed(FIELD.headsInImagePx, detections.headsInImagePx);
  writer.packed(FIELD.headDepthM, detections.headDepthM);
  writer.packed(FIELD.headScore, detections.headScore);
  writer.packed(FIELD.handsInImagePx, detections.handsInImagePx);
  writer.packed(FIELD.handDepthM, detections.handDepthM);
  writer.packed(FIELD.handScore, detections.handScore);
  writer.packedInts(FIELD.handOwner, detections.handOwner);
}

function writeGate(reading: GateReading): void {
  writer.uint(FIELD.event, GATE_EVENTS.indexOf(reading.event));
  writer.double(FIELD.admits, reading.admits);
  writer.uint(FIELD.hasCredential, reading.credential === null ? 0 : 1);
  if (reading.credential !== null) writer.string(FIELD.credential, reading.credential);
}

function writePose(reading: PoseReading): void {
  for (const person of reading.people) writer.string(FIELD.targetId, person.targetId);
  const points = reading.people.flatMap((person) => [person.head, ...person.hands]);
  writer.packed(FIELD.posePoints, Float64Array.from(points.flatMap((point) => [...point.inWorldM, point.score])));
  writer.packedInts(
    FIELD.handCounts,
    reading.people.map((person) => person.hands.length),
  );
}

function writeDecision(reading: DecisionReading): void {
  writer.string(FIELD.tripId, reading.tripId);
  for (const line of reading.lines) writer.string(FIELD.sku, line.sku);
  writer.packed(
    FIELD.quantity,
    Float64Array.from(reading.lines, (line) => line.quantity),
  );
}

/** The reading that `bytes` encode; a `RangeError` says at which byte, what was found and what was expected. */
export function decodeReading(bytes: Uint8Array): Reading {
  const wire = new WireReader(bytes);
  const version = wire.uint(FIELD.version, 'version');
  if (version !== READING_VERSION) {
    throw new RangeError(`byte 0: found reading version ${version}, expected ${READING_VERSION}`);
  }
  const kind = choice(KINDS, wire.uint(FIELD.kind, 'kind'), 'kind of reading');
  const stamp: Stamp = {
    sensorId: wire.string(FIELD.sensorId, 'sensorId'),
    timeUs: wire.double(FIELD.timeUs, 'timeUs'),
    arrivalUs: wire.double(FIELD.arrivalUs, 'arrivalUs'),
    sequence: wire.double(FIELD.sequence, 'sequence'),
  };
  const reading = readBody(wire, kind, stamp);
  wire.expectEnd(`the ${kind} reading`);
  return reading;
}

function readBody(wire: WireReader, kind: Reading['kind'], stamp: Stamp): Reading {
  switch (kind) {
    case 'detection':
      return readDetections(wire, stamp);
    case 'scale':
      return {
        kind,
        ...stamp,
        periodUs: wire.double(FIELD.periodUs, 'periodUs'),
        grams: wire.floats(FIELD.grams, 'grams'),
      };
    case 'gate':
      return readGate(wire, stamp);
    case 'pose':
      return readPose(wire, stamp);
    case 'decision':
      return readDecision(wire, stamp);
    case 'tick':
      return { kind, ...stamp };
  }
}

function readDetections(wire: WireReader, stamp: Stamp): DetectionReading {
  return {
    kind: 'detection',
    ...stamp,
    detections: {
      headsInImagePx: wire.floats(FIELD.headsInImagePx, 'headsInImagePx'),
      headDepthM: wire.floats(FIELD.headDepthM, 'headDepthM'),
      headScore: wire.floats(FIELD.headScore, 'headScore'),
      handsInImagePx: wire.floats(FIELD.handsInImagePx, 'handsInImagePx'),
      handDepthM: wire.floats(FIELD.handDepthM, 'handDepthM'),
      handScore: wire.floats(FIELD.handScore, 'handScore'),
      handOwner: wire.shorts(FIELD.handOwner, 'handOwner'),
    },
  };
}

function readGate(wire: WireReader, stamp: Stamp): GateReading {
  const event = choice(GATE_EVENTS, wire.uint(FIELD.event, 'event'), 'gate event');
  const admits = wire.double(FIELD.admits, 'admits');
  const has = choice(['no', 'yes'], wire.uint(FIELD.hasCredential, 'hasCredential'), 'hasCredential');
  const credential = has === 'no' ? null : wire.string(FIELD.credential, 'credential');
  return { kind: 'gate', ...stamp, event, credential, admits };
}

function readPose(wire: WireReader, stamp: Stamp): PoseReading {
  const targetIds: string[] = [];
  while (wire.nextIs(FIELD.targetId)) targetIds.push(wire.string(FIELD.targetId, 'targetId'));
  const points = wire.doubles(FIELD.posePoints, 'posePoints');
  const handCounts = wire.shorts(FIELD.handCounts, 'handCounts');
  const pointCount = handCounts.reduce((sum, hands) => sum + 1 + Math.max(0, hands), 0);
  if (handCounts.length !== targetIds.length || pointCount * 4 !== points.length) {
    const found = `${targetIds.length} people, ${handCounts.length} hand counts and ${points.length} numbers`;
    throw new RangeError(`pose: found ${found}, expected one count per person and four numbers per point`);
  }
  let next = 0;
  const takePoint = () => {
    const [x, y, z, score] = points.subarray(next, (next += 4));
    return { inWorldM: [x, y, z] as const, score };
  };
  const people = targetIds.map((targetId, i) => ({
    targetId,
    head: takePoint(),
    hands: Array.from({ length: Math.max(0, handCounts[i]) }, takePoint),
  }));
  return { kind: 'pose', ...stamp, people };
}

function readDecision(wire: WireReader, stamp: Stamp): DecisionReading {
  const tripId = wire.string(FIELD.tripId, 'tripId');
  const skus: string[] = [];
  while (wire.nextIs(FIELD.sku)) skus.push(wire.string(FIELD.sku, 'sku'));
  const quantities = wire.doubles(FIELD.quantity, 'quantity');
  if (quantities.length !== skus.length) {
    throw new RangeError(`decision: found ${quantities.length} quantities, expected ${skus.length}, one per SKU`);
  }
  return { kind: 'decision', ...stamp, tripId, lines: skus.map((sku, i) => ({ sku, quantity: quantities[i] })) };
}

function choice<T extends string>(names: readonly T[], index: number, what: string): T {
  if (index >= names.length) {
    throw new RangeError(`found ${what} number ${index}, expected 0 to ${names.length - 1} (${names.join(', ')})`);
  }
  return names[index];
}

/** Bytes gathered before they are hashed: one call of the hash costs more than a reading's bytes. */
const HASH_BLOCK_BYTES = 65_536;

/** SHA-256 over readings in the order they are added: each one's length (4 bytes, little-endian), then its encoding. */
export class ReadingsHash {
  readonly #hash = createHash('sha256').update(`openaisle readings ${READING_VERSION}\n`);
  readonly #block = Buffer.alloc(HASH_BLOCK_BYTES);
  #filled = 0;

  add(reading: Reading): void {
    this.addEncoded(encodeReadingBorrowed(reading));
  }

  /** The same for a reading that is already encoded. */
  addEncoded(bytes: Uint8Array): void {
    if (this.#filled + 4 + bytes.length > HASH_BLOCK_BYTES) this.#flush();
    this.#filled = this.#block.writeUInt32LE(bytes.length, this.#filled);
    if (this.#filled + bytes.length > HASH_BLOCK_BYTES) {
      this.#flush();
      this.#hash.update(bytes);
      return;
    }
    this.#block.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  /** Hex digest of all readings so far; more may be added afterwards. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#block.subarray(0, this.#filled));
    this.#filled = 0;
  }
}
