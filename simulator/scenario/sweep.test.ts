import { describe, expect, test } from 'vitest';
import { expandSweep } from './load-scenario.ts';
import { resolvePath } from './override.ts';
import { resolve } from './resolve.ts';
import { errorsOf, parsed, SMALL } from './test-scenario.ts';
import { treeOf } from './yaml/tree.ts';

const swept = (sweep: string) => parsed(`${SMALL}sweep: ${sweep}\n`);

describe('sweeps', () => {
  test('run every combination, the last path fastest', () => {
    const runs = expandSweep(swept('{ run.seed: 1..2, sensors.scales.noise.white: [0.5g, 5g], faults: [[], "@all"] }'));
    expect(runs).toHaveLength(8);
    expect(runs[1]).toEqual({
      overrides: { 'run.seed': 1, 'sensors.scales.noise.white': '0.5g', faults: '@all' },
      label: 'run.seed=1 sensors.scales.noise.white=0.5g faults=@all',
    });
  });

  test('change what they name and nothing else', () => {
    const scenario = swept('{ sensors.scales.noise.white: [0.5g], faults: [[], "@all"] }');
    const [without, withFaults] = expandSweep(scenario).map(({ overrides }) => resolve(scenario, undefined, overrides));
    expect(without!.faults).toEqual([]);
    expect(withFaults!.faults).toHaveLength(1);
    expect(withFaults!.scales[0]!.noise.whiteGrams).toEqual({ fixed: 0.5 });
    expect({ ...without!, faults: [] }).toEqual({ ...withFaults!, faults: [] });
  });

  test('count in steps', () => {
    expect(expandSweep(swept('{ run.seed: 0..100..25 }')).map(({ overrides }) => overrides['run.seed'])).toEqual([
      0, 25, 50, 75, 100,
    ]);
  });

  test('are one run where there is none', () => {
    expect(expandSweep(parsed(SMALL))).toEqual([{ overrides: {}, label: '' }]);
  });

  test('are checked when the file is read, where the value stands', () => {
    expect(errorsOf(`${SMALL}sweep: { run.seed: [1, x], sensors.c1.rat: [5Hz] }\n`)).toEqual([
      'small.yaml:31:24 run.seed: found "x", expected a whole number from 0 to 9007199254740991',
      expect.stringContaining('small.yaml:31:45 sensors.c1.rat: found unknown key "rat"'),
    ]);
    expect(errorsOf(`${SMALL}sweep: { run.seed: 5..1, run.tick: [] }\n`)).toHaveLength(2);
  });
});

describe('dotted paths', () => {
  const tree = treeOf(
    { store: { planogram: { 'G1.2': [{ facings: 1 }] } }, faults: [{ rate: 1 }], 'a.b': { c: 1 } },
    { file: 'x', line: 1, column: 1 },
  );

  test.each([
    ['store.planogram.G1.2.0.facings', ['store', 'planogram', 'G1.2', 0, 'facings']],
    ['faults.0.rate', ['faults', 0, 'rate']],
    ['a.b.c', ['a.b', 'c']],
    ['run.seed', ['run', 'seed']],
  ])('find %s', (dotted, path) => {
    expect(resolvePath(tree, dotted)).toEqual(path);
  });

  test.each(['faults.1.rate', 'faults.x', 'a.b.c.d', 'a..b', '', '__proto__.x'])('refuse %s', (dotted) => {
    expect(resolvePath(tree, dotted)).toBeUndefined();
  });
});
