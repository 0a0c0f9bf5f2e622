import { readFileSync } from 'node:fs';
import { checkExpect } from './check/check-expect.ts';
import { checkSensors } from './check/check-sensors.ts';
import { checkShoppers } from './check/check-shoppers.ts';
import { checkStore } from './check/check-store.ts';
import { readSpec } from './check/read-spec.ts';
import { Report } from './check/report.ts';
import { LIMITS } from './limits.ts';
import { withOverrides } from './override.ts';
import { type ScenarioError, ScenarioFailure } from './scenario-error.ts';
import type { ScenarioSpec } from './spec.ts';
import { checkSweep, type SweepRun, sweepRuns, sweptValues } from './sweep.ts';
import { compose, type ReadFile } from './yaml/compose.ts';
import { resolveLikes } from './yaml/like.ts';
import { at, positionOf, type Tree } from './yaml/tree.ts';

/** A scenario that passed every check. */
export interface Scenario {
  readonly file: string;
  readonly name: string;
  readonly spec: ScenarioSpec;
  /** Things that are probably not meant; they do not stop a run. */
  readonly warnings: readonly ScenarioError[];
  /** The merged file before `like` is resolved, for overrides. */
  readonly tree: Tree;
}

export type Loaded = { readonly scenario: Scenario } | { readonly errors: readonly ScenarioError[] };

/** Reads a scenario file with all it extends. All errors at once, each with its place. */
export function loadScenario(path: string): Loaded {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    const found = code === 'ENOENT' ? 'no such file' : (code ?? String(error));
    return {
      errors: [{ file: path, line: 1, column: 1, path: '', found, expected: 'a scenario file that can be read' }],
    };
  }
  return parseScenario(text, path);
}

/** The same from a text; `readFile` fetches what it extends. */
export function parseScenario(
  text: string,
  file: string,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): Loaded {
  const composed = compose(text, file, readFile);
  if ('errors' in composed) return { errors: inOrder(composed.errors, file) };
  const loaded = checked(composed.tree, file);
  if ('errors' in loaded) return loaded;
  const errors = sweepErrors(loaded.scenario);
  return errors.length > 0 ? { errors } : loaded;
}

/** The scenario with dotted paths replaced, checked again. */
export function overrideScenario(scenario: Scenario, overrides: Readonly<Record<string, unknown>>): Loaded {
  const errors: ScenarioError[] = [];
  const tree = withOverrides(scenario.tree, overrides, errors);
  if (errors.length > 0) return { errors };
  return tree === scenario.tree ? { scenario } : checked(tree, scenario.file);
}

/** Every run of the scenario's sweep. */
export function expandSweep(scenario: Scenario): readonly SweepRun[] {
  return sweepRuns(scenario.tree);
}

/** As `overrideScenario`, but throws `ScenarioFailure`. */
export function overridden(scenario: Scenario, overrides: Readonly<Record<string, unknown>>): Scenario {
  const loaded = overrideScenario(scenario, overrides);
  if ('errors' in loaded) throw new ScenarioFailure(loaded.errors);
  return loaded.scenario;
}

function checked(tree: Tree, file: string): Loaded {
  const likeErrors: ScenarioError[] = [];
  const whole = resolveLikes(tree, likeErrors);
  if (whole.size > LIMITS.values) {
    const found = `${whole.size} values after like`;
    return { errors: [{ ...tree.at, path: '', found, expected: `at most ${LIMITS.values} values` }] };
  }
  const report = new Report(whole);
  report.errors.push(...likeErrors);
  const spec = readSpec(report);
  checkStore(report, spec);
  checkSensors(report, spec);
  checkShoppers(report, spec);
  checkExpect(report, spec);
  checkSweep(report);
  if (report.errors.length > 0) return { errors: inOrder(report.errors, file) };
  return { scenario: { file, name: spec.scenario, spec, warnings: inOrder(report.warnings, file), tree } };
}

/** Errors by file (the scenario's own first) and place, without repeats. */
function inOrder(errors: readonly ScenarioError[], file: string): ScenarioError[] {
  const rank = (error: ScenarioError) => (error.file === file ? '' : error.file);
  const sorted = [...errors].sort((a, b) => {
    const [fileA, fileB] = [rank(a), rank(b)];
    if (fileA !== fileB) return fileA < fileB ? -1 : 1;
    return a.line - b.line || a.column - b.column;
  });
  const keys = new Set<string>();
  return sorted.filter((error) => {
    const key = JSON.stringify(error);
    return !keys.has(key) && keys.add(key);
  });
}

/** Tries the values of each path alone; of a range only its ends, of a list the first hundred. */
function sweepErrors(scenario: Scenario): ScenarioError[] {
  const errors: ScenarioError[] = [];
  for (const [path, values] of sweptValues(scenario.tree)) {
    const isRange = at(scenario.tree, ['sweep', path])!.kind === 'leaf';
    const tried = isRange ? [...new Set([0, values.length - 1])] : [...values.keys()].slice(0, 100);
    for (const i of tried) {
      const loaded = overrideScenario(scenario, { [path]: values[i] });
      if (!('errors' in loaded)) continue;
      const place = positionOf(scenario.tree, isRange ? ['sweep', path] : ['sweep', path, i]);
      errors.push(...loaded.errors.map((error) => ({ ...error, ...place })));
    }
  }
  return inOrder(errors, scenario.file);
}
