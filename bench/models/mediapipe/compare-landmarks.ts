import { Worker } from 'node:worker_threads';

/** How well one finder of people does on drawn frames, and how long it takes. */
export interface FinderRow {
  readonly finder: string;
  readonly cpuMsPerFrame: number;
  /** Share of true heads, and of true hands of bodies in view, that were found near their place. */
  readonly headRecall: number;
  readonly handRecall: number;
  /** Median distance of what was found, at the true depth, centimetres. */
  readonly headErrorCm: number;
  readonly handErrorCm: number;
  /** Found per frame, and near nobody. */
  readonly falseHeadsPerFrame: number;
}

export interface LandmarkComparison {
  readonly scenario: string;
  readonly frames: number;
  readonly heads: number;
  readonly hands: number;
  readonly rows: readonly FinderRow[];
}

/** Plays a scenario in a worker, which may change globals as MediaPipe wants, and compares who finds the people in it. */
export function compareLandmarks(file: string, frames: number): Promise<LandmarkComparison> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./landmarks.worker.ts', import.meta.url), { workerData: { file, frames } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

export function landmarkTable({ scenario, frames, heads, hands, rows }: LandmarkComparison): string {
  const share = (value: number) => value.toFixed(3).padStart(7);
  const length = (value: number) => `${value.toFixed(1).padStart(6)} cm`;
  return [
    `${scenario}: ${frames} frames with ${heads} heads and ${hands} hands in view`,
    'finder                      CPU ms  heads   error cm  hands   error cm  false heads per frame',
    ...rows.map(
      (row) =>
        `${row.finder.padEnd(26)} ${row.cpuMsPerFrame.toFixed(1).padStart(7)} ${share(row.headRecall)} ${length(row.headErrorCm)} ${share(row.handRecall)} ${length(row.handErrorCm)} ${row.falseHeadsPerFrame.toFixed(2).padStart(8)}`,
    ),
  ].join('\n');
}
