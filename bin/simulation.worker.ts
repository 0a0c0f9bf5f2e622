/** Thread entry: plays a run's simulation, some steps for every message it gets. */
import { parentPort, workerData } from 'node:worker_threads';
import { encodeReadingBorrowed, ReadingsHash } from '../engine/recording/reading-codec.ts';
import type { Run } from '../simulator/scenario/run.ts';
import { Simulation } from '../simulator/simulate.ts';
import type { StepBatch } from './simulation-ahead.ts';

/** Steps of 0.1 s per message. */
const BATCH_STEPS = 10;

const simulation = new Simulation(workerData as Run);
const hash = new ReadingsHash();
let bytes = Buffer.alloc(1 << 20);
let isOver = false;

parentPort!.on('message', () => {
  if (isOver) return;
  const steps: StepBatch['steps'][number][] = [];
  let filled = 0;
  while (steps.length < BATCH_STEPS && !isOver) {
    const step = simulation.step();
    if (step === null) {
      isOver = true;
      break;
    }
    for (const reading of step.readings) {
      const encoded = encodeReadingBorrowed(reading);
      hash.addEncoded(encoded);
      reserve(filled + 4 + encoded.length);
      filled = bytes.writeUInt32LE(encoded.length, filled);
      bytes.set(encoded, filled);
      filled += encoded.length;
    }
    steps.push({ timeUs: step.timeUs, truth: step.truth, pose: step.pose, readingCount: step.readings.length });
  }
  const readings = new Uint8Array(filled);
  readings.set(bytes.subarray(0, filled));
  const end = isOver ? { carts: simulation.carts(), readingsHash: hash.digest() } : null;
  parentPort!.postMessage({ steps, readings, end } satisfies StepBatch, [readings.buffer]);
});

function reserve(size: number): void {
  if (size <= bytes.length) return;
  const more = Buffer.alloc(2 * size);
  bytes.copy(more);
  bytes = more;
}
