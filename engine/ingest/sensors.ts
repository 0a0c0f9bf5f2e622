import type { ReadingKind } from '../readings.ts';
import type { Store } from '../store.ts';

/** A sensor of the store as ingest knows it. */
export interface Sensor {
  /** Place in the store: scales, cameras, pose sources, gates, in the store's order; decisions come last. */
  readonly index: number;
  readonly kind: ReadingKind;
  /** Readings per second to expect at most; 0 when unknown. */
  readonly rateHz: number;
  /** Load cells of a scale unit; 1 for others. */
  readonly cellCount: number;
}

/** All sensors whose readings the store expects, by id. */
export function sensorsOf(store: Store): Map<string, Sensor> {
  const sensors = new Map<string, Sensor>();
  const add = (id: string, kind: ReadingKind, rateHz: number, cellCount = 1) => {
    if (!sensors.has(id)) sensors.set(id, { index: sensors.size, kind, rateHz, cellCount });
  };
  for (const scale of store.scales) add(scale.id, 'scale', scale.rateHz, scale.cells.length);
  for (const camera of store.cameras) add(camera.id, 'detection', camera.rateHz);
  for (const source of store.poseSources) add(source.id, 'pose', 0);
  for (const door of store.doors) if (door.gateId !== undefined) add(door.gateId, 'gate', 0);
  return sensors;
}
