import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScenario } from './load-scenario.ts';
import { resolve } from './resolve.ts';
import { lunchText, SCENARIOS, SMALL } from './test-scenario.ts';

const readScenarioFile = (path: string) => readFileSync(`${SCENARIOS}/${path.replace(/^.*\//, '')}`, 'utf8');

const STRANGE = [
  '',
  ' ',
  '\t',
  '\0',
  '- ',
  ': ',
  '{',
  ']',
  '"',
  '#',
  '&a ',
  '*a',
  '!!set ',
  '<<: ',
  'null',
  '~',
  'true',
  '-1',
  '0',
  '1e308',
  '1e999',
  '.nan',
  '.inf',
  '999999999999999999999',
  '1000000000/s',
  '99999h',
  '0..999999999',
  '@all',
  '__proto__',
  'constructor',
  'ö\u{1f642}\u2028',
  '[[[[[[[[',
  '{ normal: [1, 2] }',
  '{ poisson: 1e9 }',
  'extends: small.yaml',
];

/** One change to a text: characters, lines or values deleted, doubled, swapped or replaced. */
const mutation = fc.record({
  kind: fc.constantFrom(
    'delete',
    'double',
    'insert',
    'replace',
    'delete line',
    'double line',
    'swap lines',
    'value',
    'cut',
  ),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  to: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  length: fc.integer({ min: 1, max: 30 }),
  strange: fc.constantFrom(...STRANGE),
});

function mutated(
  text: string,
  { kind, at, to, length, strange }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): string {
  const i = Math.floor(at * text.length);
  const lines = text.split('\n');
  const line = Math.floor(at * lines.length);
  const other = Math.floor(to * lines.length);
  switch (kind) {
    case 'delete':
      return text.slice(0, i) + text.slice(i + length);
    case 'double':
      return text.slice(0, i + length) + text.slice(i);
    case 'insert':
      return text.slice(0, i) + strange + text.slice(i);
    case 'replace':
      return text.slice(0, i) + strange + text.slice(i + strange.length);
    case 'delete line':
      return lines.filter((_, k) => k !== line).join('\n');
    case 'double line':
      return lines.flatMap((l, k) => (k === line ? [l, l] : [l])).join('\n');
    case 'swap lines':
      return lines.map((l, k) => (k === line ? lines[other]! : k === other ? lines[line]! : l)).join('\n');
    case 'cut':
      return text.slice(0, i);
    default: {
      const values = [...text.matchAll(/[\w.%"/-]+/g)];
      const value = values[Math.floor(at * values.length)];
      if (!value) return strange;
      return text.slice(0, value.index) + strange + text.slice(value.index + value[0].length);
    }
  }
}

test('loads or explains every one of 200 mutated files, and resolves what it loads', () => {
  let loadedOnes = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(SMALL, lunchText()),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (base, changes) => {
        const text = changes.reduce(mutated, base);
        const loaded = parseScenario(text, 'small.yaml', readScenarioFile);
        if ('scenario' in loaded) {
          loadedOnes += 1;
          expect(resolve(loaded.scenario).shoppers.length).toBeLessThanOrEqual(100_000);
          return;
        }
        refused += 1;
        expect(loaded.errors.length).toBeGreaterThan(0);
        for (const { file, line, column, found, expected } of loaded.errors) {
          expect(file).toMatch(/\.yaml$/);
          expect(line).toBeGreaterThanOrEqual(1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(found).not.toBe('');
          expect(expected).not.toMatch(/^$|Invalid input|undefined/);
        }
      },
    ),
    { numRuns: 200, seed: 20_261_121 },
  );
  expect(loadedOnes).toBeGreaterThan(5);
  expect(refused).toBeGreaterThan(50);
});
