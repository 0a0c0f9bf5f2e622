/**
 * Bodies and hands straight from the truth, as pose readings: the ablation that splits the blame between tracking and
 * attribution (`aisle run --tracks true`). The only place where truth is turned into readings; never part of a
 * default run.
 */
import type { PoseReading } from '../engine/readings.ts';
import type { Store } from '../engine/store.ts';
import type { TruthPose } from '../simulator/truth.ts';

const sensorId = 'true-tracks';

/** The store with its cameras replaced by one perfect pose source. */
export function withTruePoses(store: Store): Store {
  return { ...store, cameras: [], poseSources: [{ id: sensorId }] };
}

/** One truth pose as a reading that arrives at once. */
export function truePoseReading(pose: TruthPose, sequence: number): PoseReading {
  const people = Array.from(pose.shopperIndex, (index, i) => {
    const at = (joint: number) => {
      const base = 9 * i + 3 * joint;
      const inWorldM = [pose.inWorldM[base]!, pose.inWorldM[base + 1]!, pose.inWorldM[base + 2]!] as const;
      return { inWorldM, score: 1 };
    };
    return { targetId: String(index), head: at(0), hands: [at(1), at(2)] };
  });
  return { kind: 'pose', sensorId, timeUs: pose.timeUs, arrivalUs: pose.timeUs, sequence, people };
}
