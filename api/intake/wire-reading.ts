import { z } from 'zod';
import type { Reading } from '../../engine/index.ts';

const sensorId = z.string().min(1).max(256);
const stamp = {
  sensorId: sensorId.describe('As in the store description'),
  timeUs: z.int().min(0).describe("Microseconds since 1970 by the device's own clock; of a batch, its last sample"),
  sequence: z.int().min(0).describe('Counts up by one per reading of this sensor'),
};
const numbers = z.array(z.number()).max(20_000);

/** A reading as devices send it: JSON, times in Unix microseconds, arrays of numbers; `null` is a missing sample. */
export const wireReadingSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('detection'),
    ...stamp,
    detections: z.strictObject({
      headsInImagePx: numbers.describe('n × 2: u, v of each head'),
      headDepthM: numbers,
      headScore: numbers,
      handsInImagePx: numbers.describe('m × 2: u, v of each hand'),
      handDepthM: numbers,
      handScore: numbers,
      handOwner: z.array(z.int().min(-1).max(10_000)).max(10_000).describe('m: row of the head it belongs to, or -1'),
    }),
  }),
  z.strictObject({
    kind: z.literal('scale'),
    ...stamp,
    periodUs: z.int().positive(),
    grams: z.array(z.number().nullable()).min(1).max(100_000).describe('samples × cells, row by row'),
  }),
  z.strictObject({
    kind: z.literal('gate'),
    ...stamp,
    event: z.enum(['entry', 'refused', 'exit']),
    credential: z.string().max(4096).nullable(),
    admits: z.int().min(1).max(100).default(1),
  }),
  z.strictObject({ kind: z.literal('tick'), ...stamp }),
]);
export type WireReading = z.infer<typeof wireReadingSchema>;

/** The engine's reading of a device's, on the session's clock: `offsetUs` is what to add to the device's stamp. */
export function fromWire(wire: WireReading, offsetUs: number, arrivalUs: number): Reading {
  const timeUs = Math.max(0, Math.round(wire.timeUs + offsetUs));
  const base = { sensorId: wire.sensorId, sequence: wire.sequence, timeUs, arrivalUs };
  switch (wire.kind) {
    case 'detection': {
      const { detections: found } = wire;
      return {
        ...{ kind: 'detection', ...base },
        detections: {
          headsInImagePx: Float32Array.from(found.headsInImagePx),
          headDepthM: Float32Array.from(found.headDepthM),
          headScore: Float32Array.from(found.headScore),
          handsInImagePx: Float32Array.from(found.handsInImagePx),
          handDepthM: Float32Array.from(found.handDepthM),
          handScore: Float32Array.from(found.handScore),
          handOwner: Int16Array.from(found.handOwner),
        },
      };
    }
    case 'scale': {
      const grams = Float32Array.from(wire.grams, (value) => value ?? Number.NaN);
      return { kind: 'scale', ...base, periodUs: wire.periodUs, grams };
    }
    case 'gate':
      return { kind: 'gate', ...base, event: wire.event, credential: wire.credential, admits: wire.admits };
    case 'tick':
      return { kind: 'tick', ...base };
  }
}

/** A reading as a device would send it at `startUs` Unix microseconds plus its own time; null for kinds devices do not send. */
export function toWire(reading: Reading, startUs: number): WireReading | null {
  const base = { sensorId: reading.sensorId, timeUs: startUs + reading.timeUs, sequence: reading.sequence };
  switch (reading.kind) {
    case 'detection': {
      const { detections: found } = reading;
      return {
        ...{ kind: 'detection', ...base },
        detections: {
          headsInImagePx: [...found.headsInImagePx],
          headDepthM: [...found.headDepthM],
          headScore: [...found.headScore],
          handsInImagePx: [...found.handsInImagePx],
          handDepthM: [...found.handDepthM],
          handScore: [...found.handScore],
          handOwner: [...found.handOwner],
        },
      };
    }
    case 'scale': {
      const grams = Array.from(reading.grams, (value) => (Number.isNaN(value) ? null : value));
      return { kind: 'scale', ...base, periodUs: reading.periodUs, grams };
    }
    case 'gate':
      return { kind: 'gate', ...base, event: reading.event, credential: reading.credential, admits: reading.admits };
    case 'tick':
      return { kind: 'tick', ...base };
    default:
      return null;
  }
}
