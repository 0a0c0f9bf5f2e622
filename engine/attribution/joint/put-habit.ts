import type { Thing } from './hypothesis.ts';
import { EARLIER_KIND_SHARE, LAST_TAKEN_SHARE, PUT_SHARES } from './joint-constants.ts';
import type { PutPlace } from './put-story.ts';

/** How many kinds a holder has taken since the newest of some things; 0 = they are of the kind taken last. */
function rankOf(things: readonly Thing[], rows: readonly number[]): number {
  const newest = things[rows[rows.length - 1]!]!;
  let rank = 0;
  for (let row = things.length - 1; row >= 0; row--) {
    const thing = things[row]!;
    if (sameKind(thing, newest)) return rank;
    let isKnown = false;
    for (let later = row + 1; later < things.length; later++) isKnown ||= sameKind(things[later]!, thing);
    if (!isKnown) rank++;
  }
  return rank;
}

function sameKind(a: Thing, b: Thing): boolean {
  return a === b || (a.product !== null && a.product === b.product);
}

function kindsOf(things: readonly Thing[]): number {
  let kinds = 0;
  things.forEach((thing, row) => {
    if (!things.slice(0, row).some((other) => sameKind(other, thing))) kinds++;
  });
  return kinds;
}

/** Log probability that of all they hold somebody puts back these: mostly what was taken last. */
export function choiceLog(things: readonly Thing[], rows: readonly number[]): number {
  const kinds = kindsOf(things);
  if (kinds < 2) return 0;
  const rank = rankOf(things, rows);
  if (rank === 0) return Math.log(LAST_TAKEN_SHARE);
  const earlier = (1 - EARLIER_KIND_SHARE ** (kinds - 1)) / (1 - EARLIER_KIND_SHARE);
  return Math.log(((1 - LAST_TAKEN_SHARE) * EARLIER_KIND_SHARE ** (rank - 1)) / earlier);
}

/** Log probability of the place it goes to: its own, one where they took something else, or any. */
export function putPlaceLog(place: PutPlace, things: readonly Thing[], rows: readonly number[]): number {
  const { home, visited } = rankOf(things, rows) === 0 ? PUT_SHARES.last : PUT_SHARES.earlier;
  if (place.isHome) return Math.log(home) + place.log;
  const slots = new Set(things.flatMap(({ fromSlotId }, row) => (rows.includes(row) ? [] : (fromSlotId ?? []))));
  const isVisited = place.placed !== null && slots.has(place.placed.slot.id);
  const thereProb = isVisited ? visited / slots.size / place.lengthM : 0;
  return Math.log((1 - home - (slots.size > 0 ? visited : 0)) * Math.exp(place.log) + thereProb);
}
