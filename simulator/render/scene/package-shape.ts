import type { ProductPlan } from '../../scenario/run.ts';
import type { ShapeName } from './shapes.ts';

/** Words of a product's name that give its package away; the first that fits counts. */
const byWord: readonly (readonly [RegExp, ShapeName])[] = [
  [/\b(apple|orange|pear|banana|lemon|peach)$/i, 'fruit'],
  [/\bbag\b|crisps|chips|popcorn|nuts\b|peanuts|gummies|pouch|mozzarella|toast|rolls|croissant|wipes|sponges/i, 'bag'],
  [/soup mix|pasta 500|spaghetti|penne|rice|waffles|cookies|coffee 250|ground coffee/i, 'bag'],
  [/jar|jam|honey|spread|pesto|olives|pickles|sauce|mustard|spices|pepper$|salt\b/i, 'jar'],
  [/yoghurt|skyr|\bcup\b|cup noodles|hummus|soup fresh|muffin/i, 'cup'],
  [/milk 1|milk 0|whole milk|oat drink|juice/i, 'carton'],
  [/\bcan\b|iced coffee|energy/i, 'can'],
  [/water|\bcola\b|lemonade|tea 0|beer|\bwine|\boil\b|vinegar|ketchup|smoothie|bottle|shampoo|gel\b|soap/i, 'bottle'],
];

/** Heights below this share of the smaller side lie flat with the print on top. */
const FLAT = 0.75;

/** The package a product comes in, guessed from its name and size as a person would. */
export function packageShape(product: ProductPlan): ShapeName {
  const [width, depth, height] = product.sizeM;
  if (product.multipack !== null) return 'box';
  const isRound = Math.abs(width - depth) < 0.1 * width;
  const isUpright = height > width && depth > 0.5 * width;
  for (const [word, shape] of byWord) {
    if (!word.test(product.name)) continue;
    if (shape === 'bag' || shape === 'carton') return shape;
    if (isRound || (shape === 'bottle' && isUpright)) return shape;
  }
  if (height < FLAT * Math.min(width, depth)) return 'tray';
  if (isRound && product.sellBy === 'weighed') return 'fruit';
  return 'box';
}
