import type { ScenarioSpec } from '../spec.ts';
import { byCodeUnits } from './parties.ts';

/** The scenario with every keyed collection in the order of its keys, so that the order of a file decides nothing. */
export function inKeyOrder(spec: ScenarioSpec): ScenarioSpec {
  const { doors, fixtures, zones, planogram } = spec.store;
  return {
    ...spec,
    store: {
      ...spec.store,
      doors: sorted(doors),
      fixtures: sorted(fixtures),
      zones: sorted(zones),
      planogram: sorted(planogram),
    },
    catalog: sorted(spec.catalog),
    sensors: sorted(spec.sensors),
    shoppers: sorted(spec.shoppers),
  };
}

function sorted<T>(entries: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...entries].sort(([a], [b]) => byCodeUnits(a, b)));
}
