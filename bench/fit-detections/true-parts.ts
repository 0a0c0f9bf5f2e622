import type { CameraPlan, Run } from '../../simulator/scenario/run.ts';
import { BodySight } from '../../simulator/sensors/body-sight.ts';
import { FixtureSight, SightGrid } from '../../simulator/sensors/fixture-sight.ts';
import { CROWD_M, distanceM, isBent, stratumOf } from '../../simulator/sensors/miss-strata.ts';
import { type TrueCamera, trueCamera } from '../../simulator/sensors/true-camera.ts';
import type { WorldView } from '../../simulator/world/view.ts';
import { type AlarmShares, alarmShares } from './alarm-sight.ts';

/** As `detections` cameras have it: nothing further away, no hand smaller, no hand behind a door open less. */
const RANGE_M = 12;
const HAND_M = 0.09;
const SMALLEST_HAND_PX = 6;
const DOOR_OPEN = 0.5;

/** A head or hand where a picture should show it. */
export interface TruePart {
  readonly body: number;
  /** 0 head, 1 left hand, 2 right hand. */
  readonly part: number;
  readonly u: number;
  readonly v: number;
  readonly depthM: number;
  /** Fixtures, doors or bodies stand before it, as `detections` cameras have it. */
  readonly isHidden: boolean;
  readonly stratum: number;
  /** Nearest other body and how far off it is; −1 beyond `CROWD_M`. */
  readonly nearest: number;
  readonly nearestM: number;
}

interface Eye {
  readonly camera: TrueCamera;
  readonly grid: SightGrid;
}

/** What every picture of a run should show, by the sight of `detections` cameras. */
export class TrueParts {
  readonly #run: Run;
  readonly #sight: FixtureSight;
  readonly #bodies: BodySight;
  readonly #eyes: readonly Eye[];
  #advancedUs = -1;

  constructor(run: Run) {
    this.#run = run;
    this.#sight = new FixtureSight(run);
    this.#bodies = new BodySight(run);
    this.#eyes = run.cameras.map((plan: CameraPlan) => ({
      camera: trueCamera(plan),
      grid: new SightGrid(this.#sight, plan.atM),
    }));
  }

  focalPx(camera: number): number {
    return this.#eyes[camera].camera.focalPx;
  }

  /** Where `detections` cameras imagine things, as far as this camera would show it. */
  alarmShares(camera: number): AlarmShares {
    const { camera: lens, grid } = this.#eyes[camera];
    const isInSight = (x: number, y: number, z: number) =>
      lens.project(x, y, z) && grid.sees(this.#sight.voxelAt(x, y, z));
    return alarmShares(this.#run, this.#run.cameras[camera], isInSight);
  }

  at(world: WorldView, camera: number): TruePart[] {
    const eye = this.#eyes[camera];
    if (world.timeUs !== this.#advancedUs) this.#bodies.advance(world);
    this.#advancedUs = world.timeUs;
    this.#bodies.lookFrom(eye.camera.atM);
    return world.bodies.flatMap((body) => {
      if (!body.present || !body.visible) return [];
      const near = nearestOf(world, body.shopperIndex);
      const places = [body.headInWorldM, body.handsInWorldM.subarray(0, 3), body.handsInWorldM.subarray(3, 6)];
      return places.flatMap(([x, y, z], part) => {
        const { camera: lens } = eye;
        const distance = distanceM(lens.atM, x, y, z);
        if (!lens.project(x, y, z) || distance > RANGE_M) return [];
        if (part > 0 && lens.focalPx * HAND_M < SMALLEST_HAND_PX * lens.depthM) return [];
        const fixture = this.#sight.fixtureAt(this.#sight.voxelAt(x, y, z));
        const isAwkward = part === 0 ? isBent(z, body.heightM) : fixture >= 0;
        const circumstances = { distanceM: distance, isCrowded: near.nearest >= 0, isAwkward };
        const isHidden =
          !eye.grid.sees(this.#sight.voxelAt(x, y, z)) ||
          (part > 0 && this.#isShut(world, fixture)) ||
          this.#bodies.hides(x, y, z, body.shopperIndex, part === 0);
        const { u, v, depthM } = lens;
        return [{ body: body.shopperIndex, part, u, v, depthM, isHidden, stratum: stratumOf(circumstances), ...near }];
      });
    });
  }

  #isShut(world: WorldView, fixture: number): boolean {
    return fixture >= 0 && this.#run.store.fixtures[fixture].door !== null && world.doorOpen[fixture] < DOOR_OPEN;
  }
}

function nearestOf(world: WorldView, own: number): { nearest: number; nearestM: number } {
  const { xM, yM } = world.bodies[own];
  let [nearest, nearestM] = [-1, CROWD_M];
  for (const other of world.bodies) {
    if (!other.present || !other.visible || other.shopperIndex === own) continue;
    const apartM = Math.hypot(other.xM - xM, other.yM - yM);
    if (apartM < nearestM) [nearest, nearestM] = [other.shopperIndex, apartM];
  }
  return { nearest, nearestM };
}
