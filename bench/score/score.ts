import type { EngineOutput } from '../../engine/cart.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthCart, TruthEvent, TruthPose } from '../../simulator/truth.ts';
import { type Score, ScoreKeeper } from './score-keeper.ts';

/** A whole run held in memory: what the engine put out and what really happened, each in order of time. */
export interface RunRecord {
  readonly run: Run;
  readonly outputs: readonly EngineOutput[];
  readonly truth: readonly TruthEvent[];
  readonly poses: readonly TruthPose[];
  readonly truthCarts: readonly TruthCart[];
}

/** Scores a run held in memory; long runs stream through `ScoreKeeper` instead. */
export function scoreRun({ run, outputs, truth, poses, truthCarts }: RunRecord): Score {
  const keeper = new ScoreKeeper(run);
  for (const event of truth) keeper.truth(event);
  for (const pose of poses) keeper.pose(pose);
  for (const output of outputs) keeper.output(output);
  return keeper.finish(truthCarts);
}
