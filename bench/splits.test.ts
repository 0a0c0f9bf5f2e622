import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { readSplit, SCENARIOS, type SplitName, seedsOf } from './splits.ts';

const NAMES: readonly SplitName[] = ['development', 'calibration', 'locked'];
const splits = NAMES.map((name) => ({ name, ...readSplit(name) }));

test('puts no file into two splits', () => {
  const seen = new Map<string, string>();
  for (const { name, files } of splits)
    for (const file of files) {
      expect(seen.get(file), `${relative(SCENARIOS, file)} in ${name}`).toBeUndefined();
      seen.set(file, name);
    }
});

test('puts no seed into two splits', () => {
  for (const one of splits)
    for (const other of splits)
      if (one.name !== other.name) expect(one.firstSeed > other.lastSeed || other.firstSeed > one.lastSeed).toBe(true);
});

test('has scenarios in every split, six or more of them locked', () => {
  for (const { files } of splits) expect(files.length).toBeGreaterThanOrEqual(6);
});

test('gives the first seeds of a split and no more than it has', () => {
  expect(seedsOf(readSplit('calibration'), 3)).toEqual([101, 102, 103]);
  expect(() => seedsOf(readSplit('locked'), 1000)).toThrow('expected at most');
});
