import { describe, expect, test } from 'vitest';
import { errorsOf, parsed, SMALL } from '../test-scenario.ts';
import { merge, withoutNulls } from './merge.ts';
import { readYaml } from './read-yaml.ts';
import { plain, type Tree, treeOf } from './tree.ts';

function tree(text: string): Tree {
  const read = readYaml(text, 'a.yaml');
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  return read.tree;
}

function complaints(text: string): string[] {
  const read = readYaml(text, 'a.yaml');
  return 'errors' in read ? read.errors.map((e) => `${e.line}:${e.column} ${e.found}`) : [];
}

describe('reading YAML', () => {
  test('keeps GTINs, clock times and words as they are written', () => {
    const text = '{ 0401: 0402, 12:30: 12:00, on: off, yes: true, a: 1.50, b: 1.5, c: 5449000000996 }';
    expect(plain(tree(text))).toEqual({
      '0401': '0402',
      '12:30': '12:00',
      on: 'off',
      yes: true,
      a: '1.50',
      b: 1.5,
      c: 5449000000996,
    });
  });

  test('remembers where every value stands', () => {
    const root = tree('a:\n  b: [1, { c: x }]\n');
    if (root.kind !== 'dict') throw new Error('not a map');
    const a = root.entries.get('a')!;
    expect(a.keyAt).toEqual({ file: 'a.yaml', line: 1, column: 1 });
    if (a.value.kind !== 'dict') throw new Error('not a map');
    const b = a.value.entries.get('b')!.value;
    if (b.kind !== 'list' || b.items[1]?.kind !== 'dict') throw new Error('not a list of a map');
    expect(b.items[0]!.at).toMatchObject({ line: 2, column: 7 });
    expect(b.items[1].entries.get('c')!.value.at).toMatchObject({ line: 2, column: 15 });
  });

  test('resolves aliases', () => {
    expect(plain(tree('a: &x { b: 1 }\nc: *x\n'))).toEqual({ a: { b: 1 }, c: { b: 1 } });
  });

  test('takes an empty file for an empty map', () => {
    expect(plain(tree('# nothing\n'))).toEqual({});
  });

  test.each([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', '3:1 "a" a second time'],
    ['a second document', 'a: 1\n---\na: 2\n', '2:1 text that is not YAML'],
    ['a list at the top', '- a\n', '1:1 a list'],
    ['an alias inside its own anchor', 'a: &x [*x]\n', '1:8 *x before its anchor is complete'],
    ['a key that is a map', '{ a: 1 }: 2\n', '1:1 a key that is not plain text'],
    ['__proto__', 'a: { __proto__: 1 }\n', '1:6 a key that is not plain text'],
    ['an open bracket', 'a: [1, 2\nb: 3\n', '2:1 text that is not YAML'],
    ['ten thousand levels', `a: ${'['.repeat(10_000)}`, '1:1 very deep nesting'],
    ['a hundred levels', `a: ${'['.repeat(100)}${']'.repeat(100)}`, '1:68 very deep nesting'],
  ])('complains about %s', (_, text, expected) => {
    expect(complaints(text)[0]).toBe(expected);
  });

  test('stops at an alias bomb', () => {
    const lines = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`);
    expect(complaints(`a0: &a0 [1]\n${lines.join('\n')}\n`)[0]).toContain('more values than that');
  });
});

describe('merging', () => {
  const merged = (base: unknown, over: unknown) => {
    const at = { file: 'x', line: 1, column: 1 };
    return plain(merge(withoutNulls(treeOf(base, at)), treeOf(over, at)));
  };

  test('merges maps by key, replaces lists and values, deletes by null', () => {
    expect(merged({ a: { b: 1, c: 2 }, l: [1, 2], d: 3 }, { a: { c: 5, e: 6 }, l: [9], d: null })).toEqual({
      a: { b: 1, c: 5, e: 6 },
      l: [9],
    });
  });

  test('replaces a distribution by a distribution, but adds keys to other maps', () => {
    expect(merged({ weight: { normal: [1, 2] } }, { weight: { uniform: [0, 1] } })).toEqual({
      weight: { uniform: [0, 1] },
    });
    expect(merged({ arrive: { poisson: 1, profile: {} } }, { arrive: { poisson: 2 } })).toEqual({
      arrive: { poisson: 2, profile: {} },
    });
  });

  test('drops nulls that have nothing to delete', () => {
    expect(merged({}, { a: { b: null, c: 1 } })).toEqual({ a: { c: 1 } });
  });
});

describe('extending files', () => {
  test('merges files in order, this one last', () => {
    const files = {
      'a.yaml': `${SMALL}about: from a\n`,
      'b.yaml': 'about: from b\nrun: { seed: 8 }\n',
    };
    const { spec } = parsed('extends: [a.yaml, b.yaml]\nrun: { duration: 9min }\n', files);
    expect(spec.about).toBe('from b');
    expect(spec.run).toMatchObject({ seed: 8, duration: 540_000_000 });
  });

  test('finds files relative to the one that names them', () => {
    const files = { 'sub/a.yaml': 'extends: ../base.yaml\n', 'base.yaml': SMALL };
    expect(parsed('extends: sub/a.yaml\n', files).name).toBe('small');
  });

  test('puts an error where the value was written', () => {
    const files = { 'a.yaml': SMALL.replace('120g', '120x') };
    expect(errorsOf('extends: a.yaml\n', files)).toEqual([
      'a.yaml:17:35 catalog.tea.weight: found "120x", expected a mass such as 352g, at most 50kg (a bare number is in kilograms) or a distribution',
    ]);
  });

  test('notices circles and missing files', () => {
    expect(errorsOf('extends: a.yaml\n', { 'a.yaml': 'extends: [small.yaml]\n' })).toEqual([
      'a.yaml:1:11 extends: found a circle (small.yaml → a.yaml → small.yaml), expected files that end',
    ]);
    expect(errorsOf(`${SMALL}extends: [x.yaml, 3]\n`)).toEqual([
      'small.yaml:31:11 extends: found "x.yaml" (no such file), expected a file that can be read, relative to this one',
      'small.yaml:31:19 extends: found 3, expected the path of a scenario file',
    ]);
  });

  test('reads at most 64 files', () => {
    const all: Record<string, string> = { 'base.yaml': 'about: x\n' };
    const doubling = Array.from(
      { length: 12 },
      (_, i) => [`f${i}.yaml`, `extends: [f${i + 1}.yaml, f${i + 1}.yaml]\n`] as const,
    );
    for (const [name, text] of doubling) all[name] = text;
    all['f12.yaml'] = 'about: x\n';
    expect(errorsOf('extends: f0.yaml\n', all)[0]).toContain('more than 64 files');
  });
});

describe('like', () => {
  test('starts an entry from another of its collection', () => {
    const { spec } = parsed(SMALL.replace('gate: {', 'c2: { like: c1, rate: 5Hz, at: [7m, 5m, 2.8m] }\n  gate: {'));
    expect(spec.sensors.get('c2')).toMatchObject({ type: 'camera', look: [4, 3, 1], at: [7, 5, 2.8], rate: 5 });
  });

  test('notices circles and unknown names', () => {
    const text = SMALL.replace('gate: {', 'c2: { like: c3 }\n  c3: { like: c2 }\n  c4: { like: c9 }\n  gate: {');
    const errors = errorsOf(text);
    expect(errors.some((e) => e.startsWith('small.yaml:22:15 sensors.c2.like: found a circle'))).toBe(true);
    expect(errors).toContain(
      'small.yaml:24:15 sensors.c4.like: found "c9", expected one of c1, scales, c2, c3, c4, gate (did you mean "c1"?)',
    );
  });
});
