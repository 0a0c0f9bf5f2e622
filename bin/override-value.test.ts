import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overrideArguments, parseOverrideValue } from './override-value.ts';

test('reads values as a scenario file has them', () => {
  expect(parseOverrideValue('3g')).toBe('3g');
  expect(parseOverrideValue('0.5')).toBe(0.5);
  expect(parseOverrideValue('04012345678901')).toBe('04012345678901');
  expect(parseOverrideValue('null')).toBe(null);
  expect(parseOverrideValue('[8m, 6m]')).toEqual(['8m', '6m']);
  expect(parseOverrideValue('{ normal: [352g, 2g] }')).toEqual({ normal: ['352g', '2g'] });
  expect(parseOverrideValue('"7"')).toBe('7');
  expect(parseOverrideValue('12:05')).toBe('12:05');
  expect(parseOverrideValue('@all')).toBe('@all');
});

test('takes text that is no YAML value as it is', () => {
  for (const text of ['', 'a: b', '[8m', 'x\ny: z']) expect(parseOverrideValue(text)).toBe(text);
});

test('writes arguments that a shell and the parser read back to the same values', () => {
  const value = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.integer(),
    fc.constantFrom('7', 'null', "it's", '[]', '0.5g'),
  );
  const key = fc.string().filter((text) => text !== '__proto__');
  const nested = fc.oneof(fc.array(value, { maxLength: 3 }), fc.dictionary(key, value));
  const values = fc.array(fc.oneof(value, nested), { minLength: 1 });
  fc.assert(
    fc.property(values, (list) => {
      const overrides = Object.fromEntries(list.map((one, i) => [`k${i}`, one]));
      const words = shellWords(overrideArguments(overrides)).filter((word) => word !== '--set');
      const read = words.map((word) => parseOverrideValue(word.slice(word.indexOf('=') + 1)));
      expect(read).toEqual(list.map((one) => JSON.parse(JSON.stringify(one))));
    }),
    { numRuns: 40 },
  );
});

function shellWords(text: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0'${text}`], { encoding: 'utf8' });
  return stdout.split('\0').slice(0, -1);
}
