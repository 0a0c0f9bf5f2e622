import { maxAssignmentInto } from './assignment.ts';
import type { TrackingFrame, TrackingSequence } from './tracking-sequence.ts';

/** Sums behind the CLEAR scores; sums over sequences are TrackEval's COMBINED. */
export interface ClearCounts {
  readonly tp: number;
  readonly fn: number;
  readonly fp: number;
  readonly idSwitches: number;
  /** Times a body was found again after a gap. */
  readonly fragments: number;
  /** Bodies found in more than 80 % of their frames, in 20 to 80 %, in less. */
  readonly mostlyTracked: number;
  readonly partlyTracked: number;
  readonly mostlyLost: number;
  /** Σ of similarity over matches. */
  readonly similarity: number;
}

const EPS = 2 ** -52;
/** Similarity from which two bodies count as the same one. */
const THRESHOLD = 0.5;
/** Weight of keeping last frame's match: far above any sum of similarities. */
const CONTINUITY = 1000;

let value = new Float64Array(0);
let colOfRow = new Int32Array(0);

/** What CLEAR remembers between frames, per truth id; −1 = none. */
class Memory {
  readonly last: Int32Array;
  readonly before: Int32Array;
  readonly now: Int32Array;
  readonly frames: Int32Array;
  readonly found: Int32Array;
  readonly starts: Int32Array;

  constructor(ids: number) {
    this.last = new Int32Array(ids).fill(-1);
    this.before = new Int32Array(ids).fill(-1);
    this.now = new Int32Array(ids).fill(-1);
    this.frames = new Int32Array(ids);
    this.found = new Int32Array(ids);
    this.starts = new Int32Array(ids);
  }

  /** Ends a frame: whoever is tracked now and was not before starts a stretch. */
  turn(): void {
    for (let id = 0; id < this.now.length; id++) if (this.now[id] >= 0 && this.before[id] < 0) this.starts[id]++;
    this.before.set(this.now);
    this.now.fill(-1);
  }
}

function matchFrame(frame: TrackingFrame, before: Int32Array): void {
  const { truthCount, trackCount, truthIds, trackIds, similarity } = frame;
  if (value.length < truthCount * trackCount) value = new Float64Array(truthCount * trackCount * 2);
  if (colOfRow.length < truthCount) colOfRow = new Int32Array(truthCount * 2);
  for (let i = 0; i < truthCount; i++) {
    for (let j = 0; j < trackCount; j++) {
      const k = i * trackCount + j;
      const kept = before[truthIds[i]] === trackIds[j] ? CONTINUITY : 0;
      value[k] = similarity[k] < THRESHOLD - EPS ? 0 : kept + similarity[k];
    }
  }
  maxAssignmentInto(colOfRow, value, truthCount, trackCount);
}

/**
 * Sums behind MOTA and MOTP (Bernardin & Stiefelhagen 2008, in TrackEval's `clear.py`): last frame's match is kept
 * where it still holds, a switch is counted against the last match ever made, and frames without truth or without
 * tracks leave the memory untouched.
 */
export function countClear(sequence: TrackingSequence): ClearCounts {
  const memory = new Memory(sequence.truthIdCount);
  let tp = 0;
  let idSwitches = 0;
  let similarity = 0;
  for (let t = 0; t < sequence.frameCount; t++) {
    const frame = sequence.frame(t);
    for (let i = 0; i < frame.truthCount; i++) memory.frames[frame.truthIds[i]]++;
    if (frame.truthCount === 0 || frame.trackCount === 0) continue;
    matchFrame(frame, memory.before);
    for (let i = 0; i < frame.truthCount; i++) {
      const j = colOfRow[i];
      if (j < 0 || value[i * frame.trackCount + j] <= EPS) continue;
      const truth = frame.truthIds[i];
      const track = frame.trackIds[j];
      if (memory.last[truth] >= 0 && memory.last[truth] !== track) idSwitches++;
      memory.last[truth] = track;
      memory.now[truth] = track;
      memory.found[truth]++;
      tp++;
      similarity += frame.similarity[i * frame.trackCount + j];
    }
    memory.turn();
  }
  const counted = { tp, fn: sequence.truthTotal - tp, fp: sequence.trackTotal - tp, idSwitches, similarity };
  return { ...counted, ...lifetimes(memory) };
}

function lifetimes(memory: Memory): Pick<ClearCounts, 'fragments' | 'mostlyTracked' | 'partlyTracked' | 'mostlyLost'> {
  let fragments = 0;
  let mostlyTracked = 0;
  let atLeastPartly = 0;
  let bodies = 0;
  for (let id = 0; id < memory.frames.length; id++) {
    if (memory.frames[id] === 0) continue;
    const share = memory.found[id] / memory.frames[id];
    bodies++;
    if (share > 0.8) mostlyTracked++;
    if (share >= 0.2) atLeastPartly++;
    if (memory.starts[id] > 0) fragments += memory.starts[id] - 1;
  }
  return { fragments, mostlyTracked, partlyTracked: atLeastPartly - mostlyTracked, mostlyLost: bodies - atLeastPartly };
}

export const noClear = (): ClearCounts => ({
  tp: 0,
  fn: 0,
  fp: 0,
  idSwitches: 0,
  fragments: 0,
  mostlyTracked: 0,
  partlyTracked: 0,
  mostlyLost: 0,
  similarity: 0,
});

export function addClear(a: ClearCounts, b: ClearCounts): ClearCounts {
  return {
    tp: a.tp + b.tp,
    fn: a.fn + b.fn,
    fp: a.fp + b.fp,
    idSwitches: a.idSwitches + b.idSwitches,
    fragments: a.fragments + b.fragments,
    mostlyTracked: a.mostlyTracked + b.mostlyTracked,
    partlyTracked: a.partlyTracked + b.partlyTracked,
    mostlyLost: a.mostlyLost + b.mostlyLost,
    similarity: a.similarity + b.similarity,
  };
}

/** MOTA = 1 − (misses + false alarms + switches) / truth; may be below zero. MOTP = mean similarity of matches. Null without truth. */
export function clearOf(counts: ClearCounts): { readonly mota: number | null; readonly motp: number | null } {
  const truth = counts.tp + counts.fn;
  return {
    mota: truth > 0 ? (counts.tp - counts.fp - counts.idSwitches) / truth : null,
    motp: counts.tp > 0 ? counts.similarity / counts.tp : null,
  };
}
