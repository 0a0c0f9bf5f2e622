import type { RandomStream } from '../../random.ts';
import type { Action } from '../run.ts';
import type { ItemHabit, PopulationSpec } from '../schema/shopper-schema.ts';
import { ANY_TIME, type Carrying } from './people.ts';
import type { Offer, ShelfChoice } from './shelf-choice.ts';

/** Habits that set out to confuse; `pass` and `exchange` need a second member. */
const ADVERSARIAL: readonly ItemHabit[] = [
  'misplace',
  'retake',
  'slow',
  'hold-long',
  'touch',
  'hide',
  'drop',
  'same-weight',
  'pass',
  'exchange',
];
const NEEDS_COMPANY: readonly ItemHabit[] = ['pass', 'exchange'];

/** The habit one item of the basket follows, or null. One draw decides among all, so their shares add up. */
export function drawHabit(population: PopulationSpec, alone: boolean, stream: RandomStream): ItemHabit | null {
  if (stream.chance(population.adversarial)) {
    const able = ADVERSARIAL.filter((habit) => !alone || !NEEDS_COMPANY.includes(habit));
    return able[stream.below(able.length)]!;
  }
  const { 'browse-only': _, 'swap-hands': __, ...perItem } = population.habits ?? {};
  let u = stream.uniform();
  for (const [habit, share] of Object.entries(perItem)) {
    u -= share ?? 0;
    if (u < 0) return habit as ItemHabit;
  }
  return null;
}

/** What one item of the basket becomes. */
export interface Deed {
  readonly actions: readonly Action[];
  /** SKU in the shopper's possession afterwards, or null. */
  readonly kept: string | null;
  readonly handOver: 'pass' | 'exchange' | null;
}

/** Acts out one item: takes it from an offer, by a habit. */
export function actOut(
  habit: ItemHabit | null,
  sku: string,
  offer: Offer,
  shelves: ShelfChoice,
  carrying: Carrying,
  stream: RandomStream,
): Deed {
  const from = offer.slot.id;
  const take = (slow = false): Action => {
    const keep = carrying.keep(1, undefined);
    return { verb: 'take', sku, from, quantity: 1, hands: 1, slow, keep, ...ANY_TIME };
  };
  const look = (lowUs: number, highUs: number): Action => {
    return { verb: 'look', forUs: Math.round(stream.between(lowUs, highUs)), at: null, ...ANY_TIME };
  };
  const putback = (to: string): Action => {
    carrying.release(1);
    return { verb: 'putback', sku, to, quantity: 1, ...ANY_TIME };
  };
  const deed = (actions: readonly Action[], kept: string | null, handOver: Deed['handOver'] = null): Deed => {
    return { actions, kept, handOver };
  };
  switch (habit) {
    case null:
      return deed([take()], sku);
    case 'putback':
      return deed([take(), look(1e6, 6e6), putback(from)], null);
    case 'misplace':
      return deed([take(), look(1e6, 6e6), putback(shelves.elsewhere(offer, stream)?.id ?? from)], null);
    case 'retake':
      return deed([take(), look(1e6, 4e6), putback(from), look(1e6, 4e6), take()], sku);
    case 'slow':
      return deed([take(true)], sku);
    case 'hold-long': {
      const forUs = Math.round(stream.between(10e6, 30e6));
      carrying.keep(1, undefined);
      return deed([{ verb: 'hold', sku, from, quantity: 2, forUs, keepCount: 1, ...ANY_TIME }], sku);
    }
    case 'touch': {
      const forUs = Math.round(stream.between(0.3e6, 3e6));
      return deed(
        [{ verb: 'touch', at: from, forUs, pressGrams: Math.round(stream.between(20, 200)), ...ANY_TIME }],
        null,
      );
    }
    case 'hide': {
      const into = stream.chance(0.5) ? 'bag' : 'pocket';
      const taken: Action = { verb: 'take', sku, from, quantity: 1, hands: 1, slow: false, keep: 'hand', ...ANY_TIME };
      return deed([taken, look(0.5e6, 3e6), { verb: 'stow', sku, quantity: 1, into, ...ANY_TIME }], sku);
    }
    case 'drop': {
      const actions: Action[] = [take(), look(0.5e6, 3e6), { verb: 'drop', sku, quantity: 1, ...ANY_TIME }];
      carrying.release(1);
      return deed(actions, null);
    }
    case 'same-weight':
      return swapped(sku, take, putback, shelves, carrying);
    case 'pass':
    case 'exchange':
      return deed([take()], sku, habit);
  }
}

function swapped(
  sku: string,
  take: () => Action,
  putback: (to: string) => Action,
  shelves: ShelfChoice,
  carrying: Carrying,
): Deed {
  const twin = shelves.sameWeight(sku);
  if (!twin) return { actions: [take()], kept: sku, handOver: null };
  const first = take();
  const keep = carrying.keep(1, undefined);
  const second: Action = {
    verb: 'take',
    sku: twin.sku,
    from: twin.slot.id,
    quantity: 1,
    hands: 1,
    slow: false,
    keep,
    ...ANY_TIME,
  };
  return { actions: [first, second, putback(twin.slot.id)], kept: twin.sku, handOver: null };
}
