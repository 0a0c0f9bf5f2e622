/** What a camera's latest picture showed of a track. */
export const UNKNOWN = 0;
export const UNSEEN = 1;
export const SEEN = 2;
/** Seen as one head with another. */
export const SEEN_MERGED = 3;
export type Shown = typeof UNKNOWN | typeof UNSEEN | typeof SEEN | typeof SEEN_MERGED;

/** Pictures further apart than this say nothing of each other. */
const MEMORY_US = 500_000;
/** Tracks per camera before those unseen for long are swept out. */
const SWEEP_PER_CAMERA = 1024;

interface CameraState {
  /** Of the latest picture and the one before it; −∞ before the first. */
  latestUs: number;
  beforeUs: number;
  /** By track key: when it was last seen by itself, and merged. */
  readonly seenUs: Map<number, number>;
  readonly mergedUs: Map<number, number>;
}

/** Remembers of each camera which tracks its latest picture showed. */
export class CameraMemory {
  #cameras: CameraState[] = [];

  /** A new picture of a camera begins; what the latest one showed can be asked for until it is noted. */
  begin(camera: number, timeUs: number): void {
    while (this.#cameras.length <= camera) {
      const never = Number.NEGATIVE_INFINITY;
      this.#cameras.push({ latestUs: never, beforeUs: never, seenUs: new Map(), mergedUs: new Map() });
    }
    const state = this.#cameras[camera]!;
    if (state.latestUs === timeUs) return;
    state.beforeUs = state.latestUs;
    state.latestUs = timeUs;
    if (state.seenUs.size > SWEEP_PER_CAMERA) sweep(state.seenUs, timeUs);
    if (state.mergedUs.size > SWEEP_PER_CAMERA) sweep(state.mergedUs, timeUs);
  }

  /** What the picture before the one begun last showed of a track. */
  shownBefore(camera: number, key: number): Shown {
    const { seenUs, mergedUs, beforeUs, latestUs } = this.#cameras[camera]!;
    if (latestUs - beforeUs > MEMORY_US) return UNKNOWN;
    if (mergedUs.get(key) === beforeUs) return SEEN_MERGED;
    return seenUs.get(key) === beforeUs ? SEEN : UNSEEN;
  }

  note(camera: number, key: number, isMerged: boolean): void {
    const state = this.#cameras[camera]!;
    (isMerged ? state.mergedUs : state.seenUs).set(key, state.latestUs);
  }
}

function sweep(timesUs: Map<number, number>, nowUs: number): void {
  for (const [key, timeUs] of timesUs) if (nowUs - timeUs > MEMORY_US) timesUs.delete(key);
}
