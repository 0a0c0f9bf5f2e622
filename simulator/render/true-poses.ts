import { calibrationFaults } from '../faults/calibration.ts';
import type { CameraPlan, Run } from '../scenario/run.ts';
import { misplaced } from '../sensors/misplaced.ts';
import { type CameraFromWorld, lookAt } from '../sensors/true-camera.ts';

/** Where a camera really is over time: as planned, but for knocks (`calibration` faults that do not hold all the run). */
export class TruePoses {
  private readonly planned: CameraFromWorld;
  private readonly knocks: readonly {
    readonly fromUs: number;
    readonly toUs: number;
    readonly pose: CameraFromWorld;
  }[];

  constructor(run: Run, plan: CameraPlan) {
    this.planned = lookAt(plan.atM, plan.lookM);
    // The same streams as where the camera sends detections, so that both kinds of picture are knocked alike.
    this.knocks = calibrationFaults(run, plan.id).knocks.map(({ plan: { fromUs, toUs, size, size2 }, stream }) => {
      const { pose } = misplaced(plan, stream, stream.draw(size), stream.draw(size2));
      return { fromUs, toUs, pose };
    });
  }

  /** Camera from world at a true time. */
  at(timeUs: number): CameraFromWorld {
    for (const { fromUs, toUs, pose } of this.knocks) if (timeUs >= fromUs && timeUs < toUs) return pose;
    return this.planned;
  }
}
