import type { FaultSpec } from '../schema/fault-schema.ts';
import { matchesGlob } from '../schema/names.ts';
import type { ScenarioSpec } from '../spec.ts';

/** Ids of all shelves, fixture by fixture, bottom first. */
export function shelfIds({ store }: ScenarioSpec): readonly string[] {
  return [...store.fixtures].flatMap(([id, { shelves }]) => shelves.map((_, i) => `${id}.${i + 1}`));
}

/** Ids of all slots in the order of the planogram. */
function slotIds({ store }: ScenarioSpec): readonly string[] {
  return [...store.planogram].flatMap(([shelf, slots]) => slots.map((_, i) => `${shelf}.${i + 1}`));
}

/** Cameras and gates by name, scale units as `name/shelf`. */
export function sensorIds(spec: ScenarioSpec): readonly string[] {
  const shelves = shelfIds(spec);
  return [...spec.sensors].flatMap(([id, sensor]) => {
    if (sensor.type !== 'weight') return [id];
    return shelves
      .filter((shelf) => sensor.on.some((glob) => matchesGlob(glob, shelf)))
      .map((shelf) => `${id}/${shelf}`);
  });
}

/** What a fault may be on, by id. */
export function faultable(spec: ScenarioSpec, { type }: Pick<FaultSpec, 'type'>): readonly string[] {
  if (type === 'wrong-planogram') return slotIds(spec);
  if (type === 'wrong-weight') return [...spec.catalog.keys()];
  const ids = sensorIds(spec);
  return type === 'fog' ? [...ids, ...spec.store.fixtures.keys()] : ids;
}

/**
 * Ids a glob means: a weight sensor's own name means all its units, and in a wrong planogram a shelf or a fixture
 * means all its slots.
 */
export function faultTargets(
  glob: string,
  { type }: Pick<FaultSpec, 'type'>,
  known: readonly string[],
): readonly string[] {
  const within = type === 'wrong-planogram' ? `${glob}.*` : `${glob}/*`;
  return known.filter((name) => matchesGlob(glob, name) || (type !== 'wrong-weight' && matchesGlob(within, name)));
}
