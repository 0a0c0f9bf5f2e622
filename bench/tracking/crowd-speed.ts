/**
 * Speed and quality of the crowd tracker's update loop on synthetic crowds of 10, 50, 200 and 1,000 people.
 * Peers on the same kind of crowd, µs per frame: ByteTrack-cpp 20, 134, 2,387, 53,100; OC-SORT C++ 56, 508, 7,591,
 * 560,700; node-moving-things-tracker (k-d tree) 66, 590, 4,411, 51,400. All of them build a dense cost matrix.
 * Measured here and kept: pairs from a grid over the floor and a sparse assignment (3, 15, 65, 335 µs). Lost: the same
 * assignment over all pairs within the gate, sought without a grid (3, 27, 262, 5,280 µs, the same tracks).
 * An acceleration density of 0.8 m²/s³ as for shoppers instead of 0.2 cost real walkers 0.01 to 0.04 of IDF1.
 */
import { CrowdTracker } from '../../engine/tracking/crowd-tracker.ts';
import { countIdentity, idf1Of } from '../score/identity.ts';
import { groundSimilarity, sequenceFrom } from '../score/tracking-sequence.ts';
import { type CrowdFrame, crowdFrames, crowdSideM } from './crowd.ts';

export interface CrowdSpeed {
  readonly people: number;
  /** Median over passes of the CPU time of one update. */
  readonly microsPerFrame: number;
  readonly idf1: number;
}

const WARM_UP_FRAMES = 3_000;

/** The longest that an update may take, µs per frame, by people. */
export const CROWD_GOALS_US: Readonly<Record<number, number>> = { 10: 20, 50: 130, 200: 1_000, 1000: 8_000 };

/** Tracks a crowd `passes` times and takes the median time; the score is that of the places given out at each frame. */
export function measureCrowd(people: number, frames = 500, passes = 9): CrowdSpeed {
  const crowd = crowdFrames(people, frames);
  const times: number[] = [];
  // Small crowds need some passes until the compiler has seen enough of the loop.
  for (let pass = 0; pass < WARM_UP_FRAMES / crowd.length; pass++) timeOnce(crowd, people);
  for (let pass = 0; pass < passes; pass++) times.push(timeOnce(crowd, people));
  times.sort((a, b) => a - b);
  return { people, microsPerFrame: times[passes >> 1]!, idf1: scoreCrowd(crowd, people) };
}

function newTracker(people: number): CrowdTracker {
  const side = crowdSideM(people);
  return new CrowdTracker('floor', [0, 0, side, side]);
}

function timeOnce(crowd: readonly CrowdFrame[], people: number): number {
  const tracker = newTracker(people);
  const before = process.cpuUsage();
  for (const { seconds, sightingsM, scores } of crowd) tracker.update(seconds, sightingsM, scores, scores.length);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / crowd.length;
}

function scoreCrowd(crowd: readonly CrowdFrame[], people: number): number {
  const tracker = newTracker(people);
  const frames = crowd.map(({ seconds, placesM, sightingsM, scores }) => {
    tracker.update(seconds, sightingsM, scores, scores.length);
    const shown = Array.from({ length: tracker.count }, (_, t) => t).filter((t) => tracker.isShown(t));
    return {
      truthIds: Array.from({ length: people }, (_, i) => i),
      trackIds: shown.map((t) => tracker.key[t]!),
      similarity: Array.from({ length: people }, (_, i) =>
        shown.map((t) => {
          const dx = tracker.placeX[t]! - placesM[2 * i]!;
          const dy = tracker.placeY[t]! - placesM[2 * i + 1]!;
          return groundSimilarity(Math.sqrt(dx * dx + dy * dy));
        }),
      ),
    };
  });
  return idf1Of(countIdentity(sequenceFrom(frames))) ?? 0;
}
