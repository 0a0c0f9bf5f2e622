import { expect, test } from 'vitest';
import { parseSeeds } from './seeds.ts';
import { UserError } from './user-error.ts';

test('reads single seeds, ranges and lists, each once', () => {
  expect(parseSeeds('7')).toEqual([7]);
  expect(parseSeeds('1..3')).toEqual([1, 2, 3]);
  expect(parseSeeds('5, 1..2,2')).toEqual([5, 1, 2]);
});

test('says what it found when a seed is not one', () => {
  expect(() => parseSeeds('x')).toThrow('found "x"');
  expect(() => parseSeeds('3..1')).toThrow('smaller number first');
  expect(() => parseSeeds('1..99999999')).toThrow('at most 10000');
  expect(() => parseSeeds('99999999999999999999')).toThrow('at most 9007199254740991');
  for (const text of ['x', '3..1', '1..99999999']) expect(() => parseSeeds(text)).toThrow(UserError);
});
