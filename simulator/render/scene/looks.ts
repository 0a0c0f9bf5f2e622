import { RandomStream } from '../../random.ts';
import type { Run, ShopperPlan } from '../../scenario/run.ts';
import { hsv } from '../fronts/canvas.ts';
import type { HouseTiles } from '../fronts/house-tiles.ts';
import { PLAIN } from './instances.ts';

/** How one person is built and dressed. */
export interface Looks {
  /** Times the usual girth. */
  readonly girth: number;
  readonly skin: number;
  readonly hair: number;
  readonly hairStyle: 'bald' | 'short' | 'long' | 'cap';
  readonly top: number;
  /** Pattern of the top, or `PLAIN`. */
  readonly topTile: number;
  readonly sleeves: 'long' | 'short';
  readonly trousers: number;
  readonly hasSkirt: boolean;
  readonly shoes: number;
  readonly bag: number;
}

/** Monk skin tones, thinned out. */
const SKIN = [0xf3e7db, 0xeadaba, 0xd7bd96, 0xa07e56, 0x825c43, 0x604134, 0x3a312a];
const HAIR = [0x1e1a18, 0x2f231c, 0x4a3524, 0x7a5230, 0xb08d57, 0x8f8d8a, 0xdedad2];
/** Staff wear the shop's own colour. */
const UNIFORM = 0x1f6b4a;
const VALUES = { light: [0.78, 0.98], mid: [0.42, 0.7], dark: [0.1, 0.26] } as const;

/** A person's looks, from its own stream alone. */
export function looksOf(run: Run, plan: ShopperPlan, tiles: HouseTiles): Looks {
  const stream = new RandomStream(run.seed, `shopper/${plan.key}/looks`);
  const girth = Math.min(1.3, Math.max(0.82, 1 + 0.11 * stream.normal()));
  const skin = bgr(SKIN[stream.below(SKIN.length)]);
  const hair = bgr(HAIR[stream.below(HAIR.length)]);
  const style = stream.uniform();
  const [low, high] = VALUES[plan.clothing.shade];
  const top = packed(hsv(stream.uniform(), stream.uniform() * 0.75, stream.between(low, high)));
  const pattern = stream.uniform();
  const isPatterned = pattern < 0.2 && plan.clothing.shade === 'mid' && !plan.clothing.uniform;
  const legs = hsv(0.55 + 0.15 * stream.uniform(), stream.uniform() * 0.5, stream.between(0.12, 0.5));
  return {
    girth,
    skin,
    hair,
    hairStyle: style < 0.08 ? 'bald' : style < 0.55 ? 'short' : style < 0.9 ? 'long' : 'cap',
    top: plan.clothing.uniform ? bgr(UNIFORM) : top,
    topTile: isPatterned ? [tiles.stripes, tiles.checks, tiles.dots][Math.floor(pattern * 15)] : PLAIN,
    sleeves: stream.chance(0.65) ? 'long' : 'short',
    trousers: packed(legs),
    hasSkirt: stream.chance(0.12) && !plan.clothing.uniform,
    shoes: packed(hsv(0.08, 0.3, stream.between(0.1, 0.6))),
    bag: packed(hsv(stream.uniform(), 0.5, stream.between(0.2, 0.6))),
  };
}

function bgr(rgb: number): number {
  return packed([(rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255]);
}

function packed(rgb: readonly [number, number, number]): number {
  return (0xff000000 | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]) >>> 0;
}
