import type { CameraPlan, FixturePlan, GatePlan, NoiseSet, Run, ScalePlan, ShelfPlan, SlotPlan } from '../run.ts';
import { matchesGlob } from '../schema/names.ts';
import type { CameraSpec, WeightSpec } from '../schema/sensor-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { cameraNoise, pictureNoise, scaleNoise } from './noise.ts';

export function resolveCameras({ sensors }: ScenarioSpec, noise: NoiseSet): CameraPlan[] {
  return [...sensors].flatMap(([id, sensor]) => (sensor.type === 'camera' ? [cameraPlan(id, sensor, noise)] : []));
}

function cameraPlan(id: string, spec: CameraSpec, noise: NoiseSet): CameraPlan {
  return {
    id,
    atM: spec.at,
    lookM: spec.look,
    hfovRad: spec.hfov,
    widthPx: spec.image[0],
    heightPx: spec.image[1],
    k1: spec.distortion[0],
    k2: spec.distortion[1],
    rateHz: spec.rate,
    output: spec.output,
    noise: cameraNoise(noise.camera, spec.noise, spec.latency),
    pictures: pictureNoise(noise.pictures, spec.pictures),
  };
}

export function resolveGates({ sensors }: ScenarioSpec, noise: NoiseSet): GatePlan[] {
  return [...sensors].flatMap(([id, sensor]) =>
    sensor.type === 'entry' ? [{ id, doorId: sensor.on, latencyUs: sensor.latency ?? noise.gateLatencyUs }] : [],
  );
}

/** One scale unit per shelf that a weight sensor means. */
export function resolveScales(
  { sensors }: ScenarioSpec,
  { fixtures, slots }: Run['store'],
  noise: NoiseSet,
): ScalePlan[] {
  const slotsOf = Map.groupBy(slots, ({ shelfId }) => shelfId);
  return [...sensors].flatMap(([id, sensor]) => {
    if (sensor.type !== 'weight') return [];
    const own = scaleNoise(noise.scale, sensor.noise, sensor.latency);
    return fixtures.flatMap((fixture) =>
      fixture.shelves
        .filter((shelf) => sensor.on.some((glob) => matchesGlob(glob, shelf.id)))
        .map(
          (shelf): ScalePlan => ({
            id: `${id}/${shelf.id}`,
            shelfId: shelf.id,
            per: sensor.per,
            rateHz: sensor.rate,
            tradeApproved: sensor['trade-approved'],
            cells: cellsOf(sensor.per, fixture, shelf, slotsOf.get(shelf.id) ?? []),
            noise: own,
          }),
        ),
    );
  });
}

function cellsOf(
  per: WeightSpec['per'],
  { lengthM }: FixturePlan,
  shelf: ShelfPlan,
  slots: readonly SlotPlan[],
): ScalePlan['cells'] {
  if (per === 'shelf') return [{ fromM: 0, toM: lengthM }];
  if (per === 'plate') return divided(0, lengthM, shelf.plates);
  return slots.flatMap(({ fromM, toM, facings }) => divided(fromM, toM, facings));
}

function divided(fromM: number, toM: number, parts: number): { fromM: number; toM: number }[] {
  const edge = (i: number) => fromM + ((toM - fromM) * i) / parts;
  return Array.from({ length: parts }, (_, i) => ({ fromM: edge(i), toM: edge(i + 1) }));
}
