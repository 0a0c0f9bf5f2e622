import type { printAtlas } from '../../simulator/render/fronts/atlas.ts';
import { frontStyle } from '../../simulator/render/fronts/front-style.ts';
import { Dice } from './dice.ts';

/** A product as the simulator's painter wants it. */
export type PackagePlan = Parameters<typeof printAtlas>[0][number];

/** A kind of package: words of its name that give its shape away, and its size in millimetres. */
interface PackageKind {
  readonly words: string;
  readonly size: readonly [number, number, number];
  /** Width and depth are one diameter. */
  readonly round?: boolean;
}

const kinds: readonly PackageKind[] = [
  { words: 'drink can', size: [66, 66, 115], round: true },
  { words: 'drink can', size: [66, 66, 168], round: true },
  { words: 'energy', size: [53, 53, 135], round: true },
  { words: 'water', size: [65, 65, 215], round: true },
  { words: 'lemonade', size: [65, 65, 230], round: true },
  { words: 'wine', size: [80, 80, 300], round: true },
  { words: 'shampoo', size: [62, 62, 190], round: true },
  { words: 'jam', size: [75, 75, 110], round: true },
  { words: 'pesto', size: [65, 65, 105], round: true },
  { words: 'sauce', size: [72, 72, 140], round: true },
  { words: 'yoghurt', size: [73, 73, 78], round: true },
  { words: 'skyr', size: [100, 100, 95], round: true },
  { words: 'juice', size: [70, 70, 235] },
  { words: 'oat drink', size: [72, 72, 200] },
  { words: 'crisps', size: [160, 60, 210] },
  { words: 'gummies', size: [130, 45, 170] },
  { words: 'pasta 500', size: [90, 55, 240] },
  { words: 'rice', size: [100, 60, 190] },
  { words: 'ground coffee', size: [85, 60, 160] },
  { words: 'flakes', size: [190, 70, 290] },
  { words: 'muesli', size: [100, 70, 230] },
  { words: 'tea', size: [125, 65, 70] },
  { words: 'biscuits', size: [200, 60, 70] },
  { words: 'bar', size: [120, 35, 25] },
  { words: 'slices', size: [125, 15, 165] },
  { words: 'bar', size: [77, 10, 160] },
  { words: 'sandwich', size: [130, 67, 155] },
  { words: 'sushi', size: [150, 100, 45] },
  { words: 'pizza', size: [260, 260, 35] },
  { words: 'berries', size: [120, 90, 60] },
  { words: 'butter', size: [100, 65, 40] },
  { words: 'tissues', size: [210, 110, 90] },
];

/** About half of these have a colour of their own wherever they are printed. */
const variants = (
  'cherry strawberry tomato hot chilli lemon citrus banana vanilla pineapple orange peach apricot carrot paprika mango ' +
  'mint lime apple basil olive classic original salt zero dark espresso strong chocolate nut blueberry grape plum plain ' +
  'natural mild light pear melon raspberry cassis ginger honey oat rye truffle garlic onion smoked grilled cheddar gouda ' +
  'ham chicken tuna falafel herb lavender rose jasmine cactus guava lychee fig date almond pistachio coconut caramel ' +
  'toffee maple cinnamon quinoa lentil spelt corn sesame wasabi teriyaki barista decaf extra fine crunchy creamy'
).split(' ');
const consonants = 'b br c d f fl g gr h j k kl l m n p pr r s st t tr v w z'.split(' ');
const vowels = 'a e i o u ai au ei io oo y'.split(' ');

/**
 * Generated products: families of two to five variants in the same package under one brand. Another seed gives other
 * brands and so other designs; equal seeds give the same list, longer lists begin with shorter ones.
 */
export function generatePackages(seed: number, count: number): PackagePlan[] {
  const plans: PackagePlan[] = [];
  for (let family = 0; plans.length < count; family++) {
    const dice = new Dice(seed, 'package', family);
    const kind = dice.pick(kinds);
    const brand = brandName(dice);
    const stretch = [dice.between(0.88, 1.12), dice.between(0.88, 1.12), dice.between(0.88, 1.12)];
    if (kind.round || kind.size[0] === kind.size[1]) stretch[1] = stretch[0];
    const sizeM = kind.size.map((mm, k) => Math.round(mm * stretch[k]) / 1000) as [number, number, number];
    const wanted = Math.min(2 + dice.below(4), count - plans.length);
    const words = new Set<string>();
    while (words.size < wanted) words.add(dice.pick(variants));
    for (const word of words) plans.push(planOf(`${brand} ${kind.words} ${word}`, sizeM, plans.length));
  }
  return plans;
}

/** Family of a product: what its look-alikes have in common. */
export function familyOf(plan: PackagePlan): string {
  return `${plan.name.split(' ')[0]}/${plan.sizeM.join('x')}`;
}

/** Whether two look-alikes differ in colour, not in small words alone. */
export function differInColour(a: PackagePlan, b: PackagePlan): boolean {
  const [one, other] = [frontStyle(a).accent, frontStyle(b).accent];
  return one.some((level, k) => Math.abs(level - other[k]) > VISIBLE_LEVELS);
}

/** Less than this of 255 in every channel is nothing a camera in a shop can count on. */
const VISIBLE_LEVELS = 32;

function brandName(dice: Dice): string {
  let name = '';
  for (let n = 2 + dice.below(2); n > 0; n--) name += dice.pick(consonants) + dice.pick(vowels);
  return name[0].toUpperCase() + name.slice(1);
}

function planOf(name: string, sizeM: [number, number, number], index: number): PackagePlan {
  return {
    sku: `generated-${index}`,
    name,
    priceMinor: 100,
    currency: 'EUR',
    weightGrams: { fixed: 100 },
    catalogueGrams: null,
    sizeM,
    sellBy: 'each',
    multipack: null,
    restriction: null,
  };
}
