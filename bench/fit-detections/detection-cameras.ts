import type { Detections } from '../../engine/readings.ts';
import { RandomStream } from '../../simulator/random.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { BodySight } from '../../simulator/sensors/body-sight.ts';
import { CameraSensor } from '../../simulator/sensors/camera-sensor.ts';
import { SensorClock } from '../../simulator/sensors/clock.ts';
import { FixtureSight } from '../../simulator/sensors/fixture-sight.ts';
import { People } from '../../simulator/sensors/people.ts';
import { commonNoise } from '../../simulator/sensors/sensors.ts';
import type { World } from '../../simulator/world/world.ts';

/** A run's cameras as `detections` ones, asked at the moments at which they would take pictures: the other half of a pair. */
export class DetectionCameras {
  readonly #people: People;
  readonly #bodies: BodySight;
  readonly #cameras: readonly CameraSensor[];

  constructor(run: Run) {
    const common = commonNoise(run);
    const sight = new FixtureSight(run);
    this.#people = new People(run, common);
    this.#bodies = new BodySight(run);
    this.#cameras = run.cameras.map((plan) => {
      const clock = new SensorClock(new RandomStream(run.seed, `sensor/${plan.id}/clock`), run.noise.clock);
      return new CameraSensor(run, plan, clock, sight, common);
    });
  }

  /** Follows the world: to be called at every tick, before `take`. */
  watch(world: World): void {
    this.#people.advance(world);
    this.#bodies.advance(world);
  }

  /** What the camera would send of the moment at hand; null where its picture is not due. */
  take(camera: number, world: World, isFogged: boolean): Detections | null {
    let latest: Detections | null = null;
    this.#cameras[camera].advance(
      world,
      this.#people,
      this.#bodies,
      () => isFogged,
      (seen) => {
        latest = seen;
      },
    );
    return latest;
  }
}
