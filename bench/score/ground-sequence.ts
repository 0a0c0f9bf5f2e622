import { PositionLog } from './position-log.ts';
import { emptyFrame, groundSimilarity, type TrackingFrame, type TrackingSequence } from './tracking-sequence.ts';

/** Frames of bodies and tracks on the floor; similarities are worked out afresh at each reading. */
export class GroundSequence implements TrackingSequence {
  readonly #truth = new PositionLog();
  readonly #tracks = new PositionLog();
  readonly #truthIds = new Map<number, number>();
  readonly #trackIds = new Map<number, number>();
  readonly #scratch = emptyFrame();

  get frameCount(): number {
    return this.#truth.length;
  }
  get truthIdCount(): number {
    return this.#truthIds.size;
  }
  get trackIdCount(): number {
    return this.#trackIds.size;
  }
  get truthTotal(): number {
    return this.#truth.starts.at(-1)!;
  }
  get trackTotal(): number {
    return this.#tracks.starts.at(-1)!;
  }

  /** Adds one frame; ids may be any numbers. */
  push(
    timeUs: number,
    truth: { readonly ids: Int32Array; readonly onFloorM: Float32Array },
    tracks: { readonly ids: Int32Array; readonly onFloorM: Float32Array },
  ): void {
    const dense = (ids: Map<number, number>) => (id: number) => {
      if (!ids.has(id)) ids.set(id, ids.size);
      return ids.get(id)!;
    };
    this.#truth.push(timeUs, truth.ids.map(dense(this.#truthIds)), truth.onFloorM);
    this.#tracks.push(timeUs, tracks.ids.map(dense(this.#trackIds)), tracks.onFloorM);
  }

  frame(index: number): TrackingFrame {
    const frame = this.#scratch;
    const truthFrom = this.#truth.starts[index];
    const trackFrom = this.#tracks.starts[index];
    const rows = this.#truth.starts[index + 1] - truthFrom;
    const cols = this.#tracks.starts[index + 1] - trackFrom;
    frame.truthCount = rows;
    frame.trackCount = cols;
    frame.truthIds = this.#truth.ids.subarray(truthFrom, truthFrom + rows);
    frame.trackIds = this.#tracks.ids.subarray(trackFrom, trackFrom + cols);
    if (frame.similarity.length < rows * cols) frame.similarity = new Float64Array(2 * rows * cols);
    const a = this.#truth.onFloorM;
    const b = this.#tracks.onFloorM;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) {
        const dx = a[2 * (truthFrom + i)] - b[2 * (trackFrom + j)];
        const dy = a[2 * (truthFrom + i) + 1] - b[2 * (trackFrom + j) + 1];
        frame.similarity[i * cols + j] = groundSimilarity(Math.sqrt(dx * dx + dy * dy));
      }
    }
    return frame;
  }
}
