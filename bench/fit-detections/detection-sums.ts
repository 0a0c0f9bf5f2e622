import { STRATA } from '../../simulator/sensors/miss-strata.ts';
import type { AlarmShares } from './alarm-sight.ts';

/** Distance below which two bodies may be seen as one, metres. */
export const MERGE_M = 0.6;
/** Views of different cameras within this time belong to one moment, µs. */
const MOMENT_US = 100_000;
/** Samples of one kind kept at most. */
const KEPT = 400_000;

export interface ErrorSample {
  /** Pixels right and down of the truth. */
  readonly u: number;
  readonly v: number;
  readonly depthM: number;
  /** Depth beyond the truth. */
  readonly offM: number;
  readonly mPerPx: number;
  readonly score: number;
}

/** What is kept of heads or of hands. */
export class PartSums {
  readonly seen = new Float64Array(STRATA);
  readonly all = new Float64Array(STRATA);
  hiddenSeen = 0;
  hiddenAll = 0;
  /** Pixels, both axes. */
  readonly errorsPx: number[] = [];
  readonly nextPx: number[] = [];
  readonly laterPx: number[] = [];
  /** Metres across, both axes. */
  readonly errorsM: number[] = [];
  /** Metres of depth, and the same over squared depth. */
  readonly depthErrorsM: number[] = [];
  readonly depthErrorsPerM: number[] = [];
  mPerPx = 0;
  scoreLoss = 0;
  scores = 0;
  /** Moments in which several cameras should see the part, those in which none did, and those expected by chance. */
  moments = 0;
  allMissed = 0;
  readonly viewCounts = new Map<number, number>();
}

/** Everything counted over any number of runs. */
export class DetectionSums {
  readonly heads = new PartSums();
  readonly hands = new PartSums();
  pictures = 0;
  falseHeads = 0;
  falseHands = 0;
  /** Pictures, each counted by the share of imagined heads or hands that it would show. */
  alarmHeadPictures = 0;
  alarmHandPictures = 0;
  readonly missesUs: number[] = [];
  readonly mergesUs: number[] = [];
  readonly swapsUs: number[] = [];
  /** Camera time of near pairs and of hands beside another body, µs. */
  togetherUs = 0;
  besideUs = 0;
  readonly #views = new Map<string, { readonly moment: number; views: number; seen: number }>();

  of(part: number): PartSums {
    return part === 0 ? this.heads : this.hands;
  }

  picture(falseHeads: number, falseHands: number, shares: AlarmShares): void {
    this.pictures++;
    this.alarmHeadPictures += shares.heads;
    this.alarmHandPictures += shares.hands;
    this.falseHeads += falseHeads;
    this.falseHands += falseHands;
  }

  hidden(part: number, isSeen: boolean): void {
    const sums = this.of(part);
    sums.hiddenAll++;
    if (isSeen) sums.hiddenSeen++;
  }

  shown(part: number, stratum: number, isSeen: boolean): void {
    const sums = this.of(part);
    sums.all[stratum]++;
    if (isSeen) sums.seen[stratum]++;
  }

  /** One camera's view of a part, for misses that all cameras share. */
  view(timeUs: number, body: number, part: number, isSeen: boolean): void {
    const key = `${body}/${part}`;
    const moment = Math.floor(timeUs / MOMENT_US);
    let open = this.#views.get(key);
    if (open?.moment !== moment) {
      if (open) this.#close(part, open);
      this.#views.set(key, (open = { moment, views: 0, seen: 0 }));
    }
    open.views++;
    if (isSeen) open.seen++;
  }

  #close(part: number, { views, seen }: { readonly views: number; readonly seen: number }): void {
    if (views < 2) return;
    const sums = this.of(part);
    sums.moments++;
    if (seen === 0) sums.allMissed++;
    sums.viewCounts.set(views, (sums.viewCounts.get(views) ?? 0) + 1);
  }

  /** A run has ended: bodies of the next are others. */
  endRun(): void {
    for (const [key, open] of this.#views) this.#close(Number(key.split('/')[1]), open);
    this.#views.clear();
  }

  missed(forUs: number): void {
    this.missesUs.push(forUs);
  }

  together(apartM: number, forUs: number): void {
    if (apartM < MERGE_M) this.togetherUs += forUs;
  }

  merge(forUs: number): void {
    this.mergesUs.push(forUs);
  }

  beside(forUs: number): void {
    this.besideUs += forUs;
  }

  swap(forUs: number): void {
    this.swapsUs.push(forUs);
  }

  error(part: number, { u, v, depthM, offM, mPerPx, score }: ErrorSample): void {
    const sums = this.of(part);
    if (sums.errorsPx.length < KEPT) {
      sums.errorsPx.push(u, v);
      sums.errorsM.push(u * mPerPx, v * mPerPx);
      sums.depthErrorsM.push(offM);
      sums.depthErrorsPerM.push(offM / (depthM * depthM));
    }
    sums.mPerPx += mPerPx;
    sums.scoreLoss += 1 - score;
    sums.scores++;
  }

  change(part: number, which: 'next' | 'later', u: number, v: number): void {
    const sums = this.of(part);
    const list = which === 'next' ? sums.nextPx : sums.laterPx;
    if (list.length < KEPT) list.push(u, v);
  }
}
