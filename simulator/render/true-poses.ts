import { RandomStream } from '../random.ts';
import type { CameraPlan, Run } from '../scenario/run.ts';
import { misplaced } from '../sensors/misplaced.ts';
import { type CameraFromWorld, lookAt } from '../sensors/true-camera.ts';

/** Where a camera really is over time: as planned, but for knocks during the run (`calibration` faults). */
export class TruePoses {
  private readonly planned: CameraFromWorld;
  private readonly knocks: readonly {
    readonly fromUs: number;
    readonly toUs: number;
    readonly pose: CameraFromWorld;
  }[];

  constructor(run: Run, plan: CameraPlan) {
    this.planned = lookAt(plan.atM, plan.lookM);
    const faults = run.faults.filter((f) => f.kind === 'calibration' && f.fromUs > 0 && f.targets.includes(plan.id));
    // The same streams as where the camera sends detections, so that both kinds of picture are knocked alike.
    this.knocks = faults.map((fault, ordinal) => {
      const stream = new RandomStream(run.seed, `fault/calibration/${plan.id}/${ordinal}`);
      const { pose } = misplaced(plan, stream, stream.draw(fault.size), stream.draw(fault.size2));
      return { fromUs: fault.fromUs, toUs: fault.toUs, pose };
    });
  }

  /** Camera from world at a true time. */
  at(timeUs: number): CameraFromWorld {
    for (const { fromUs, toUs, pose } of this.knocks) if (timeUs >= fromUs && timeUs < toUs) return pose;
    return this.planned;
  }
}
