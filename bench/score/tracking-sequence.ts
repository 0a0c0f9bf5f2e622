/** What the tracking scores read: one sequence of frames with dense ids and similarities in 0..1. */

/** One frame. Arrays may be scratch that the next call overwrites. */
export interface TrackingFrame {
  truthCount: number;
  trackCount: number;
  /** Dense truth ids, 0 ≤ id < `truthIdCount`, each at most once. */
  truthIds: Int32Array;
  /** Dense track ids, 0 ≤ id < `trackIdCount`, each at most once. */
  trackIds: Int32Array;
  /** truthCount × trackCount, row-major. */
  similarity: Float64Array;
}

export interface TrackingSequence {
  readonly frameCount: number;
  readonly truthIdCount: number;
  readonly trackIdCount: number;
  /** Bodies over all frames. */
  readonly truthTotal: number;
  readonly trackTotal: number;
  /** The frame at an index; borrowed until the next call. */
  frame(index: number): TrackingFrame;
}

export const emptyFrame = (): TrackingFrame => ({
  truthCount: 0,
  trackCount: 0,
  truthIds: new Int32Array(0),
  trackIds: new Int32Array(0),
  similarity: new Float64Array(0),
});

/** A sequence from frames held in memory, ids of any numbers made dense in order of appearance. */
export function sequenceFrom(
  frames: readonly {
    readonly truthIds: readonly number[];
    readonly trackIds: readonly number[];
    /** One row per truth id. */
    readonly similarity: readonly (readonly number[])[];
  }[],
): TrackingSequence {
  const truth = new Map<number, number>();
  const track = new Map<number, number>();
  const dense = (ids: Map<number, number>, id: number) => {
    if (!ids.has(id)) ids.set(id, ids.size);
    return ids.get(id)!;
  };
  const built = frames.map(
    (frame): TrackingFrame => ({
      truthCount: frame.truthIds.length,
      trackCount: frame.trackIds.length,
      truthIds: Int32Array.from(frame.truthIds, (id) => dense(truth, id)),
      trackIds: Int32Array.from(frame.trackIds, (id) => dense(track, id)),
      similarity: Float64Array.from(frame.similarity.flat()),
    }),
  );
  return {
    frameCount: built.length,
    truthIdCount: truth.size,
    trackIdCount: track.size,
    truthTotal: built.reduce((sum, frame) => sum + frame.truthCount, 0),
    trackTotal: built.reduce((sum, frame) => sum + frame.trackCount, 0),
    frame: (index) => built[index],
  };
}

/** Intersection over union of boxes `left, top, width, height` (Everingham et al., PASCAL VOC, IJCV 2010). */
export function boxSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

/** Distance at which a body on the floor counts as found, metres (Chavdarova et al., WILDTRACK, CVPR 2018). */
export const MATCH_M = 0.5;

/** Similarity on the floor, 1 at the same point, 0.5 at `MATCH_M`, 0 from twice that (TrackEval's MOTChallenge 3D form). */
export function groundSimilarity(distanceM: number): number {
  return Math.max(0, 1 - distanceM / (2 * MATCH_M));
}
