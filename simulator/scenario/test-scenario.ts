import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenario, type Scenario } from './load-scenario.ts';
import { resolve } from './resolve.ts';
import type { Run } from './run.ts';
import { formatScenarioError } from './scenario-error.ts';

export const SCENARIOS = join(import.meta.dirname, '../../scenarios');

/** A small valid scenario; tests change single lines of it. */
export const SMALL = `scenario: small
version: 1
run: { seed: 7, start: 12:00, duration: 5min, warmup: 10s }
store:
  size: [8m, 6m]
  doors: { in: { at: [0m, 4m], gate: card }, out: { at: [0m, 1m] } }
  fixtures:
    G1: { type: gondola, at: [3m, 3m], facing: 90deg, length: 2.4m, shelves: [0.3m, 1.2m], plates: 12 }
    F1: { type: fridge, at: [6m, 2m], facing: 0deg, length: 1.8m, shelves: [1m], door: hinged }
  planogram:
    G1.1: [{ sku: tea, facings: 4, depth: 3 }]
    G1.2: [{ sku: cola, facings: 3, depth: 6 }, { sku: cola-zero, facings: 2, depth: 6 }]
    F1.1: [{ sku: "04012345678901", facings: 5, depth: 2 }]
catalog:
  cola: { price: 1.50 EUR, weight: { normal: [352g, 2g] }, size: [66mm, 66mm, 115mm] }
  cola-zero: { price: 1.50 EUR, weight: { normal: [339g, 2g] }, size: [66mm, 66mm, 115mm] }
  tea: { price: 2.20 EUR, weight: 120g, size: [80mm, 60mm, 140mm] }
  04012345678901: { price: 3.90 EUR, weight: 185g, size: [130mm, 70mm, 160mm] }
sensors:
  c1: { type: camera, at: [0.3m, 0.3m, 2.8m], look: [4m, 3m, 1m] }
  scales: { type: weight, on: "G1.*", per: plate }
  gate: { type: entry, on: in }
faults:
  - { type: blackout, on: c1, at: 4min, for: 30s }
shoppers:
  ana: { at: 40s, do: [{ take: cola, from: G1.2, sync: reach }, { leave: out }] }
  ben: { at: 42s, do: [{ take: tea, from: G1.1, sync: reach }, { leave: out }] }
expect:
  receipts: { ana: { cola: 1 }, ben: { tea: 1 } }
  metrics: { item-f1: ">= 99%" }
`;

export const noFiles = (path: string): string => {
  throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' });
};

/** A scenario from a text that must be valid. */
export function parsed(text: string, files: Readonly<Record<string, string>> = {}): Scenario {
  const loaded = parseScenario(text, 'small.yaml', (path) => files[path] ?? noFiles(path));
  if ('errors' in loaded) throw new Error(loaded.errors.map(formatScenarioError).join('\n'));
  return loaded.scenario;
}

/** The errors of a text, one line each; none if it is valid. */
export function errorsOf(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const loaded = parseScenario(text, 'small.yaml', (path) => files[path] ?? noFiles(path));
  return 'errors' in loaded ? loaded.errors.map(formatScenarioError) : [];
}

export function runOf(text: string, seed?: number): Run {
  return resolve(parsed(text), seed);
}

export function lunchText(): string {
  return readFileSync(join(SCENARIOS, 'lunch.shop.yaml'), 'utf8');
}
