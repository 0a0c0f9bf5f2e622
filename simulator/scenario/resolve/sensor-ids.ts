import { matchesGlob } from '../schema/names.ts';
import type { ScenarioSpec } from '../spec.ts';

/** Ids of all shelves, fixture by fixture, bottom first. */
export function shelfIds({ store }: ScenarioSpec): readonly string[] {
  return [...store.fixtures].flatMap(([id, { shelves }]) => shelves.map((_, i) => `${id}.${i + 1}`));
}

/** Ids of all slots in the order of the planogram. */
export function slotIds({ store }: ScenarioSpec): readonly string[] {
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

/** Names a glob means; a weight sensor's own name means all its units. */
export function targetsOf(glob: string, known: readonly string[]): readonly string[] {
  return known.filter((name) => matchesGlob(glob, name) || matchesGlob(`${glob}/*`, name));
}
