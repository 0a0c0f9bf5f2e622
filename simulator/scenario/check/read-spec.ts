import type { z } from 'zod';
import { LIMITS } from '../limits.ts';
import { type FaultSpec, faultSchema } from '../schema/fault-schema.ts';
import { collectionSchemas, headSchemas, storeHeadSchemas } from '../schema/scenario-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { at, entriesAt, type Path } from '../yaml/tree.ts';
import type { Report } from './report.ts';

const TOP_KEYS = [...Object.keys(headSchemas), 'extends', 'store', 'catalog', 'sensors', 'faults', 'shoppers', 'sweep'];
const STORE_KEYS = [...Object.keys(storeHeadSchemas), 'doors', 'fixtures', 'zones', 'planogram'];

/**
 * Reads the merged scenario piece by piece, so that one mistake hides no other. Pieces with errors (noted in the
 * report) are left out or at their defaults.
 */
export function readSpec(report: Report): ScenarioSpec {
  report.checkKeys([], TOP_KEYS);
  // Merging has taken every file's own away; only an override can leave one.
  if (report.has(['extends'])) report.add(['extends'], 'extends in a file, not in an override');
  const head = <K extends keyof typeof headSchemas>(key: K): z.output<(typeof headSchemas)[K]> | undefined =>
    report.read([key], headSchemas[key] as z.ZodType<z.output<(typeof headSchemas)[K]>>);
  const scenario = head('scenario') ?? '';
  head('version');
  const { noise: innerNoise, knowledge: innerKnowledge, ...run } = head('run') ?? headSchemas.run.parse(undefined);
  checkTwice(report, 'noise');
  checkTwice(report, 'knowledge');
  return {
    scenario,
    about: head('about'),
    run,
    noise: head('noise') ?? innerNoise ?? { set: 'default' },
    knowledge: head('knowledge') ?? innerKnowledge ?? 'commissioned',
    store: readStore(report, scenario),
    catalog: collection(report, ['catalog'], collectionSchemas.catalog),
    sensors: collection(report, ['sensors'], collectionSchemas.sensors),
    faults: readFaults(report),
    shoppers: collection(report, ['shoppers'], collectionSchemas.shoppers),
    expect: head('expect') ?? headSchemas.expect.parse(undefined),
  };
}

function checkTwice(report: Report, key: 'noise' | 'knowledge'): void {
  if (at(report.tree, [key]) && at(report.tree, ['run', key])) {
    report.add(['run', key], `${key} once, at the top or under run`, 'it in both places');
  }
}

function readStore(report: Report, scenario: string): ScenarioSpec['store'] {
  if (expectMap(report, ['store'])) report.checkKeys(['store'], STORE_KEYS);
  return {
    name: report.read(['store', 'name'], storeHeadSchemas.name) ?? scenario,
    size: report.read(['store', 'size'], storeHeadSchemas.size) ?? [10_000, 10_000],
    doors: collection(report, ['store', 'doors'], collectionSchemas.doors),
    fixtures: collection(report, ['store', 'fixtures'], collectionSchemas.fixtures),
    zones: collection(report, ['store', 'zones'], collectionSchemas.zones),
    planogram: collection(report, ['store', 'planogram'], collectionSchemas.planogram),
  };
}

function readFaults(report: Report): ScenarioSpec['faults'] {
  const faults = new Map<number, FaultSpec>();
  const node = at(report.tree, ['faults']);
  if (!node) return faults;
  if (node.kind !== 'list') {
    report.add(['faults'], 'a list of faults');
    return faults;
  }
  for (let i = 0; i < node.items.length; i++) {
    const fault = report.read(['faults', i], faultSchema);
    if (fault) faults.set(i, fault);
  }
  return faults;
}

/** False, with the error noted, where something other than a map stands. */
function expectMap(report: Report, path: Path): boolean {
  const node = at(report.tree, path);
  if (!node || node.kind === 'dict') return true;
  report.add(path, 'a map of keys');
  return false;
}

function collection<T extends z.ZodType>(report: Report, path: Path, entry: T): ReadonlyMap<string, z.output<T>> {
  const result = new Map<string, z.output<T>>();
  if (!expectMap(report, path)) return result;
  const entries = entriesAt(report.tree, path);
  if (entries.size > LIMITS.shoppers) {
    report.add(path, `at most ${LIMITS.shoppers} entries`, `${entries.size} entries`);
    return result;
  }
  for (const key of entries.keys()) {
    if (/[/,]/.test(key) && path[0] !== 'catalog') report.addKey([...path, key], `"${key}"`, 'a name without / and ,');
    const parsed = report.read([...path, key], entry);
    if (parsed !== undefined) result.set(key, parsed);
  }
  return result;
}
