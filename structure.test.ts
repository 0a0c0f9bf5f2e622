/**
 * Keeps the house in order: who may import whom, no cycles, no dead files, no loose ends.
 * The rule is exactly what this file checks; the reasons stand in ARCHITECTURE.md.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';
import { expect, test } from 'vitest';

const root = dirname(fileURLToPath(import.meta.url));
const folders = ['engine', 'models', 'simulator', 'bench', 'api', 'bin'];

interface Import {
  readonly from: string;
  /** Path from the root, or the package's name. */
  readonly to: string;
  readonly typesOnly: boolean;
}

function listSources(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      if (statSync(join(root, path)).isDirectory()) return listSources(path);
      return /\.(ts|js)$/.test(name) ? [path] : [];
    });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const target = (specifier: string) =>
    specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier;
  const found: Import[] = [];
  const { program } = parse(text, { sourceType: 'module', plugins: ['typescript'], sourceFilename: file });
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') {
      const { importKind, specifiers, source } = statement;
      const types = specifiers.filter((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      const typesOnly = importKind === 'type' || (specifiers.length > 0 && types.length === specifiers.length);
      found.push({ from: file, to: target(source.value), typesOnly });
    } else if (statement.type === 'ExportAllDeclaration' || statement.type === 'ExportNamedDeclaration') {
      if (!statement.source) continue;
      found.push({ from: file, to: target(statement.source.value), typesOnly: statement.exportKind === 'type' });
    }
  }
  // Dynamic imports and workers name their file in a string: `import('./x.ts')`, `new URL('./x.ts', import.meta.url)`.
  for (const match of text.matchAll(/(?:import\(|new URL\()\s*'(\.[^']+\.(?:ts|js))'/g)) {
    found.push({ from: file, to: target(match[1]!), typesOnly: false });
  }
  return found;
}

const sources = folders.flatMap(listSources);
/** Tests, and what only tests use: `x.test.ts`, `test-x.ts`, and folders named `testing`. */
const isTest = (file: string) => /\.test\.ts$|\/test-[a-z-]+\.ts$|\/testing\//.test(file);
const code = sources.filter((file) => !isTest(file));
const imports = sources.flatMap(importsOf);
const codeImports = imports.filter((i) => !isTest(i.from));
const folderOf = (file: string) => file.split('/')[0]!;
const stageOf = (file: string) => file.split('/').slice(0, 2).join('/');

/** Contract files of the engine: what may enter, what is known, what may leave. */
const engineContracts = ['engine/readings.ts', 'engine/store.ts', 'engine/cart.ts'];
const engineCommons = ['engine/geometry', 'engine/maths'];
/** Stages in data order; a stage may use types of the stage before it. */
const engineStages = [
  'engine/ingest',
  'engine/perception',
  'engine/tracking',
  'engine/shelves',
  'engine/attribution',
  'engine/ledger',
];

/** Says what is wrong with an import between our own files, or null. */
function complaint({ from, to, typesOnly }: Import): string | null {
  const source = folderOf(from);
  const target = folderOf(to);
  if (source === 'bin' || source === 'bench') return null;
  if (target === 'bin' || target === 'bench') return `only bin and bench may import ${target}`;
  if (source === 'models' && target !== 'models') {
    if (from.startsWith('models/train/') && target === 'simulator') return null;
    return 'models import nothing of ours, but training draws with the simulator';
  }
  if (source === 'api' && target !== 'api' && to !== 'engine/index.ts') return 'api sees the engine by its index only';
  if (source === 'engine' && !['engine', 'models'].includes(target)) return 'the engine imports only engine and models';
  if (source === 'simulator' && target === 'api') {
    if (stageOf(from) === 'simulator/viewer' && to === 'api/live.ts') return null;
    return "only the viewer knows the gateway, by the live feed's format";
  }
  if (source === 'simulator' && target === 'engine') {
    if (stageOf(from) === 'simulator/viewer' && typesOnly && to === 'engine/index.ts') return null;
    if (['engine/readings.ts', 'engine/store.ts'].includes(to)) return null;
    return 'the simulator knows only readings.ts and store.ts of the engine';
  }
  if (source === 'engine' && engineStages.includes(stageOf(from))) {
    if (stageOf(from) === stageOf(to) || engineContracts.includes(to) || target === 'models') return null;
    if (engineCommons.includes(stageOf(to))) return null;
    const before = engineStages.indexOf(stageOf(to));
    if (typesOnly && before >= 0 && before < engineStages.indexOf(stageOf(from))) return null;
    return 'a stage imports its own files, geometry, maths, the contracts, and types of earlier stages';
  }
  return null;
}

test('finds the sources it is meant to check', () => {
  expect(sources.length).toBeGreaterThan(10);
  expect(imports.length).toBeGreaterThan(20);
});

test('keeps imports inside the rules of the architecture', () => {
  const ours = codeImports.filter((i) => folders.includes(folderOf(i.to)));
  const bad = ours.flatMap((i) => {
    const why = complaint(i);
    return why ? [`${i.from} → ${i.to}: ${why}`] : [];
  });
  expect(bad).toEqual([]);
});

test('notices an import that breaks a rule', () => {
  expect(complaint({ from: 'engine/engine.ts', to: 'simulator/random.ts', typesOnly: false })).toContain('engine');
  expect(complaint({ from: 'simulator/simulate.ts', to: 'engine/engine.ts', typesOnly: true })).toContain('simulator');
  expect(complaint({ from: 'engine/shelves/a.ts', to: 'engine/ledger/b.ts', typesOnly: true })).toContain('stage');
});

test('has no cycles among value imports', () => {
  const next = new Map<string, string[]>();
  for (const { from, to, typesOnly } of codeImports) {
    if (!typesOnly) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, path: string[]) => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of code) visit(file, []);
  expect(cycles).toEqual([]);
});

test('has no file that nothing reaches', () => {
  // The viewer's door is named in its page.
  const doors = [
    'bin/aisle.js',
    'bin/setup.js',
    'bin/pinned.js',
    'bin/aisle.ts',
    'engine/index.ts',
    'simulator/viewer/main.ts',
  ];
  const reached = new Set(doors);
  const queue = [...doors, ...code.filter((file) => file.startsWith('bench/'))];
  while (queue.length > 0) {
    const file = queue.pop()!;
    for (const { from, to } of codeImports) {
      if (from === file && !reached.has(to)) {
        reached.add(to);
        queue.push(to);
      }
    }
  }
  expect(code.filter((file) => !reached.has(file) && !file.startsWith('bench/'))).toEqual([]);
});

test('keeps the simulation core free of functions that differ between JavaScript engines', () => {
  const banned =
    /Math\.(sin|cos|tan|asin|acos|atan2?|sinh|cosh|tanh|exp|expm1|log|log2|log10|log1p|pow|hypot|cbrt|random)\(/;
  const bad = code
    .filter((file) => file.startsWith('simulator/') && !file.startsWith('simulator/viewer/'))
    .filter((file) => banned.test(readFileSync(join(root, file), 'utf8')));
  expect(bad).toEqual([]);
});

test('lets the engine read no clock and roll no dice', () => {
  const banned = /\bDate\.now\(|new Date\(\)|performance\.now\(|Math\.random\(|process\.hrtime/;
  const bad = code
    .filter((file) => file.startsWith('engine/'))
    .filter((file) => banned.test(readFileSync(join(root, file), 'utf8')));
  expect(bad).toEqual([]);
});

test('leaves no loose ends in the sources', () => {
  const words = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', '\\.only\\('].join('|'));
  const bad = sources.filter((file) => words.test(readFileSync(join(root, file), 'utf8')));
  expect(bad).toEqual([]);
});

test('names files in kebab case', () => {
  const bad = sources.filter((file) => !/^[a-z0-9-]+(\.(test|worker|bench))?\.(ts|js)$/.test(file.split('/').at(-1)!));
  expect(bad).toEqual([]);
});
