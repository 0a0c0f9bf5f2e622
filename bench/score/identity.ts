import { maxAssignmentInto } from './assignment.ts';
import type { TrackingSequence } from './tracking-sequence.ts';

/** Sums behind IDF1; sums over sequences are TrackEval's COMBINED. */
export interface IdentityCounts {
  readonly idTp: number;
  readonly idFn: number;
  readonly idFp: number;
}

const THRESHOLD = 0.5;

/**
 * Frames in which a body carries the one track it is given for the whole sequence, under the best such pairing
 * (Ristani et al., ECCV-W 2016; TrackEval's `identity.py`). Its cost matrix with dummy rows and columns is minimal
 * exactly where the sum of shared frames is maximal, so the small matrix is enough.
 */
export function countIdentity(sequence: TrackingSequence): IdentityCounts {
  const rows = sequence.truthIdCount;
  const cols = sequence.trackIdCount;
  const shared = new Float64Array(rows * cols);
  for (let t = 0; t < sequence.frameCount; t++) {
    const { truthCount, trackCount, truthIds, trackIds, similarity } = sequence.frame(t);
    for (let i = 0; i < truthCount; i++) {
      for (let j = 0; j < trackCount; j++) {
        if (similarity[i * trackCount + j] >= THRESHOLD) shared[truthIds[i] * cols + trackIds[j]]++;
      }
    }
  }
  const colOfRow = new Int32Array(rows);
  if (rows > 0 && cols > 0) maxAssignmentInto(colOfRow, shared, rows, cols);
  let idTp = 0;
  for (let i = 0; i < rows && cols > 0; i++) if (colOfRow[i] >= 0) idTp += shared[i * cols + colOfRow[i]];
  return { idTp, idFn: sequence.truthTotal - idTp, idFp: sequence.trackTotal - idTp };
}

export const noIdentity = (): IdentityCounts => ({ idTp: 0, idFn: 0, idFp: 0 });

export function addIdentity(a: IdentityCounts, b: IdentityCounts): IdentityCounts {
  return { idTp: a.idTp + b.idTp, idFn: a.idFn + b.idFn, idFp: a.idFp + b.idFp };
}

/** IDF1 = 2·IDTP / (2·IDTP + IDFN + IDFP); null without bodies and tracks. */
export function idf1Of({ idTp, idFn, idFp }: IdentityCounts): number | null {
  const all = 2 * idTp + idFn + idFp;
  return all > 0 ? (2 * idTp) / all : null;
}
