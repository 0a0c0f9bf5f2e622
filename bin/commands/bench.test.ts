import { afterEach, expect, test, vi } from 'vitest';
import { benchCommand } from './bench.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** What a benchmark prints. */
async function printed(...words: string[]): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void lines.push(text));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  await benchCommand().exitOverride().parseAsync(words, { from: 'user' });
  return lines.join('\n');
}

test('prints memory through a stretch of the day and how it grows', async () => {
  const text = await printed('soak', '--hours', '0.03', '--every', '0.01');
  expect(text).toMatch(/heap MiB/);
  expect(text).toMatch(/growth: heap -?\d+ KiB\/h/);
});

test('compares two methods on one suite and prints them as JSON', async () => {
  const text = await printed(
    ...['accuracy', '--suites', 'behaviours/01-one-item.yaml', '--seeds', '1', '--no-cache'],
    ...['--workers', '1', '--methods', 'published; nearest-person', '--json'],
  );
  const { suites } = JSON.parse(text) as { suites: { suite: string; figures: unknown[] }[] };
  expect(suites.map(({ suite, figures }) => [suite, figures.length])).toEqual([['behaviours/01-one-item.yaml', 2]]);
});

test('says what it expected where it is asked for nonsense', async () => {
  await expect(printed('accuracy', '--methods', 'magic')).rejects.toThrow('expected one of published');
  await expect(printed('accuracy', '--seeds', 'many')).rejects.toThrow('expected a number');
  await expect(printed('robustness', '--sweeps', 'weather')).rejects.toThrow('expected one of noise');
  await expect(printed('calibrate', '--seeds', '0')).rejects.toThrow('whole number');
  await expect(printed('soak', '--hours', '-1')).rejects.toThrow('hours above 0');
});
