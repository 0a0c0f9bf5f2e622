import type { z } from 'zod';
import type { ExpectSpec } from './schema/expect-schema.ts';
import type { FaultSpec } from './schema/fault-schema.ts';
import type { NoiseSpec } from './schema/noise-schema.ts';
import type { runSchema } from './schema/scenario-schema.ts';
import type { SensorSpec } from './schema/sensor-schema.ts';
import type { ShopperSpec } from './schema/shopper-schema.ts';
import type { DoorSpec, FixtureSpec, ProductSpec, SlotSpec, ZoneSpec } from './schema/store-schema.ts';

/** A scenario after its schema: quantities are numbers in a `Run`'s units, defaults are filled in, nothing is drawn. */
export interface ScenarioSpec {
  readonly scenario: string;
  /** What it shows and where it comes from. */
  readonly about: string | undefined;
  readonly run: Omit<z.output<typeof runSchema>, 'noise' | 'knowledge'>;
  readonly noise: NoiseSpec;
  readonly knowledge: 'commissioned' | 'perfect';
  readonly store: {
    readonly name: string;
    readonly size: readonly [number, number];
    readonly doors: ReadonlyMap<string, DoorSpec>;
    readonly fixtures: ReadonlyMap<string, FixtureSpec>;
    readonly zones: ReadonlyMap<string, ZoneSpec>;
    /** Shelf address → slots, left to right. */
    readonly planogram: ReadonlyMap<string, readonly SlotSpec[]>;
  };
  readonly catalog: ReadonlyMap<string, ProductSpec>;
  readonly sensors: ReadonlyMap<string, SensorSpec>;
  /** By place in the file's list. */
  readonly faults: ReadonlyMap<number, FaultSpec>;
  readonly shoppers: ReadonlyMap<string, ShopperSpec>;
  readonly expect: ExpectSpec;
}
