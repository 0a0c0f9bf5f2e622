import type { RandomStream } from '../../random.ts';
import type { Action, Distribution, Place, ShopperPlan } from '../run.ts';
import type { ActionSpec } from '../schema/action-schema.ts';
import type { ScriptedSpec } from '../schema/shopper-schema.ts';
import type { ScenarioSpec } from '../spec.ts';
import { partyOf } from './parties.ts';
import { Carrying, type Choices, drawClothing, drawHanded, drawHeightM, drawSpeedMps } from './people.ts';
import { drawMomentUs } from './time.ts';

/** One scripted shopper with its choices made. */
export function scriptedShopper(
  spec: ScenarioSpec,
  key: string,
  shopper: ScriptedSpec,
  entryDoor: string,
  random: (path: string) => RandomStream,
): ShopperPlan {
  const choices: Choices = (purpose) => random(`shopper/${key}/plan/${purpose}`);
  const { warmup, start } = spec.run;
  const arriveUs = shopper.at ? drawMomentUs(shopper.at, start, () => choices('at')) : warmup;
  const carrying = new Carrying(shopper.equipment);
  return {
    key,
    party: partyOf(spec, key)!,
    role: shopper.role,
    tailgates: shopper.tailgates ?? null,
    carriedBy: shopper['carried-by'] ?? null,
    refused: shopper.refused,
    arriveUs: Math.max(warmup, arriveUs),
    entryDoor: shopper.door ?? entryDoor,
    heightM: drawHeightM(shopper.height, choices),
    speedMps: drawSpeedMps(shopper.speed, choices),
    equipment: shopper.equipment,
    handed: drawHanded(shopper.handed, choices),
    swapHands: shopper['swap-hands'],
    clothing: drawClothing(shopper.clothing, shopper.role === 'staff', choices),
    brings: Object.entries(shopper.brings).map(([sku, count]) => ({ sku, count })),
    actions: shopper.do.map((action, i) => {
      const stream = (purpose: string) => choices(`do/${i}/${purpose}`);
      return resolveAction(spec, action, carrying, stream);
    }),
  };
}

function resolveAction(spec: ScenarioSpec, action: ActionSpec, carrying: Carrying, stream: Choices): Action {
  const common = {
    atUs: action.at ? drawMomentUs(action.at, spec.run.start, () => stream('at')) : null,
    sync: action.sync ?? null,
  };
  const us = (duration: Distribution) => Math.max(0, Math.round(stream('for').draw(duration)));
  switch (action.verb) {
    case 'walk':
      return { verb: 'walk', to: placeOf(spec, action.walk), ...common };
    case 'look':
      return { verb: 'look', forUs: us(action.look), at: action.on ?? null, ...common };
    case 'take': {
      const { take: sku, from, qty: quantity, slow } = action;
      const keep = carrying.keep(quantity, action.keep);
      return { verb: 'take', sku, from, quantity, hands: action.hands === 2 ? 2 : 1, slow, keep, ...common };
    }
    case 'putback':
      carrying.release(action.qty);
      return { verb: 'putback', sku: action.putback, to: action.to, quantity: action.qty, ...common };
    case 'hold': {
      carrying.keep(action.keep, undefined);
      const { hold: sku, from, qty: quantity, keep: keepCount } = action;
      return { verb: 'hold', sku, from, quantity, forUs: us(action.for), keepCount, ...common };
    }
    case 'touch':
      return { verb: 'touch', at: action.touch, forUs: us(action.for), pressGrams: action.press, ...common };
    case 'give':
      carrying.release(action.qty);
      return { verb: 'give', sku: action.give, quantity: action.qty, to: action.to, ...common };
    case 'exchange':
      return { verb: 'exchange', give: action.exchange, get: action.for, with: action.with, ...common };
    case 'drop':
      carrying.release(action.qty);
      return { verb: 'drop', sku: action.drop, quantity: action.qty, ...common };
    case 'pickup':
      carrying.keep(action.qty, 'hand');
      return { verb: 'pickup', sku: action.pickup, quantity: action.qty, ...common };
    case 'sweep':
      return { verb: 'sweep', slot: action.sweep, keep: action.keep ?? carrying.keep(10, undefined), ...common };
    case 'stow':
      carrying.release(action.qty);
      return { verb: 'stow', sku: action.stow, quantity: action.qty, into: action.into, ...common };
    case 'consume':
      return { verb: 'consume', sku: action.consume, share: action.share, ...common };
    case 'split-pack':
      return { verb: 'split-pack', sku: action['split-pack'], ...common };
    case 'restock':
      return { verb: 'restock', sku: action.restock, to: action.to, quantity: action.qty, ...common };
    case 'withdraw':
      return { verb: 'withdraw', sku: action.withdraw, from: action.from, quantity: action.qty, ...common };
    case 'change-clothes':
      return { verb: 'change-clothes', forUs: us(action['change-clothes']), ...common };
    case 'join':
      return { verb: 'join', shopper: action.join, ...common };
    case 'part':
      return { verb: 'part', ...common };
    case 'leave':
      return { verb: 'leave', by: action.leave, ...common };
  }
}

function placeOf({ store, shoppers }: ScenarioSpec, target: string | readonly [number, number]): Place {
  if (typeof target !== 'string') return { pointM: target };
  if (store.fixtures.has(target)) return { fixture: target };
  if (store.zones.has(target)) return { zone: target };
  const door = store.doors.get(target);
  if (door) return { pointM: door.at };
  return shoppers.has(target) ? { shopper: target } : { address: target };
}
