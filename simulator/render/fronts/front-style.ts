import { RandomStream } from '../../random.ts';
import type { ProductPlan } from '../../scenario/run.ts';
import { hsv, type Rgb } from './canvas.ts';

/** How a product's front looks. Variants of one product share all but the accent, or all but the words. */
export interface FrontStyle {
  readonly base: Rgb;
  readonly label: Rgb;
  readonly accent: Rgb;
  readonly ink: Rgb;
  readonly pattern: 'band' | 'stripes' | 'disc' | 'plain' | 'corner';
  readonly brand: string;
  readonly variant: string;
}

/** Flavours have their colours all over the world. */
const flavours: readonly (readonly [RegExp, Rgb])[] = [
  [/cherry|strawberr|red|tomato|hot|chilli|salami/i, [205, 30, 45]],
  [/lemon|citrus|butter|yellow|banana|vanilla|pine/i, [245, 208, 40]],
  [/orange|peach|apricot|carrot|paprika|mango|pumpkin/i, [242, 130, 30]],
  [/mint|green|lime|apple|herb|basil|forest|olive/i, [60, 160, 70]],
  [/blue|sea|salt|classic|whole|original/i, [35, 85, 170]],
  [/zero|dark|black|espresso|strong/i, [35, 32, 34]],
  [/chocolate|cocoa|nut|coffee|bean/i, [110, 66, 36]],
  [/berry|grape|plum/i, [110, 45, 130]],
  [/plain|white|natural|mild|light/i, [235, 232, 222]],
];

/** Design shared by a family of products, and what is the variant's own. No scenario's seed changes a package. */
export function frontStyle(product: ProductPlan): FrontStyle {
  const words = product.name.split(' ').filter((word) => !/^[\d.,]+$|^(g|kg|l|ml|pack)$/i.test(word));
  const brand = words[0] ?? product.sku;
  const variant = words.slice(1).join(' ');
  const family = new RandomStream(0, `front/${brand}/${product.sizeM.join('x')}`);
  const hue = family.uniform();
  const isPale = family.chance(0.3);
  const base = isPale ? hsv(hue, 0.12, 0.94) : hsv(hue, 0.5 + 0.4 * family.uniform(), 0.45 + 0.45 * family.uniform());
  const pattern = (['band', 'stripes', 'disc', 'plain', 'corner'] as const)[family.below(5)];
  const sharesAccent = family.chance(0.2);
  const own = flavours.find(([word]) => word.test(variant))?.[1];
  const stream = sharesAccent ? family : new RandomStream(0, `front/${product.name}`);
  const accent = own && !sharesAccent ? own : hsv(stream.uniform(), 0.75, 0.85);
  const label: Rgb = isPale ? hsv((hue + 0.5) % 1, 0.65, 0.4) : [248, 245, 236];
  return { base, label, accent, ink: isPale ? [250, 250, 246] : [28, 26, 34], pattern, brand, variant };
}
