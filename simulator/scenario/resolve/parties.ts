import type { ScenarioSpec } from '../spec.ts';

/** Plain order of code units, the same in every locale. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The party of a scripted shopper: its own, its carrier's, or its name; undefined for populations. */
export function partyOf({ shoppers }: ScenarioSpec, name: string): string | undefined {
  let next = name;
  for (let steps = 0; steps <= shoppers.size; steps++) {
    const shopper = shoppers.get(next);
    if (shopper?.kind !== 'scripted') return next === name ? undefined : next;
    const carrier = shopper['carried-by'];
    if (carrier === undefined) return shopper.party ?? next;
    next = carrier;
  }
  return name;
}

/** The member of a party that comes first in the order of names; the party's name if nobody is in it. */
export function firstMember(spec: ScenarioSpec, party: string): string {
  const members = [...spec.shoppers.keys()].filter((name) => partyOf(spec, name) === party);
  return members.sort(byCodeUnits)[0] ?? party;
}
