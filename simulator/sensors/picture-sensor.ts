import type { Detections } from '../../engine/readings.ts';
import { RandomStream } from '../random.ts';
import type { CameraPlan, Run } from '../scenario/run.ts';
import type { SensorClock } from './clock.ts';

/**
 * Takes a picture of the world as it stands with camera number `camera` of the run and has it looked at. What is seen in it
 * may be filled into the detections later, but before their reading is handed on.
 */
export type TakePicture = (camera: number, timeUs: number, isFogged: boolean) => Detections;

/** One camera that takes pictures: due when one that sends detections would be, exposed at the next tick of the world. */
export class PictureSensor {
  private readonly camera: number;
  private readonly take: TakePicture;
  private readonly truePeriodUs: number;
  private readonly phaseUs: number;
  private pictures = 0;

  constructor(run: Run, plan: CameraPlan, clock: SensorClock, take: TakePicture) {
    this.camera = run.cameras.indexOf(plan);
    this.take = take;
    const setUp = new RandomStream(run.seed, `sensor/${plan.id}/camera`);
    // The first draw is a detections camera's salt; the second is the phase of either.
    setUp.uint32();
    this.truePeriodUs = clock.periodUs(plan.rateHz);
    this.phaseUs = setUp.uniform() * this.truePeriodUs;
  }

  /** Takes the picture due by the world's time, if any; a camera faster than the world's ticks takes one per tick. */
  advance(
    worldTimeUs: number,
    fogged: (timeUs: number) => boolean,
    sink: (detections: Detections, timeUs: number) => void,
  ): void {
    const due = Math.floor((worldTimeUs - this.phaseUs) / this.truePeriodUs) + 1;
    if (due <= this.pictures) return;
    this.pictures = due;
    sink(this.take(this.camera, worldTimeUs, fogged(worldTimeUs)), worldTimeUs);
  }
}
