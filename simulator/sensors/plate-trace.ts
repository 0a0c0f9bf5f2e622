/** The real plate recording, as residuals to draw from: 17 s of plates at 60 Hz without their loads. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TRACE_RATE_HZ = 60;

/** A plate whose level moves by more than this carried the pick or felt it, grams. */
const MOVED_GRAMS = 3;

export interface PlateTrace {
  /** Samples of every plate at 60 Hz, grams; by shelf, left to right. */
  readonly shelves: readonly (readonly Float64Array[])[];
  readonly samples: number;
}

interface Line {
  readonly timestamp: number;
  readonly document: {
    readonly plate_data: {
      readonly plate_id: { readonly shelf_id: { readonly gondola_id: { readonly id: number } } };
      readonly values: { readonly shape: [number, number, number]; readonly data: string };
    };
  };
}

/** Where the trace is looked for: `AISLE_DATA`, else `../shared/data` beside the project. */
export function plateTracePath(): string {
  const root = process.env['AISLE_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
  return join(root, 'plate-trace', 'plate_data.json');
}

let cached: PlateTrace | undefined;

/** Reads all plates that ever show a number. Throws with the path when the file is not there. */
export function plateTrace(): PlateTrace {
  if (cached) return cached;
  const path = plateTracePath();
  if (!existsSync(path)) {
    throw new Error(`noise replay: found no ${path}, expected the real plate trace (set AISLE_DATA to the data root)`);
  }
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .sort((a, b) => a.timestamp - b.timestamp);
  const shelves: Float64Array[][] = [];
  let samples = Number.POSITIVE_INFINITY;
  const gondolas = new Set(lines.map((line) => line.document.plate_data.plate_id.shelf_id.gondola_id.id));
  for (const gondola of [...gondolas].sort((a, b) => a - b)) {
    const batches = lines.filter((l) => l.document.plate_data.plate_id.shelf_id.gondola_id.id === gondola);
    for (const shelf of readGondola(batches)) {
      samples = Math.min(samples, shelf[0]!.length);
      shelves.push(shelf);
    }
  }
  cached = { shelves, samples };
  return cached;
}

function readGondola(batches: readonly Line[]): Float64Array[][] {
  const [, shelfCount, plateCount] = batches[0]!.document.plate_data.values.shape;
  const batchSamples = batches.map((batch) => {
    const bytes = Buffer.from(batch.document.plate_data.values.data, 'base64');
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  });
  const shelves: Float64Array[][] = [];
  for (let shelf = 0; shelf < shelfCount; shelf++) {
    const plates: Float64Array[] = [];
    for (let plate = 0; plate < plateCount; plate++) {
      const at = shelf * plateCount + plate;
      const series = batchSamples.flatMap((batch) =>
        Array.from(
          { length: batch.length / (shelfCount * plateCount) },
          (_, i) => batch[i * shelfCount * plateCount + at]!,
        ),
      );
      if (series.every((x) => Number.isFinite(x)) && series.some((x) => x !== series[0])) {
        plates.push(Float64Array.from(series));
      }
    }
    if (plates.length > 0) shelves.push(plates);
  }
  return shelves;
}

function mean(x: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += x[i]!;
  return sum / (to - from);
}

let residualsCached: readonly (readonly Float64Array[])[] | undefined;

/** The trace less each plate's median, without the plates that the one real pick moved; by shelf. */
export function plateResiduals(): readonly (readonly Float64Array[])[] {
  if (residualsCached) return residualsCached;
  residualsCached = plateTrace()
    .shelves.map((shelf) =>
      shelf
        .filter((x) => Math.abs(mean(x, x.length - 60, x.length) - mean(x, 0, 60)) < MOVED_GRAMS)
        .map((x) => {
          const sorted = Float64Array.from(x).sort();
          const median = sorted[sorted.length >> 1]!;
          return x.map((value) => value - median);
        }),
    )
    .filter((shelf) => shelf.length > 0);
  return residualsCached;
}
