import type { TrackHistory } from '../tracking/track-view.ts';
import type { Candidate } from './attribution.ts';
import { MIN_RIVAL_WEIGHT, PUBLISHED, type PublishedConstants } from './published/constants.ts';

const head = new Float64Array(3);

/**
 * Who was nearest to a place (world metres) at a time, nearest body first and nobody last: the owner is the first
 * (MPS §4.5); shares are a softmax over distances, which the published system did not have.
 */
export function ownersOf(
  history: TrackHistory,
  inWorldM: readonly [number, number, number],
  timeUs: number,
  useHands: boolean,
  constants: PublishedConstants = PUBLISHED,
): Candidate[] {
  const { handWindowUs, nobodyAtM, ownerScaleM } = constants;
  const bodies: { trackId: number; distanceM: number; handDistanceM: number | null }[] = [];
  for (const trackId of history.idsBetween(timeUs - handWindowUs, timeUs + handWindowUs)) {
    const handDistanceM = nearestHandM(history, trackId, inWorldM, timeUs, constants);
    const headM = history.headInWorldInto(head, trackId, timeUs)
      ? distance(head, 0, inWorldM)
      : Number.POSITIVE_INFINITY;
    const distanceM = useHands ? Math.min(headM, handDistanceM ?? Number.POSITIVE_INFINITY) : headM;
    if (Number.isFinite(distanceM)) bodies.push({ trackId, distanceM, handDistanceM });
  }
  bodies.sort((a, b) => a.distanceM - b.distanceM || a.trackId - b.trackId);
  const nearestM = Math.min(nobodyAtM, bodies[0]?.distanceM ?? nobodyAtM);
  const weights = [...bodies.map((body) => body.distanceM), nobodyAtM].map((distanceM) =>
    Math.exp((nearestM - distanceM) / ownerScaleM),
  );
  const nobody = { trackId: -1, handDistanceM: null };
  // Whoever was across the store is left out: they would only make every claim long.
  const rows = [...bodies, nobody].map((row, i) => ({ ...row, weight: weights[i] }));
  const kept = rows.filter(({ trackId, weight }) => trackId < 0 || weight >= MIN_RIVAL_WEIGHT);
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  return kept.map(({ trackId, handDistanceM, weight }) => ({ trackId, prob: weight / total, handDistanceM }));
}

function nearestHandM(
  history: TrackHistory,
  trackId: number,
  inWorldM: readonly [number, number, number],
  timeUs: number,
  { handWindowUs, minJointScore }: PublishedConstants,
): number | null {
  const rows = history.handsBetween(trackId, timeUs - handWindowUs, timeUs + handWindowUs);
  let nearest = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 4 < rows.length; at += 5) {
    if (rows[at + 4] >= minJointScore) nearest = Math.min(nearest, distance(rows, at + 1, inWorldM));
  }
  return Number.isFinite(nearest) ? nearest : null;
}

function distance(from: Float64Array, at: number, to: readonly [number, number, number]): number {
  return Math.sqrt((from[at] - to[0]) ** 2 + (from[at + 1] - to[1]) ** 2 + (from[at + 2] - to[2]) ** 2);
}
