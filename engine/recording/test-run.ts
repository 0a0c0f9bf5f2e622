/** A small made-up run for the recording's tests: four readings' kinds, outputs, truth, 35 s in several chunks. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cart, Claim, EngineOutput, ShelfChange } from '../cart.ts';
import type { Reading } from '../readings.ts';
import { type Store, storeSchema } from '../store.ts';
import { type RecordedPicture, Recorder } from './recorder.ts';

export const sampleStore: Store = storeSchema.parse({
  name: 'corner',
  sizeM: [8, 6],
  doors: [{ id: 'in', atM: [0, 4.5], widthM: 1, use: 'both', gateId: 'gate' }],
  fixtures: [
    {
      id: 'G1',
      kind: 'gondola',
      atM: [4, 3],
      facingRad: 0.5,
      lengthM: 1.2,
      depthM: 0.5,
      heightM: 1.6,
      shelves: [
        { id: 'G1.1', heightM: 0.3, depthM: 0.45 },
        { id: 'G1.2', heightM: 0.8, depthM: 0.4 },
      ],
    },
  ],
  scales: [
    { id: 's1', shelfId: 'G1.1', rateHz: 20, cells: [{ fromM: 0, toM: 1.2 }] },
    { id: 's2', shelfId: 'G1.2', rateHz: 20, cells: [0, 0.4, 0.8].map((fromM) => ({ fromM, toM: fromM + 0.4 })) },
  ],
  cameras: [
    {
      id: 'c1',
      widthPx: 640,
      heightPx: 480,
      intrinsics: { fx: 320, fy: 320, cx: 320, cy: 240, k1: -0.01, k2: -0 },
      cameraFromWorld: [0, -1, 0, 3, 0, 0, -1, 2.8, 1, 0, 0, -0.3],
      rateHz: 10,
    },
  ],
  slots: [
    { id: 'G1.2.1', shelfId: 'G1.2', fromM: 0, toM: 0.4, skus: ['cola'], facings: 3, depth: 4, stock: { cola: 12 } },
  ],
  products: [
    {
      sku: 'cola',
      name: 'Cola',
      priceMinor: 150,
      currency: 'EUR',
      weightGrams: { mean: 352, sd: 2 },
      sizeM: [0.066, 0.066, 0.115],
    },
  ],
});

/** Any numbers do, as long as they repeat. */
const noise = (i: number) => ((i * 2654435761) % 1000) / 1000;

export function sampleReadings(seconds = 35): Reading[] {
  const readings: Reading[] = [gate(0, 'entry')];
  for (let step = 0; step < seconds * 2; step++) {
    const timeUs = 500_000 * (step + 1);
    readings.push(scale('s1', step, timeUs, [1000 + noise(step), step % 7 === 0 ? Number.NaN : 1000]));
    readings.push(scale('s2', step, timeUs, [500, 600, Number.NaN]));
    readings.push(detections(step, timeUs));
  }
  readings.push({ kind: 'tick', sensorId: 's1', timeUs: 1e6 * seconds, arrivalUs: 1e6 * seconds + 5, sequence: 999 });
  readings.push(gate(1e6 * seconds, 'exit'));
  return readings;
}

function gate(timeUs: number, event: 'entry' | 'exit'): Reading {
  const sequence = event === 'entry' ? 0 : 1;
  return {
    kind: 'gate',
    sensorId: 'gate',
    timeUs,
    arrivalUs: timeUs + 9,
    sequence,
    event,
    credential: 'k-7f',
    admits: 1,
  };
}

function scale(sensorId: string, sequence: number, timeUs: number, grams: number[]): Reading {
  const stamp = { sensorId, timeUs, arrivalUs: timeUs + 20_000, sequence };
  return { kind: 'scale', ...stamp, periodUs: 50_000, grams: Float32Array.from(grams) };
}

function detections(sequence: number, timeUs: number): Reading {
  const two = Float32Array.of(300 + noise(sequence), 200);
  const one = Float32Array.of(2.5);
  return {
    kind: 'detection',
    sensorId: 'c1',
    timeUs,
    arrivalUs: timeUs + 80_000,
    sequence,
    detections: {
      headsInImagePx: two,
      headDepthM: one,
      headScore: one,
      handsInImagePx: two,
      handDepthM: one,
      handScore: one,
      handOwner: Int16Array.of(sequence % 2 === 0 ? 0 : -1),
    },
  };
}

const change: ShelfChange = {
  changeId: 'ch1',
  shelfId: 'G1.2',
  slotId: 'G1.2.1',
  scaleIds: ['s2'],
  fromUs: 9e6,
  toUs: 9.5e6,
  deltaGrams: -352,
  inWorldM: [4, 3, 0.8],
  products: [{ sku: 'cola', count: -1, prob: 0.97 }],
};
const claim: Claim = {
  changeId: 'ch1',
  timeUs: 9.2e6,
  sku: 'cola',
  quantity: 1,
  shares: [
    { tripId: 't1', prob: 0.9 },
    { tripId: null, prob: 0.1 },
  ],
  trackIds: [7, -1],
  handDistanceM: null,
};
const line = { sku: 'cola', quantity: { value: 1, unit: 'each' as const }, confidence: 0.9, evidence: [] };
const draft: Cart = {
  tripId: 't1',
  credential: null,
  status: 'draft',
  confidence: 0.9,
  enteredAtUs: 0,
  exitedAtUs: null,
  finalAtUs: null,
  lines: [line],
};
const tracks = { timeUs: 10.2e6, trackIds: Int32Array.of(7), onFloorM: Float32Array.of(3, 3) };

/** Outputs of the sample run, each with the number of readings after which it came. */
export const sampleOutputs: readonly (readonly [number, EngineOutput])[] = [
  [60, { kind: 'tracks', tracks: { ...tracks, timeUs: 9e6 } }],
  [62, { kind: 'change', change }],
  [62, { kind: 'claim', change, claim }],
  [64, { kind: 'cart', cart: draft }],
  [66, { kind: 'tracks', tracks }],
  [80, { kind: 'alert', timeUs: 12e6, about: 's1', text: 'no sample for 1 s' }],
  [212, { kind: 'cart', cart: { ...draft, credential: 'k-7f', status: 'final', exitedAtUs: 35e6, finalAtUs: 36e6 } }],
];

export const sampleTruth = [
  ['truth/events', 0, { kind: 'entered', timeUs: 0, shopper: 'ana', party: 'ana', credential: null, role: 'shopper' }],
  ['truth/poses', 100_000, { timeUs: 100_000, shopperIndex: [0], inWorldM: [1, 2, 1.6], onFloorM: [1, 2] }],
  ['truth/carts', 35e6, { shopper: 'ana', lines: [{ sku: 'cola', count: 1 }] }],
] as const;

export interface SampleOptions {
  readonly readings?: readonly Reading[];
  readonly withTruth?: boolean;
}

export function openSample(path: string): Promise<Recorder> {
  return Recorder.open(path, {
    store: sampleStore,
    attachments: [{ name: 'run.json', mediaType: 'application/json', data: '{"seed":42}' }],
    metadata: { scenario: 'sample', seed: '42', attribution: 'published' },
  });
}

/** Records the whole sample run. */
export async function recordSample(path: string, { readings, withTruth = true }: SampleOptions = {}): Promise<void> {
  const recorder = await openSample(path);
  (readings ?? sampleReadings()).forEach((reading, i) => {
    for (const [after, output] of sampleOutputs) if (after === i) recorder.output(output);
    recorder.reading(reading);
  });
  if (withTruth) for (const [channel, timeUs, json] of sampleTruth) recorder.side(channel, timeUs, json);
  await recorder.close({ carts: 'abc' });
}

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'recording-'));
}

/** Two pictures of the store's camera, each with numbers of its own in every pixel. */
export function samplePictures(): RecordedPicture[] {
  const { id, widthPx, heightPx } = sampleStore.cameras[0];
  return [0, 1].map((frame) => ({
    ...{ sensorId: id, frame, timeUs: 100_000 * frame + 400_000, widthPx, heightPx },
    png: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, frame),
    depthMm: Uint16Array.from({ length: widthPx * heightPx }, (_, i) => (i * 7 + frame) & 0xffff),
  }));
}
