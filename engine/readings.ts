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
  /** What each hand may hold, where a recogniser looked; rows are the hands'. */
  readonly handProducts?: HandProducts;
}

/** Products that hands may hold: probabilities, of the store's catalogue only. Nothing here tells people apart. */
export interface HandProducts {
  /** Products named per hand. */
  readonly top: number;
  /** m × top: rows of the store's products, likeliest first; −1 where nothing was made out. */
  readonly productRow: Int16Array;
  /** m × top: probability of each. */
  readonly prob: Float32Array;
  /** m: probability that it is none of the catalogue, an empty hand included. */
  readonly noneProb: Float32Array;
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

/**
 * One picture of an RGB-D camera, row by row. Perception turns it into a `DetectionReading` before anything is aligned:
 * frames never enter the engine's order, recordings or any log.
 */
export interface Frame extends Stamp {
  readonly kind: 'frame';
  readonly widthPx: number;
  readonly heightPx: number;
  /** n × 3: red, green, blue. */
  readonly rgb: Uint8Array;
  /** n: millimetres along the optical axis; 0 = no return. */
  readonly depthMm: Uint16Array;
}

export type Reading = DetectionReading | ScaleReading | GateReading | PoseReading | DecisionReading | Tick;
export type ReadingKind = Reading['kind'];

/** Beyond these a value says that the sensor or the file is broken, not that the world is odd. */
export const READING_LIMITS = {
  imagePx: 1e5,
  depthM: 200,
  worldM: 1e4,
  grams: 1e7,
  rows: 10_000,
  samples: 1_000_000,
  admits: 1_000,
  idLength: 256,
} as const;

/** What is structurally wrong with a reading (field, found, expected), or null; never throws, whatever it is given. */
export function readingProblem(reading: Reading): string | null {
  if (typeof reading !== 'object' || reading === null) return `reading: found ${typeof reading}, expected an object`;
  const stamp = stampProblem(reading);
  if (stamp !== null) return stamp;
  switch (reading.kind) {
    case 'detection':
      return detectionsProblem(reading.detections);
    case 'scale':
      return scaleProblem(reading);
    case 'gate':
      return gateProblem(reading);
    case 'pose':
      return poseProblem(reading);
    case 'decision':
      return decisionProblem(reading);
    case 'tick':
      return null;
  }
  return `kind: found ${shown((reading as Stamp & { kind: unknown }).kind)}, expected a kind of reading`;
}

function stampProblem(stamp: Stamp): string | null {
  const { sensorId } = stamp;
  if (typeof sensorId !== 'string' || sensorId.length === 0 || sensorId.length > READING_LIMITS.idLength)
    return 'sensorId: expected a short text';
  return (
    countProblem('timeUs', stamp.timeUs) ??
    countProblem('arrivalUs', stamp.arrivalUs) ??
    countProblem('sequence', stamp.sequence)
  );
}

function countProblem(field: string, value: number): string | null {
  if (Number.isSafeInteger(value) && value >= 0) return null;
  return `${field}: found ${shown(value)}, expected an integer ≥ 0`;
}

/** Text of a value that may be anything; turning objects into text may throw. */
function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value).slice(0, 60) : typeof value;
}

function detectionsProblem(found: Detections): string | null {
  if (typeof found !== 'object' || found === null) return 'detections: expected an object';
  const { headsInImagePx, headDepthM, headScore, handsInImagePx, handDepthM, handScore, handOwner } = found;
  for (const array of [headsInImagePx, headDepthM, headScore, handsInImagePx, handDepthM, handScore])
    if (!(array instanceof Float32Array)) return 'detections: expected Float32Arrays';
  if (!(handOwner instanceof Int16Array)) return 'detections.handOwner: expected an Int16Array';
  const heads = headDepthM.length;
  const hands = handDepthM.length;
  if (heads > READING_LIMITS.rows || hands > READING_LIMITS.rows) return 'detections: expected at most 10000 rows';
  if (headsInImagePx.length !== 2 * heads || headScore.length !== heads)
    return `detections: head arrays of ${headsInImagePx.length}, ${heads}, ${headScore.length}, expected 2n, n, n`;
  if (handsInImagePx.length !== 2 * hands || handScore.length !== hands || handOwner.length !== hands)
    return 'detections: hand arrays of different lengths, expected 2m, m, m, m';
  if (!allWithin(headsInImagePx, -READING_LIMITS.imagePx, READING_LIMITS.imagePx))
    return 'headsInImagePx: out of range';
  if (!allWithin(handsInImagePx, -READING_LIMITS.imagePx, READING_LIMITS.imagePx))
    return 'handsInImagePx: out of range';
  if (!allWithin(headDepthM, 1e-3, READING_LIMITS.depthM)) return 'headDepthM: out of range';
  if (!allWithin(handDepthM, 1e-3, READING_LIMITS.depthM)) return 'handDepthM: out of range';
  if (!allWithin(headScore, 0, 1)) return 'headScore: expected 0..1';
  if (!allWithin(handScore, 0, 1)) return 'handScore: expected 0..1';
  if (!allWithin(handOwner, -1, heads - 1)) return 'handOwner: expected a row of a head, or -1';
  return found.handProducts === undefined ? null : handProductsProblem(found.handProducts, hands);
}

function handProductsProblem(found: HandProducts, hands: number): string | null {
  if (typeof found !== 'object' || found === null) return 'handProducts: expected an object';
  const { top, productRow, prob, noneProb } = found;
  if (!Number.isSafeInteger(top) || top < 1 || top > READING_LIMITS.rows)
    return `handProducts.top: found ${shown(top)}, expected 1 to 10000`;
  if (!(productRow instanceof Int16Array)) return 'handProducts.productRow: expected an Int16Array';
  if (!(prob instanceof Float32Array) || !(noneProb instanceof Float32Array))
    return 'handProducts: expected Float32Arrays';
  if (productRow.length !== hands * top || prob.length !== hands * top || noneProb.length !== hands)
    return 'handProducts: arrays of different lengths, expected m × top, m × top, m';
  if (!allWithin(productRow, -1, 32_767)) return 'handProducts.productRow: expected rows of products, or -1';
  if (!allWithin(prob, 0, 1) || !allWithin(noneProb, 0, 1)) return 'handProducts: expected probabilities';
  return null;
}

/** False for NaN too. */
function allWithin(values: Float32Array | Int16Array, low: number, high: number): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= low && value <= high)) return false;
  }
  return true;
}

function scaleProblem(reading: ScaleReading): string | null {
  const { periodUs, grams } = reading;
  if (!Number.isSafeInteger(periodUs) || periodUs <= 0)
    return `periodUs: found ${shown(periodUs)}, expected an integer > 0`;
  if (!(grams instanceof Float32Array)) return 'grams: expected a Float32Array';
  if (grams.length === 0 || grams.length > READING_LIMITS.samples) return `grams: found ${grams.length} values`;
  for (let i = 0; i < grams.length; i++) {
    // NaN is a missing sample, not a broken one.
    if (Math.abs(grams[i]!) > READING_LIMITS.grams) return `grams[${i}]: found ${grams[i]}, expected at most 10 t`;
  }
  return null;
}

function gateProblem(reading: GateReading): string | null {
  const { event, credential, admits } = reading;
  if (event !== 'entry' && event !== 'refused' && event !== 'exit') return `event: found ${shown(event)}`;
  if (credential !== null && (typeof credential !== 'string' || credential.length > 4096))
    return 'credential: expected a text or null';
  if (!Number.isSafeInteger(admits) || admits < 1 || admits > READING_LIMITS.admits)
    return `admits: found ${shown(admits)}, expected 1 to ${READING_LIMITS.admits}`;
  return null;
}

function poseProblem(reading: PoseReading): string | null {
  if (!Array.isArray(reading.people)) return 'people: expected a list';
  if (reading.people.length > READING_LIMITS.rows) return 'people: expected at most 10000';
  for (const person of reading.people) {
    if (typeof person !== 'object' || person === null || typeof person.targetId !== 'string')
      return 'people: expected a targetId each';
    if (!isPosePoint(person.head)) return 'people.head: expected a finite point with a score in 0..1';
    if (!Array.isArray(person.hands) || person.hands.length > 16 || !person.hands.every(isPosePoint))
      return 'people.hands: expected finite points with scores in 0..1';
  }
  return null;
}

function isPosePoint(point: PosePoint): boolean {
  if (typeof point !== 'object' || point === null || !Array.isArray(point.inWorldM)) return false;
  const limit = READING_LIMITS.worldM;
  const isWithin = (value: unknown) => typeof value === 'number' && Math.abs(value) <= limit;
  const { inWorldM, score } = point;
  return inWorldM.length === 3 && inWorldM.every(isWithin) && typeof score === 'number' && score >= 0 && score <= 1;
}

function decisionProblem(reading: DecisionReading): string | null {
  if (typeof reading.tripId !== 'string') return 'tripId: expected a text';
  if (!Array.isArray(reading.lines) || reading.lines.length > READING_LIMITS.rows) return 'lines: expected a list';
  for (const line of reading.lines) {
    if (typeof line !== 'object' || line === null || typeof line.sku !== 'string') return 'lines: expected a sku each';
    if (!Number.isFinite(line.quantity) || line.quantity < 0) return `lines: found quantity ${shown(line.quantity)}`;
  }
  return null;
}
