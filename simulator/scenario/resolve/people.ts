import { clamp } from '../../maths.ts';
import type { RandomStream } from '../../random.ts';
import type { Action, Distribution, Keep, ShopperPlan } from '../run.ts';

/** Makes the stream of a shopper's choice by its purpose. */
export type Choices = (purpose: string) => RandomStream;

/** Share of left-handed people. */
const LEFT_HANDED = 0.1;

export function drawHeightM(height: Distribution, choices: Choices): number {
  return clamp(choices('height').draw(height), 0.5, 2.3);
}

export function drawSpeedMps(speed: Distribution, choices: Choices): number {
  return clamp(choices('speed').draw(speed), 0.2, 2.5);
}

export function drawHanded(handed: 'left' | 'right' | undefined, choices: Choices): 'left' | 'right' {
  return handed ?? (choices('handed').chance(LEFT_HANDED) ? 'left' : 'right');
}

const SHADES = ['light', 'mid', 'dark'] as const;

export function drawClothing(
  clothing:
    | { readonly shade?: 'light' | 'mid' | 'dark' | undefined; readonly uniform?: boolean | undefined }
    | undefined,
  staff: boolean,
  choices: Choices,
): ShopperPlan['clothing'] {
  return {
    shade: clothing?.shade ?? SHADES[choices('clothing').below(SHADES.length)]!,
    uniform: clothing?.uniform ?? staff,
  };
}

/** Items carried in the hands before the bag is used. */
const HANDS_FULL = 2;

/** Decides where taken items go when the script does not say, by what the shopper carries. */
export class Carrying {
  private readonly equipment: ShopperPlan['equipment'];
  private inHands = 0;

  constructor(equipment: ShopperPlan['equipment']) {
    this.equipment = equipment;
  }

  /** Where `count` items just taken go; `wish` is what the script says. */
  keep(count: number, wish: Keep | undefined): Keep {
    const keep = wish ?? this.usual(count);
    if (keep === 'hand') this.inHands += count;
    return keep;
  }

  /** Items have been put back, handed over or stowed. */
  release(count: number): void {
    this.inHands = Math.max(0, this.inHands - count);
  }

  private usual(count: number): Keep {
    if (this.equipment === 'basket' || this.equipment === 'trolley') return 'basket';
    if (this.equipment === 'pram' || this.equipment === 'bag') return this.equipment;
    return this.inHands + count <= HANDS_FULL ? 'hand' : 'bag';
  }
}

export const ANY_TIME = { atUs: null, sync: null } as const satisfies Pick<Action, 'atUs' | 'sync'>;
