/**
 * Everything that may enter the engine. The simulator, recordings and real sensors all make these; the engine
 * knows nothing else about the world. No reading carries an identity of a person or the name of a product.
 *
 * Time: `timeUs` is the sensor's own stamp on the store's clock (integer microseconds since the run's start, as
 * good as that sensor's clock is); `arrivalUs` is when the reading reached the engine's host. The engine orders by
 * `timeUs` and judges lateness by `arrivalUs`; it never reads a clock of its own.
 */

/** What every reading carries. */
export interface Stamp {
  /** Opaque id of the sensor, as in the store description. */
  readonly sensorId: string;
  /** Event time, integer µs since the run's start. For a batch: the time of its last sample. */
  readonly timeUs: number;
  /** Time of arrival at the engine's host, integer µs since the run's start. */
  readonly arrivalUs: number;
  /** Counts up by one per reading of this sensor; a gap means loss, a repeat means a duplicate. */
  readonly sequence: number;
}

/**
 * People and hands in one picture as flat arrays, in image pixels (u right, v down, pixel centres at .5) and metres
 * of depth along the optical axis. Row order carries no meaning and changes from picture to picture.
 */
export interface Detections {
  /** n × 2: u, v of the head's centre. */
  readonly headsInImagePx: Float32Array;
  /** n: depth of the head's centre along the optical axis, metres. */
  readonly headDepthM: Float32Array;
  /** n: raw detector score in 0..1, not a probability. */
  readonly headScore: Float32Array;
  /** m × 2: u, v of each hand's centre. */
  readonly handsInImagePx: Float32Array;
  /** m: depth of the hand's centre along the optical axis, metres. */
  readonly handDepthM: Float32Array;
  /** m: raw detector score in 0..1. */
  readonly handScore: Float32Array;
  /** m: row of the head this hand seems to belong to, or −1. May be wrong where people touch. */
  readonly handOwner: Int16Array;
}

/** One camera's detections: what perception makes of a frame, so a store may send either. */
export interface DetectionReading extends Stamp {
  readonly kind: 'detection';
  readonly detections: Detections;
}

/**
 * A batch of samples of one scale unit (a board with one or more load cells).
 * `grams` is samples × cells, row-major, cells in the order of the store's `ScaleUnit.cells`; NaN = no sample.
 * Sample i was taken at `timeUs − (samples − 1 − i) · periodUs`. Values are absolute and not zeroed.
 */
export interface ScaleReading extends Stamp {
  readonly kind: 'scale';
  readonly periodUs: number;
  readonly grams: Float32Array;
}

/** A credential shown at a gate, and what the gate did. */
export interface GateReading extends Stamp {
  readonly kind: 'gate';
  /** `entry`: opened for a credential; `refused`: stayed shut; `exit`: shown on the way out (rare). */
  readonly event: 'entry' | 'refused' | 'exit';
  /** Opaque; null when the gate opened without one (held open, staff button). */
  readonly credential: string | null;
  /** How many people this credential lets in, one trip for all of them. At least 1. */
  readonly admits: number;
}

/** One joint of a foreign pose: place in the world and the tracker's own score. */
export interface PosePoint {
  /** x, y, z in world metres. */
  readonly inWorldM: readonly [number, number, number];
  readonly score: number;
}

/** People in 3D by a foreign tracker. Its ids are hints at best: they break and swap like any tracker's. */
export interface PoseReading extends Stamp {
  readonly kind: 'pose';
  readonly people: readonly {
    readonly targetId: string;
    readonly head: PosePoint;
    readonly hands: readonly PosePoint[];
  }[];
}

/** A reviewer's answer about one trip. */
export interface DecisionReading extends Stamp {
  readonly kind: 'decision';
  readonly tripId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** Time has reached `timeUs` for this sensor; carries nothing else, so silence never blocks. */
export interface Tick extends Stamp {
  readonly kind: 'tick';
}

export type Reading = DetectionReading | ScaleReading | GateReading | PoseReading | DecisionReading | Tick;
export type ReadingKind = Reading['kind'];
