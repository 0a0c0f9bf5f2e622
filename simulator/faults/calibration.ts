import { RandomStream } from '../random.ts';
import type { FaultPlan, Run } from '../scenario/run.ts';

export interface CalibrationFault {
  readonly plan: FaultPlan;
  readonly stream: RandomStream;
}

/**
 * A camera's calibration faults. Those that hold all the run were there when the store was commissioned and are in what
 * the engine is told; the others are knocks: the camera stands aside while they hold. A stream's key counts only the
 * faults of its camera and kind, so that no other fault changes it.
 */
export function calibrationFaults(
  run: Run,
  cameraId: string,
): { readonly told: CalibrationFault[]; readonly knocks: CalibrationFault[] } {
  const own = run.faults.filter(({ kind, targets }) => kind === 'calibration' && targets.includes(cameraId));
  const isAlways = ({ fromUs, toUs }: FaultPlan) => fromUs <= 0 && toUs >= run.durationUs;
  const withStream = (path: string) => (plan: FaultPlan, ordinal: number) => ({
    plan,
    stream: new RandomStream(run.seed, `fault/calibration/${cameraId}/${path}${ordinal}`),
  });
  return {
    told: own.filter(isAlways).map(withStream('told/')),
    knocks: own.filter((plan) => !isAlways(plan)).map(withStream('')),
  };
}
