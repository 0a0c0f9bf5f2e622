import { streams } from '../random.ts';
import { overridden, type Scenario } from './load-scenario.ts';
import { resolveExpectation } from './resolve/expectation.ts';
import { resolveFaults } from './resolve/faults.ts';
import { inKeyOrder } from './resolve/key-order.ts';
import { resolveNoise } from './resolve/noise.ts';
import { byCodeUnits } from './resolve/parties.ts';
import { populationShoppers, type Scene } from './resolve/population.ts';
import { scriptedShopper } from './resolve/scripts.ts';
import { resolveCameras, resolveGates, resolveScales } from './resolve/sensors.ts';
import { ShelfChoice } from './resolve/shelf-choice.ts';
import { resolveProducts, resolveStore } from './resolve/store.ts';
import type { Run, ShopperPlan } from './run.ts';
import type { ScenarioSpec } from './spec.ts';

/**
 * Makes every choice that can be made before the world starts.
 *
 * @param seed Of every stream; undefined takes the scenario's `run.seed` (after the overrides).
 * @param overrides Dotted path → value, checked again; throws `ScenarioFailure` if they do not fit.
 */
export function resolve(scenario: Scenario, seed?: number, overrides: Readonly<Record<string, unknown>> = {}): Run {
  const { spec: written, file } = overridden(scenario, overrides);
  const spec = inKeyOrder(written);
  const theSeed = seed ?? spec.run.seed;
  const random = streams(theSeed);
  const noise = resolveNoise(spec.noise);
  const store = resolveStore(spec);
  return {
    scenario: spec.scenario,
    file,
    version: 1,
    seed: theSeed,
    clockStartUs: spec.run.start,
    durationUs: spec.run.duration,
    warmupUs: spec.run.warmup,
    tickHz: spec.run.tick,
    noise,
    knowledge: spec.knowledge,
    store,
    products: resolveProducts(spec),
    cameras: resolveCameras(spec, noise),
    scales: resolveScales(spec, store, noise),
    gates: resolveGates(spec, noise),
    faults: resolveFaults(spec, random),
    shoppers: resolveShoppers(spec, store, defaultEntry(written), random),
    expect: resolveExpectation(spec),
  };
}

/** The first door of the file that lets people in: the one thing its order decides. */
function defaultEntry(spec: ScenarioSpec): string {
  const { doors } = resolveStore(spec);
  return doors.find(({ use }) => use !== 'exit')?.id ?? '';
}

function resolveShoppers(
  spec: ScenarioSpec,
  store: Run['store'],
  entryDoor: string,
  random: Scene['random'],
): ShopperPlan[] {
  const scene: Scene = { spec, store, shelves: new ShelfChoice(spec, store), entryDoor, random };
  const shoppers = [...spec.shoppers].flatMap(([name, shopper]) =>
    shopper.kind === 'scripted'
      ? [scriptedShopper(spec, name, shopper, entryDoor, random)]
      : populationShoppers(scene, name, shopper),
  );
  return shoppers.sort((a, b) => byCodeUnits(a.key, b.key));
}
