import { describe, expect, test } from 'vitest';
import { loadRun } from '../accuracy/run-case.ts';
import { scenariosIn } from '../splits.ts';
import { robustnessPage } from './page.ts';
import { changeRun, scaled } from './run-change.ts';
import { measureSweeps, SWEEPS, sweepText } from './sweeps.ts';

const [lab] = scenariosIn('robustness/lab.yaml');
const run = loadRun(lab!, 1);

describe('a changed run', () => {
  test('keeps ever larger subsets of the cameras', () => {
    const kept = [2, 3, 6, 12].map((cameras) => changeRun(run, { cameras }).cameras.map(({ id }) => id));
    expect(kept.map((ids) => ids.length)).toEqual([2, 3, 6, 12]);
    kept.slice(1).forEach((ids, i) => {
      expect(ids).toEqual(expect.arrayContaining(kept[i]!));
    });
  });

  test('is noisier everywhere by the factor, shares below one', () => {
    const loud = changeRun(run, { noiseFactor: 4 });
    expect(loud.scales[0]!.noise.whiteGrams).toEqual(scaled(run.scales[0]!.noise.whiteGrams, 4));
    expect(loud.cameras[0]!.noise.handPx).toBe(4 * run.cameras[0]!.noise.handPx);
    expect(loud.noise.commissioning.wrongSlots).toBe(4 * run.noise.commissioning.wrongSlots);
    expect(changeRun(run, { noiseFactor: 40 }).cameras[0]!.noise.handMiss).toBe(0.95);
    expect(loud.scales[0]!.noise.quantumGrams).toBe(run.scales[0]!.noise.quantumGrams);
  });

  test('is noisier only where told', () => {
    const loud = changeRun(run, { noiseFactor: 4, noiseOf: ['cameras'] });
    expect(loud.scales).toEqual(run.scales);
    expect(loud.noise.commissioning).toEqual(run.noise.commissioning);
    expect(loud.cameras[0]!.noise.handPx).toBe(4 * run.cameras[0]!.noise.handPx);
  });

  test('is the same run where nothing changes', () => {
    expect(changeRun(run, {})).toEqual(run);
  });
});

test('scales distributions by their sizes and refuses counts', () => {
  expect(scaled({ normal: { mean: 2, sd: 1 } }, 2)).toEqual({ normal: { mean: 4, sd: 2 } });
  expect(scaled({ uniform: { low: -1, high: 3 } }, 0.5)).toEqual({ uniform: { low: -0.5, high: 1.5 } });
  expect(() => scaled({ geometric: { mean: 3 } }, 2)).toThrow('expected a quantity');
});

test.each(SWEEPS)('resolves every point of the sweep over $name', ({ file, points }) => {
  for (const { overrides, change } of points) {
    const varied = changeRun(loadRun(scenariosIn(file)[0]!, 1, overrides), change);
    expect(varied.shoppers.length).toBeGreaterThan(0);
  }
});

test('plays a small sweep, prints it and draws it', async () => {
  const sweep = { ...SWEEPS[4]!, file: 'behaviours/01-one-item.yaml', points: SWEEPS[0]!.points.slice(0, 2) };
  const results = await measureSweeps([sweep], ['published', 'nearest-person'], [1], {
    workers: 1,
    cache: null,
    progress: () => {},
  });
  expect(results[0]!.curves.get('published')).toHaveLength(2);
  expect(sweepText(results)).toContain('nearest-person');
  expect(robustnessPage(results, 'test')).not.toMatch(/NaN|undefined/);
});
