import type { Detections } from '../../engine/readings.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { World } from '../../simulator/world/world.ts';
import type { AlarmShares } from './alarm-sight.ts';
import type { DetectionSums } from './detection-sums.ts';
import { matchParts, type Shown } from './match-parts.ts';
import { type TruePart, TrueParts } from './true-parts.ts';

/** Perception learns the empty shop first. */
const LEARNING_US = 2_000_000;

interface Taken {
  readonly camera: number;
  readonly timeUs: number;
  readonly parts: readonly TruePart[];
  readonly seen: Detections;
}

/** One part followed by one camera from picture to picture. */
interface Thread {
  lastUs: number;
  /** When the present miss began, or −1. */
  missedFromUs: number;
  swappedFromUs: number;
  mergedFromUs: number;
  /** Latest errors, newest last: time, across right, across down. */
  readonly errors: { readonly timeUs: number; readonly u: number; readonly v: number }[];
}

/** Errors this far apart tell how long the slow part lasts. */
export const LATER_S = 0.5;
const KEPT = 8;

/** Compares every picture of a run with what was there when it was taken: `take` as it is taken, `settle` once it was looked at. */
export class DetectionMeter {
  readonly sums: DetectionSums;
  readonly #truth: TrueParts;
  readonly #periodsUs: readonly number[];
  readonly #alarmShares: readonly AlarmShares[];
  readonly #threads = new Map<string, Thread>();
  #taken: Taken[] = [];

  constructor(run: Run, sums: DetectionSums) {
    this.sums = sums;
    this.#truth = new TrueParts(run);
    this.#alarmShares = run.cameras.map((_, camera) => this.#truth.alarmShares(camera));
    this.#periodsUs = run.cameras.map(({ rateHz }) => 1e6 / rateHz);
  }

  take(camera: number, world: World, timeUs: number, seen: Detections): void {
    this.#taken.push({ camera, timeUs, parts: this.#truth.at(world, camera), seen });
  }

  /** Judges the pictures taken up to a time; all of them must have been looked at. */
  settle(untilUs: number): void {
    for (const taken of this.#taken) if (taken.timeUs <= untilUs && taken.timeUs > LEARNING_US) this.#judge(taken);
    this.#taken = this.#taken.filter(({ timeUs }) => timeUs > untilUs);
  }

  #judge({ camera, timeUs, parts, seen }: Taken): void {
    const focalPx = this.#truth.focalPx(camera);
    const { shown, falseHeads, falseHands } = matchParts(parts, seen, focalPx);
    this.sums.picture(falseHeads, falseHands, this.#alarmShares[camera]);
    const isHeadShown = new Map<number, boolean>();
    parts.forEach(({ body, part, isHidden }, i) => {
      if (part === 0 && !isHidden) isHeadShown.set(body, shown[i] !== null);
    });
    parts.forEach((part, i) => {
      if (part.isHidden) {
        this.sums.hidden(part.part, shown[i] !== null);
        return;
      }
      const thread = this.#thread(`${camera}/${part.body}/${part.part}`, timeUs, this.#periodsUs[camera]);
      const isMerged = this.#noteMerge(thread, part, shown[i], isHeadShown, timeUs);
      if (!isMerged) this.#noteMiss(thread, part, shown[i], timeUs, this.#periodsUs[camera]);
      if (part.part === 0 || !isMerged) this.sums.view(timeUs, part.body, part.part, shown[i] !== null);
      if (shown[i]) this.#noteError(thread, part, shown[i], timeUs, focalPx);
      thread.lastUs = timeUs;
    });
  }

  /** Begins anew where the part was out of sight meanwhile. */
  #thread(key: string, timeUs: number, periodUs: number): Thread {
    const known = this.#threads.get(key);
    if (known && timeUs - known.lastUs < 1.6 * periodUs) return known;
    const fresh = { lastUs: timeUs, missedFromUs: -1, swappedFromUs: -1, mergedFromUs: -1, errors: [] };
    this.#threads.set(key, fresh);
    return fresh;
  }

  /** One head for two bodies: this one's is missing, the near other's is not. */
  #noteMerge(
    thread: Thread,
    { part, nearest, nearestM }: TruePart,
    shown: Shown | null,
    isHeadShown: ReadonlyMap<number, boolean>,
    timeUs: number,
  ): boolean {
    if (part > 0 || nearest < 0 || !isHeadShown.has(nearest)) return false;
    const isMerged = shown === null && isHeadShown.get(nearest) === true;
    this.sums.together(nearestM, timeUs - thread.lastUs);
    if (isMerged && thread.mergedFromUs < 0) thread.mergedFromUs = timeUs;
    if (!isMerged && thread.mergedFromUs >= 0) {
      this.sums.merge(timeUs - thread.mergedFromUs);
      thread.mergedFromUs = -1;
    }
    return isMerged;
  }

  #noteMiss(thread: Thread, { part, stratum }: TruePart, shown: Shown | null, timeUs: number, periodUs: number): void {
    this.sums.shown(part, stratum, shown !== null);
    if (shown === null && thread.missedFromUs < 0) thread.missedFromUs = timeUs;
    if (shown !== null && thread.missedFromUs >= 0) {
      this.sums.missed(Math.max(periodUs, timeUs - thread.missedFromUs));
      thread.missedFromUs = -1;
    }
  }

  #noteError(thread: Thread, truth: TruePart, shown: Shown, timeUs: number, focalPx: number): void {
    const { part, depthM } = truth;
    const [u, v] = [shown.u - truth.u, shown.v - truth.v];
    const { errors } = thread;
    const before = errors.at(-1);
    const isNext = before !== undefined && before.timeUs === thread.lastUs;
    const later = errors.find(({ timeUs: then }) => Math.abs(timeUs - then - LATER_S * 1e6) < 60_000);
    this.sums.error(part, { u, v, depthM, offM: shown.depthM - depthM, mPerPx: depthM / focalPx, score: shown.score });
    if (isNext) this.sums.change(part, 'next', u - before.u, v - before.v);
    if (later) this.sums.change(part, 'later', u - later.u, v - later.v);
    errors.push({ timeUs, u, v });
    if (errors.length > KEPT) errors.shift();
    if (part > 0) this.#noteOwner(thread, truth, shown, timeUs);
  }

  /** A hand given to another body while one is near. */
  #noteOwner(thread: Thread, { body, nearest }: TruePart, { owner }: Shown, timeUs: number): void {
    if (nearest < 0 || owner < 0) return;
    this.sums.beside(timeUs - thread.lastUs);
    const isSwapped = owner !== body;
    if (isSwapped && thread.swappedFromUs < 0) thread.swappedFromUs = timeUs;
    if (!isSwapped && thread.swappedFromUs >= 0) {
      this.sums.swap(timeUs - thread.swappedFromUs);
      thread.swappedFromUs = -1;
    }
  }
}
