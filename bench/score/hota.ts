import { maxAssignmentInto } from './assignment.ts';
import type { TrackingFrame, TrackingSequence } from './tracking-sequence.ts';

/** Localisation thresholds 0.05, 0.10 … 0.95. */
export const ALPHAS: readonly number[] = Array.from({ length: 19 }, (_, k) => 0.05 + 0.05 * k);

/** Sums behind HOTA, one entry per alpha; sums over sequences are TrackEval's COMBINED. */
export interface HotaCounts {
  readonly tp: readonly number[];
  readonly fn: readonly number[];
  readonly fp: readonly number[];
  /** Σ over true positives of the association score of their pair of ids. */
  readonly assA: readonly number[];
  /** Σ of similarity over true positives. */
  readonly loc: readonly number[];
}

export interface Hota {
  readonly hota: number;
  readonly detA: number;
  readonly assA: number;
  readonly locA: number;
  /** Per alpha. */
  readonly hotaByAlpha: readonly number[];
  readonly detAByAlpha: readonly number[];
  readonly assAByAlpha: readonly number[];
  readonly locAByAlpha: readonly number[];
}

const EPS = 2 ** -52;

/** Counts how many frames hold each id, and how much each pair of ids overlaps; returns the alignment score per pair. */
function alignIds(sequence: TrackingSequence, truthFrames: Float64Array, trackFrames: Float64Array): Float64Array {
  const cols = sequence.trackIdCount;
  const alignment = new Float64Array(sequence.truthIdCount * cols);
  const rowSum = new Float64Array(sequence.truthIdCount);
  const colSum = new Float64Array(cols);
  for (let t = 0; t < sequence.frameCount; t++) {
    const { truthCount, trackCount, truthIds, trackIds, similarity } = sequence.frame(t);
    rowSum.fill(0, 0, truthCount);
    colSum.fill(0, 0, trackCount);
    for (let i = 0; i < truthCount; i++) {
      truthFrames[truthIds[i]]++;
      for (let j = 0; j < trackCount; j++) {
        rowSum[i] += similarity[i * trackCount + j];
        colSum[j] += similarity[i * trackCount + j];
      }
    }
    for (let j = 0; j < trackCount; j++) trackFrames[trackIds[j]]++;
    for (let i = 0; i < truthCount; i++) {
      for (let j = 0; j < trackCount; j++) {
        const s = similarity[i * trackCount + j];
        const union = rowSum[i] + colSum[j] - s;
        if (union > EPS) alignment[truthIds[i] * cols + trackIds[j]] += s / union;
      }
    }
  }
  for (let g = 0; g < sequence.truthIdCount; g++) {
    for (let h = 0; h < cols; h++) {
      const shared = alignment[g * cols + h];
      if (shared > 0) alignment[g * cols + h] = shared / (truthFrames[g] + trackFrames[h] - shared);
    }
  }
  return alignment;
}

/** Matches per pair of ids and alpha, kept only for pairs that ever met. */
class PairCounts {
  readonly #rowOfPair = new Map<number, number>();
  #rows = new Int32Array(64 * ALPHAS.length);

  /** Counts one match that holds for the first `levels` alphas. */
  add(pair: number, levels: number): void {
    let row = this.#rowOfPair.get(pair);
    if (row === undefined) {
      row = this.#rowOfPair.size;
      this.#rowOfPair.set(pair, row);
      if ((row + 1) * ALPHAS.length > this.#rows.length) {
        const grown = new Int32Array(this.#rows.length * 2);
        grown.set(this.#rows);
        this.#rows = grown;
      }
    }
    for (let a = 0; a < levels; a++) this.#rows[row * ALPHAS.length + a]++;
  }

  forEach(visit: (pair: number, alpha: number, matches: number) => void): void {
    for (const [pair, row] of this.#rowOfPair) {
      for (let a = 0; a < ALPHAS.length; a++) visit(pair, a, this.#rows[row * ALPHAS.length + a]);
    }
  }
}

const zeros = () => ALPHAS.map(() => 0);

/** How many of the alphas a similarity reaches. */
function levelsOf(similarity: number): number {
  let levels = 0;
  while (levels < ALPHAS.length && similarity >= ALPHAS[levels] - EPS) levels++;
  return levels;
}

let value = new Float64Array(0);
let colOfRow = new Int32Array(0);

/** Best matching of one frame, preferring pairs of ids that fit over the whole sequence. */
function matchFrame(frame: TrackingFrame, alignment: Float64Array, cols: number): void {
  const { truthCount, trackCount, truthIds, trackIds, similarity } = frame;
  if (value.length < truthCount * trackCount) value = new Float64Array(truthCount * trackCount * 2);
  if (colOfRow.length < truthCount) colOfRow = new Int32Array(truthCount * 2);
  for (let i = 0; i < truthCount; i++) {
    for (let j = 0; j < trackCount; j++) {
      const k = i * trackCount + j;
      value[k] = alignment[truthIds[i] * cols + trackIds[j]] * similarity[k];
    }
  }
  maxAssignmentInto(colOfRow, value, truthCount, trackCount);
}

/**
 * Sums behind HOTA for one sequence, read twice: once to align ids, once to match
 * (Luiten et al., IJCV 2021, section 5 and TrackEval's `hota.py`).
 */
export function countHota(sequence: TrackingSequence): HotaCounts {
  const tp = zeros();
  const loc = zeros();
  const assA = zeros();
  const cols = sequence.trackIdCount;
  const truthFrames = new Float64Array(sequence.truthIdCount);
  const trackFrames = new Float64Array(cols);
  const alignment = alignIds(sequence, truthFrames, trackFrames);
  const pairs = new PairCounts();
  for (let t = 0; t < sequence.frameCount; t++) {
    const frame = sequence.frame(t);
    if (frame.truthCount === 0 || frame.trackCount === 0) continue;
    matchFrame(frame, alignment, cols);
    for (let i = 0; i < frame.truthCount; i++) {
      const j = colOfRow[i];
      if (j < 0) continue;
      const similarity = frame.similarity[i * frame.trackCount + j];
      const levels = levelsOf(similarity);
      for (let a = 0; a < levels; a++) {
        tp[a]++;
        loc[a] += similarity;
      }
      if (levels > 0) pairs.add(frame.truthIds[i] * cols + frame.trackIds[j], levels);
    }
  }
  pairs.forEach((pair, a, matches) => {
    const union = truthFrames[Math.floor(pair / cols)] + trackFrames[pair % cols] - matches;
    assA[a] += (matches * matches) / Math.max(1, union);
  });
  return {
    tp,
    loc,
    assA,
    fn: tp.map((found) => sequence.truthTotal - found),
    fp: tp.map((found) => sequence.trackTotal - found),
  };
}

export function addHota(a: HotaCounts, b: HotaCounts): HotaCounts {
  const sum = (x: readonly number[], y: readonly number[]) => x.map((value, k) => value + y[k]);
  return {
    tp: sum(a.tp, b.tp),
    fn: sum(a.fn, b.fn),
    fp: sum(a.fp, b.fp),
    assA: sum(a.assA, b.assA),
    loc: sum(a.loc, b.loc),
  };
}

export const noHota = (): HotaCounts => ({ tp: zeros(), fn: zeros(), fp: zeros(), assA: zeros(), loc: zeros() });

/** Headline figures are means over the alphas; HOTA = √(DetA · AssA) at each of them. */
export function hotaOf(counts: HotaCounts): Hota {
  const detAByAlpha = counts.tp.map((tp, a) => tp / Math.max(1, tp + counts.fn[a] + counts.fp[a]));
  const assAByAlpha = counts.tp.map((tp, a) => counts.assA[a] / Math.max(1, tp));
  const locAByAlpha = counts.tp.map((tp, a) => Math.max(1e-10, counts.loc[a]) / Math.max(1e-10, tp));
  const hotaByAlpha = detAByAlpha.map((detA, a) => Math.sqrt(detA * assAByAlpha[a]));
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  return {
    hota: mean(hotaByAlpha),
    detA: mean(detAByAlpha),
    assA: mean(assAByAlpha),
    locA: mean(locAByAlpha),
    hotaByAlpha,
    detAByAlpha,
    assAByAlpha,
    locAByAlpha,
  };
}
