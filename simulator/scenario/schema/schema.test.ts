import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { METRICS, metricNames, metricOf } from './expect-schema.ts';
import { SCHEMA_FILE, scenarioJsonSchema, schemaText } from './json-schema.ts';
import { matchesGlob } from './names.ts';

describe('the published schema', () => {
  test('is the one the parser uses', () => {
    expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(schemaText());
  });

  test('defines everything it refers to', () => {
    const text = JSON.stringify(scenarioJsonSchema());
    const { definitions } = scenarioJsonSchema() as { definitions: Record<string, unknown> };
    const names = [...text.matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(100);
    for (const name of names) expect(Object.keys(definitions)).toContain(name);
  });

  test('describes every verb with its own keys', () => {
    const text = JSON.stringify(scenarioJsonSchema());
    for (const verb of ['walk', 'take', 'split-pack', 'change-clothes', 'leave']) {
      expect(text).toContain(`"required":["${verb}"`);
    }
  });
});

describe('metric names', () => {
  test('are the JSON names in kebab-case, with three short ones', () => {
    expect(metricOf('item-f1')).toBe('itemF1');
    expect(metricOf('receipt-accuracy')).toBe('exactCartRate');
    expect(metricOf('receipt-delay.p95')).toBe('receiptDelaySecondsP95');
    expect(metricOf('receipt-delay-seconds-p50')).toBe('receiptDelaySecondsP50');
    expect(metricOf('itemF1')).toBeUndefined();
    expect(metricOf('item')).toBeUndefined();
  });

  test('all stand for a score', () => {
    expect(new Set(metricNames.map(metricOf))).toEqual(new Set(Object.keys(METRICS)));
  });
});

test('globs match like the regular expressions they stand for', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 });
  fc.assert(
    fc.property(part, part, (glob, name) => {
      const regex = new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
      expect(matchesGlob(glob, name)).toBe(regex.test(name));
    }),
    { numRuns: 500 },
  );
});
