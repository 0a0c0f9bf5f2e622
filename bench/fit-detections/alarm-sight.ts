import { RandomStream } from '../../simulator/random.ts';
import type { CameraPlan, Run } from '../../simulator/scenario/run.ts';
import { FalseAlarms } from '../../simulator/sensors/false-alarms.ts';

/** Places tried, heads and hands together. */
const TRIED = 4000;
/** Less than this is not told from nothing. */
const LEAST_SHARE = 0.02;

/** Shares of the places at which `detections` cameras imagine heads and hands that one camera has in sight. */
export interface AlarmShares {
  readonly heads: number;
  readonly hands: number;
}

/** Tries the places of a camera's false alarms, wherever in the store; `isInSight` says which of them its pictures show. */
export function alarmShares(
  run: Run,
  plan: CameraPlan,
  isInSight: (x: number, y: number, z: number) => boolean,
): AlarmShares {
  const noise = { ...plan.noise, falsePerFrame: TRIED, falseHandShare: 0.5 };
  const alarms = new FalseAlarms(run, { ...plan, noise }, new RandomStream(0, `alarms/${plan.id}`));
  alarms.advance();
  const [tried, seen] = [
    [0, 0],
    [0, 0],
  ];
  for (const { isHand, inWorldM } of alarms.now) {
    const part = isHand ? 1 : 0;
    tried[part]++;
    if (isInSight(...inWorldM)) seen[part]++;
  }
  const [heads, hands] = tried.map((all, part) => Math.max(LEAST_SHARE, seen[part] / Math.max(1, all)));
  return { heads, hands };
}
