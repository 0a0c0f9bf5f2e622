import type { Action } from '../run.ts';
import { ANY_TIME, type Choices } from './people.ts';

/** A member's plan in the making. */
export interface Member {
  readonly key: string;
  readonly choices: Choices;
  readonly actions: Action[];
  /** SKUs the member has. */
  readonly kept: string[];
  readonly handOvers: HandOver[];
  lastM: readonly [number, number];
}

/** An item that a member means to hand to another of the party. */
export interface HandOver {
  readonly kind: 'pass' | 'exchange';
  readonly sku: string;
}

/**
 * Adds the hand-overs of a party to the ends of its members' plans. All members meet in one order of barriers, so that
 * none waits for one who waits for it.
 */
export function handOver(party: string, members: readonly Member[]): void {
  let barrier = 0;
  for (const giver of members) {
    for (const { kind, sku } of giver.handOvers) {
      const others = members.filter((member) => member !== giver);
      const able = kind === 'pass' ? others : others.filter(({ kept }) => kept.some((other) => other !== sku));
      // An earlier exchange may have taken the item away.
      if (able.length === 0 || !giver.kept.includes(sku)) continue;
      barrier += 1;
      const stream = giver.choices(`hand-over/${barrier}`);
      meet(giver, able[stream.below(able.length)]!, kind, sku, `${party}/hand-over/${barrier}`);
    }
  }
}

function meet(giver: Member, receiver: Member, kind: HandOver['kind'], sku: string, sync: string): void {
  receiver.actions.push(
    { verb: 'walk', to: { shopper: giver.key }, ...ANY_TIME },
    { verb: 'look', forUs: 2_000_000, at: null, atUs: null, sync },
  );
  receiver.lastM = giver.lastM;
  move(giver.kept, receiver.kept, sku);
  if (kind === 'pass') {
    giver.actions.push({ verb: 'give', sku, quantity: 1, to: receiver.key, atUs: null, sync });
    return;
  }
  const get = receiver.kept.find((other) => other !== sku)!;
  move(receiver.kept, giver.kept, get);
  giver.actions.push({ verb: 'exchange', give: sku, get, with: receiver.key, atUs: null, sync });
}

function move(from: string[], to: string[], sku: string): void {
  const i = from.indexOf(sku);
  if (i >= 0) from.splice(i, 1);
  to.push(sku);
}
