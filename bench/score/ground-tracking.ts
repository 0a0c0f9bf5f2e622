import type { TrackSnapshot } from '../../engine/cart.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthPose } from '../../simulator/truth.ts';
import { addClear, type ClearCounts, countClear, noClear } from './clear.ts';
import { GroundSequence } from './ground-sequence.ts';
import { addHota, countHota, type HotaCounts, noHota } from './hota.ts';
import { addIdentity, countIdentity, type IdentityCounts, noIdentity } from './identity.ts';
import { PositionLog } from './position-log.ts';
import { MATCH_M } from './tracking-sequence.ts';

export interface TrackingCounts {
  readonly hota: HotaCounts;
  readonly clear: ClearCounts;
  readonly identity: IdentityCounts;
}

/** Frames are scored at 5 Hz. */
const PERIOD_US = 200_000;
/** A frame's tracks are the nearest snapshot within this time; without one, nobody was tracked. Without a pose it is no frame. */
const NEAREST_US = 250_000;
/**
 * HOTA reads its frames twice, so they are kept: 60 people for one hour take about 26 MB. Longer runs are scored hour
 * by hour and pooled as TrackEval pools sequences, which gives up only what links an identity across the hour.
 */
const SEGMENT_US = 3_600_000_000;
/** Truth this far ahead of the tracks is scored without waiting for them. */
const WAIT_US = 600_000_000;

/**
 * Scores tracks against bodies on the floor while both stream in; truth is interpolated to the time of the snapshot.
 * Scored are bodies that walk by themselves inside the store and outside zones no camera sees. A track counts where it
 * is near such a body, or inside the store and near no other body: who is carried, in a zone or at the door's outside
 * may be tracked or not (as TrackEval treats MOT17's distractors).
 */
export class GroundTracking {
  readonly #truth = new PositionLog();
  readonly #tracks = new PositionLog();
  readonly #run: Pick<Run, 'store' | 'shoppers'>;
  #segment = new GroundSequence();
  #counts: TrackingCounts = { hota: noHota(), clear: noClear(), identity: noIdentity() };
  #nextUs: number | null = null;
  #segmentEndUs = 0;
  #momentOfTruth = 0;
  #momentOfTracks = 0;

  constructor(run: Pick<Run, 'store' | 'shoppers'>) {
    this.#run = run;
  }

  pose({ timeUs, shopperIndex, onFloorM }: TruthPose): void {
    this.#truth.push(timeUs, shopperIndex, onFloorM);
    this.#join(false);
  }

  tracks({ timeUs, trackIds, onFloorM }: TrackSnapshot): void {
    this.#tracks.push(timeUs, trackIds, onFloorM);
    this.#join(false);
  }

  finish(): TrackingCounts {
    this.#join(true);
    this.#closeSegment();
    return this.#counts;
  }

  #scoredAt(x: number, y: number): boolean {
    const { sizeM, zones } = this.#run.store;
    if (x < 0 || y < 0 || x > sizeM[0] || y > sizeM[1]) return false;
    return !zones.some(({ minM, maxM }) => x >= minM[0] && x <= maxM[0] && y >= minM[1] && y <= maxM[1]);
  }

  /** Makes every frame for which both streams have passed, or all that is left. */
  #join(all: boolean): void {
    const truth = this.#truth;
    if (truth.length === 0) return;
    this.#nextUs ??= Math.ceil(truth.timesUs[0] / PERIOD_US) * PERIOD_US;
    const truthUs = truth.timesUs.at(-1)!;
    const tracksUs = this.#tracks.timesUs.at(-1) ?? Number.NEGATIVE_INFINITY;
    const readyUs = all ? truthUs : Math.min(truthUs, Math.max(tracksUs, truthUs - WAIT_US)) - 2 * NEAREST_US;
    for (; this.#nextUs <= readyUs; this.#nextUs += PERIOD_US) this.#makeFrame(this.#nextUs);
    this.#forget();
  }

  #makeFrame(timeUs: number): void {
    if (timeUs >= this.#segmentEndUs) {
      this.#closeSegment();
      this.#segmentEndUs = timeUs + SEGMENT_US;
    }
    this.#momentOfTracks = nearest(this.#tracks, this.#momentOfTracks, timeUs);
    const snapshotUs = this.#tracks.timesUs[this.#momentOfTracks] ?? Number.NEGATIVE_INFINITY;
    const seen = Math.abs(snapshotUs - timeUs) <= NEAREST_US;
    const atUs = seen ? snapshotUs : timeUs;
    this.#momentOfTruth = nearest(this.#truth, this.#momentOfTruth, atUs);
    if (Math.abs(this.#truth.timesUs[this.#momentOfTruth] - atUs) > NEAREST_US) return;
    this.#score(
      timeUs,
      truthAt(this.#truth, this.#momentOfTruth, atUs),
      seen ? rowsOf(this.#tracks, this.#momentOfTracks) : nobody,
    );
  }

  #score(timeUs: number, bodies: Rows, tracks: Rows): void {
    const { shoppers } = this.#run;
    const counts = (id: number, x: number, y: number) => shoppers[id].carriedBy === null && this.#scoredAt(x, y);
    const scored = only(bodies, counts);
    const others = only(bodies, (id, x, y) => !counts(id, x, y));
    const judged = only(tracks, (_, x, y) => isNear(scored, x, y) || (this.#scoredAt(x, y) && !isNear(others, x, y)));
    this.#segment.push(timeUs, scored, judged);
  }

  #closeSegment(): void {
    const { hota, clear, identity } = this.#counts;
    this.#counts = {
      hota: addHota(hota, countHota(this.#segment)),
      clear: addClear(clear, countClear(this.#segment)),
      identity: addIdentity(identity, countIdentity(this.#segment)),
    };
    this.#segment = new GroundSequence();
  }

  /** Drops what no later frame can need, some hundred moments at a time. */
  #forget(): void {
    if (this.#momentOfTruth > 512) {
      this.#truth.drop(this.#momentOfTruth - 2);
      this.#momentOfTruth = 2;
    }
    if (this.#momentOfTracks > 512) {
      this.#tracks.drop(this.#momentOfTracks - 2);
      this.#momentOfTracks = 2;
    }
  }
}

interface Rows {
  readonly ids: Int32Array;
  readonly onFloorM: Float32Array;
}

/** The rows that pass a test of id and place. */
function only(rows: Rows, test: (id: number, x: number, y: number) => boolean): Rows {
  const kept: number[] = [];
  for (let i = 0; i < rows.ids.length; i++) {
    if (test(rows.ids[i], rows.onFloorM[2 * i], rows.onFloorM[2 * i + 1])) kept.push(i);
  }
  if (kept.length === rows.ids.length) return rows;
  return {
    ids: Int32Array.from(kept, (i) => rows.ids[i]),
    onFloorM: Float32Array.from({ length: 2 * kept.length }, (_, k) => rows.onFloorM[2 * kept[k >> 1] + (k & 1)]),
  };
}

/** Whether anybody stands within the matching distance of a place. */
function isNear({ ids, onFloorM }: Rows, x: number, y: number): boolean {
  for (let i = 0; i < ids.length; i++) {
    const [dx, dy] = [onFloorM[2 * i] - x, onFloorM[2 * i + 1] - y];
    if (dx * dx + dy * dy <= MATCH_M * MATCH_M) return true;
  }
  return false;
}

const nobody: Rows = { ids: new Int32Array(0), onFloorM: new Float32Array(0) };

/** Moment nearest to a time, searched forward; the earlier one on a tie. */
function nearest(log: PositionLog, from: number, timeUs: number): number {
  let moment = from;
  const apart = (m: number) => Math.abs(log.timesUs[m] - timeUs);
  while (moment + 1 < log.length && apart(moment + 1) < apart(moment)) moment++;
  return moment;
}

function rowsOf(log: PositionLog, moment: number): Rows {
  const [from, to] = [log.starts[moment], log.starts[moment + 1]];
  return { ids: log.ids.subarray(from, to), onFloorM: log.onFloorM.subarray(2 * from, 2 * to) };
}

/** Longest step over which truth is interpolated, µs. */
const STEP_US = 500_000;

/** Bodies of the moment nearest to a time, moved along the line to the neighbouring moment on the time's side. */
function truthAt(log: PositionLog, moment: number, timeUs: number): Rows {
  const rows = rowsOf(log, moment);
  const other = timeUs > log.timesUs[moment] ? moment + 1 : moment - 1;
  const stepUs = log.timesUs[other] - log.timesUs[moment];
  if (timeUs === log.timesUs[moment] || !(Math.abs(stepUs) <= STEP_US) || stepUs === 0) return rows;
  const share = (timeUs - log.timesUs[moment]) / stepUs;
  const onFloorM = rows.onFloorM.slice();
  rows.ids.forEach((id, i) => {
    const row = log.find(other, id);
    if (row < 0) return;
    for (let k = 0; k < 2; k++) onFloorM[2 * i + k] += share * (log.onFloorM[2 * row + k] - onFloorM[2 * i + k]);
  });
  return { ids: rows.ids, onFloorM };
}
