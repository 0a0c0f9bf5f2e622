import { expect, test } from 'vitest';
import type { ProductPlan } from '../../scenario/run.ts';
import { frontStyle } from '../fronts/front-style.ts';
import { packageShape } from './package-shape.ts';

function product(name: string, sizeM: readonly [number, number, number]): ProductPlan {
  const rest = { priceMinor: 100, currency: 'EUR', weightGrams: { fixed: 1 }, catalogueGrams: null, restriction: null };
  return { sku: name, name, sizeM, sellBy: 'each', multipack: null, ...rest };
}

test.each([
  ['Cola can 0.33 l', [0.066, 0.066, 0.115], 'can'],
  ['Still water 0.5 l', [0.063, 0.063, 0.215], 'bottle'],
  ['Shampoo 250 ml', [0.07, 0.045, 0.19], 'bottle'],
  ['Chocolate 100 g milk', [0.078, 0.012, 0.16], 'box'],
  ['Crisps salted 150 g', [0.15, 0.07, 0.255], 'bag'],
  ['Whole milk 1 l', [0.072, 0.072, 0.2], 'carton'],
  ['Pesto jar 190 g', [0.065, 0.065, 0.105], 'jar'],
  ['Yoghurt plain 150 g', [0.075, 0.075, 0.075], 'cup'],
  ['Sushi box salmon', [0.15, 0.1, 0.045], 'tray'],
  ['Apple', [0.075, 0.075, 0.075], 'fruit'],
  ['Muesli 500 g', [0.1, 0.07, 0.23], 'box'],
] as const)('packs %s as a person would expect', (name, sizeM, shape) => {
  expect(packageShape(product(name, sizeM))).toBe(shape);
});

test('gives variants of a product one design and different accents or words', () => {
  const size = [0.065, 0.065, 0.23] as const;
  const styles = ['classic', 'zero', 'cherry', 'lime'].map((kind) => frontStyle(product(`Cola 0.5 l ${kind}`, size)));
  for (const style of styles) {
    expect([style.base, style.label, style.ink, style.pattern, style.brand]).toEqual([
      styles[0].base,
      styles[0].label,
      styles[0].ink,
      styles[0].pattern,
      'Cola',
    ]);
  }
  expect(new Set(styles.map((style) => style.variant)).size).toBe(4);
});
