import { CROWD_DEFAULTS, type CrowdSpace, CrowdTracker } from '../engine/tracking/crowd-tracker.ts';
import type { TimedRows } from './tracking-files.ts';

/** One place given out for a track: row of the input's times, x, y on the floor or left, top, width, height in an image. */
export interface TrackRow {
  readonly moment: number;
  readonly trackId: number;
  readonly place: readonly number[];
}

/** Views of one body by several cameras lie within this on the floor. */
const SAME_BODY_M = 0.7;
/** One camera's false alarms last; two do not imagine the same body. */
const ONE_VIEW_SCORE = 0.6;
/**
 * Places are given out through misses up to this long, and through a single missed time always. In an image a longer
 * miss mostly means that there is nothing to be seen; on the floor a hidden body is still there.
 */
const FILL_SECONDS = { image: 0.3, floor: CROWD_DEFAULTS.keepSeconds } as const;
/** Detectors' boxes jitter, bodies walk nearly straight for this long before and after. */
const STRAIGHT_SECONDS = 0.8;

/**
 * Follows the sightings of a file and returns rows by time, then track: where bodies were seen, smoothed along their
 * course, and where they must have been through short misses.
 */
export function trackRows(times: readonly TimedRows[], space: CrowdSpace, framesPerSecond = 1): TrackRow[] {
  const tracker = new CrowdTracker(space, boundsOf(times, space));
  const logs = new Map<number, TrackRow[]>();
  const confirmed = new Set<number>();
  const size = space === 'image' ? 4 : 2;
  times.forEach((rows, moment) => {
    const { places, scores } = merged(rows);
    const count = scores.length;
    tracker.update(rows.seconds / framesPerSecond, Float64Array.from(places), Float64Array.from(scores), count);
    for (let s = 0; s < count; s++) {
      const key = tracker.keyOfSighting[s]!;
      if (key === 0) continue;
      if (!logs.has(key)) logs.set(key, []);
      logs.get(key)!.push({ moment, trackId: key, place: places.slice(size * s, size * s + size) });
    }
    for (let t = 0; t < tracker.count; t++) if (tracker.isConfirmed[t] === 1) confirmed.add(tracker.key[t]!);
  });
  const out: TrackRow[] = [];
  let trackId = 0;
  for (const [key, log] of logs) {
    if (!confirmed.has(key)) continue;
    trackId++;
    const secondsOf = (moment: number) => times[moment]!.seconds / framesPerSecond;
    for (const row of filled(smoothed(log, secondsOf), FILL_SECONDS[space], secondsOf)) out.push({ ...row, trackId });
  }
  return out.sort((a, b) => a.moment - b.moment || a.trackId - b.trackId);
}

type SecondsOf = (moment: number) => number;

/** Each place on the line that fits the sightings around it best, nearer ones counting more. */
function smoothed(log: readonly TrackRow[], secondsOf: SecondsOf): TrackRow[] {
  let from = 0;
  return log.map((row) => {
    const now = secondsOf(row.moment);
    while (now - secondsOf(log[from]!.moment) >= STRAIGHT_SECONDS) from++;
    let [w0, w1, w2] = [0, 0, 0];
    const sum = row.place.map(() => 0);
    const slope = row.place.map(() => 0);
    for (let j = from; j < log.length; j++) {
      const t = secondsOf(log[j]!.moment) - now;
      if (t >= STRAIGHT_SECONDS) break;
      const weight = 1 - Math.abs(t) / STRAIGHT_SECONDS;
      w0 += weight;
      w1 += weight * t;
      w2 += weight * t * t;
      log[j]!.place.forEach((value, k) => {
        sum[k]! += weight * value;
        slope[k]! += weight * t * value;
      });
    }
    const det = w0 * w2 - w1 * w1;
    const at = (k: number) => (det > 1e-9 ? (w2 * sum[k]! - w1 * slope[k]!) / det : sum[k]! / w0);
    return { ...row, place: row.place.map((_, k) => at(k)) };
  });
}

/** Adds places through short misses, on the line from one sighting to the next. */
function filled(log: readonly TrackRow[], fillSeconds: number, secondsOf: SecondsOf): TrackRow[] {
  const out: TrackRow[] = [];
  log.forEach((row, i) => {
    out.push(row);
    const next = log[i + 1];
    if (next === undefined) return;
    const span = secondsOf(next.moment) - secondsOf(row.moment);
    if (span > fillSeconds && next.moment - row.moment > 2) return;
    for (let moment = row.moment + 1; moment < next.moment; moment++) {
      const share = (secondsOf(moment) - secondsOf(row.moment)) / span;
      out.push({ ...row, moment, place: row.place.map((x, k) => x + share * (next.place[k]! - x)) });
    }
  });
  return out;
}

/** Least x, y and greatest x, y of all rows. */
function boundsOf(times: readonly TimedRows[], space: CrowdSpace): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  if (space === 'image') return [0, 0, 1, 1];
  for (const { places } of times) {
    for (let k = 0; k < places.length; k++) {
      bounds[k & 1] = Math.min(bounds[k & 1]!, places[k]!);
      bounds[2 + (k & 1)] = Math.max(bounds[2 + (k & 1)]!, places[k]!);
    }
  }
  return times.length === 0 ? [0, 0, 1, 1] : bounds;
}

/** One row per body where several cameras saw it at once: nearest views first, at most one of each camera. */
function merged(rows: TimedRows): { places: number[]; scores: number[] } {
  if (rows.cameras.length === 0) return rows;
  const count = rows.scores.length;
  const groupOf = Array.from({ length: count }, (_, i) => i);
  const pairs: { a: number; b: number; apart: number }[] = [];
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const apart = Math.hypot(
        rows.places[2 * a]! - rows.places[2 * b]!,
        rows.places[2 * a + 1]! - rows.places[2 * b + 1]!,
      );
      if (rows.cameras[a] !== rows.cameras[b] && apart <= SAME_BODY_M) pairs.push({ a, b, apart });
    }
  }
  pairs.sort((one, other) => one.apart - other.apart || one.a - other.a || one.b - other.b);
  for (const { a, b } of pairs) {
    const [one, other] = [groupOf[a]!, groupOf[b]!];
    if (one === other) continue;
    const camerasOf = (group: number) => rows.cameras.filter((_, i) => groupOf[i] === group);
    const seen = new Set(camerasOf(one));
    if (camerasOf(other).some((camera) => seen.has(camera))) continue;
    for (let i = 0; i < count; i++) if (groupOf[i] === other) groupOf[i] = one;
  }
  const places: number[] = [];
  const scores: number[] = [];
  for (const group of new Set(groupOf)) {
    const members = groupOf.flatMap((one, i) => (one === group ? [i] : []));
    const weight = members.reduce((sum, i) => sum + rows.scores[i]!, 0) || 1;
    for (let k = 0; k < 2; k++)
      places.push(members.reduce((sum, i) => sum + rows.scores[i]! * rows.places[2 * i + k]!, 0) / weight);
    scores.push(1 - members.reduce((absent, i) => absent * (1 - ONE_VIEW_SCORE * rows.scores[i]!), 1));
  }
  return { places, scores };
}

/** The same with every whole frame between the first and the last, empty where nothing was detected. */
export function withEveryFrame(times: readonly TimedRows[]): TimedRows[] {
  const out: TimedRows[] = [];
  for (const rows of times) {
    for (let frame = (out.at(-1)?.seconds ?? rows.seconds) + 1; frame < rows.seconds; frame++)
      out.push({ seconds: frame, places: [], ids: [], scores: [], cameras: [] });
    out.push(rows);
  }
  return out;
}

/** Scores of detectors that do not give 0 to 1 (margins, logits) brought there; −1 throughout means that none is given. */
export function normalisedScores(times: readonly TimedRows[]): TimedRows[] {
  const all = times.flatMap((rows) => rows.scores);
  const isGiven = all.some((score) => score !== -1);
  const isProb = all.every((score) => score >= 0 && score <= 1);
  const normal = (score: number) => (!isGiven ? 1 : isProb ? score : 1 / (1 + Math.exp(-score)));
  return times.map((rows) => ({ ...rows, scores: rows.scores.map(normal) }));
}
