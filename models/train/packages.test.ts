import { expect, test } from 'vitest';
import { familyOf, generatePackages } from './packages.ts';

test('gives the same products for a seed, and a longer list begins with a shorter one', () => {
  expect(generatePackages(5, 40)).toEqual(generatePackages(5, 40));
  const names = generatePackages(5, 90).map(({ name }) => name);
  expect(names.slice(0, 38)).toEqual(
    generatePackages(5, 40)
      .map(({ name }) => name)
      .slice(0, 38),
  );
});

test('gives look-alikes: families of two to five variants, but for a last one cut short', () => {
  const sizes = new Map<string, number>();
  const plans = generatePackages(6, 200);
  for (const plan of plans) sizes.set(familyOf(plan), (sizes.get(familyOf(plan)) ?? 0) + 1);
  for (const size of [...sizes.values()].slice(0, -1)) expect(size >= 2 && size <= 5).toBe(true);
  expect(new Set(plans.map(({ name }) => name)).size).toBe(200);
});

test('shares no brand between the products of training and those of the final test', () => {
  const brands = (seed: number, count: number) =>
    new Set(generatePackages(seed, count).map(({ name }) => name.split(' ')[0]));
  const shared = brands(1001, 2048).intersection(brands(700_001, 512));
  expect(shared.size).toBeLessThan(4);
});
