import type { Actor } from './actor.ts';
import type { HandEvent } from './hand-watch.ts';
import type { Target } from './reach.ts';
import type { ShelfPart } from './shelf-part.ts';

/** What was seen of a change, in one sentence for a person: the load, how clear the product is, whose hands were there; names of goods stand beside it. */
export function whyOfPart(
  part: ShelfPart,
  said: ReadonlyMap<string, { readonly prob: number }>,
  actors: readonly Actor[],
  target: Target,
): string {
  const grams = Math.abs(part.deltaGrams).toFixed(1);
  const did = part.deltaGrams < 0 ? 'left' : 'came onto';
  const probs = [...said.values()].map(({ prob }) => prob).sort((a, b) => b - a);
  const [best, next = 0] = probs;
  const what =
    best === undefined
      ? 'nothing in the catalogue weighs that'
      : `the likeliest product ${best.toFixed(2)}, the next ${next.toFixed(2)}`;
  const hands = actors
    .flatMap((actor) => {
      const distanceM = actor.tripId === null ? null : actor.handDistanceM(target);
      return distanceM === null ? [] : [{ tripId: actor.tripId!, distanceM }];
    })
    .sort((a, b) => a.distanceM - b.distanceM || (a.tripId < b.tripId ? -1 : 1))
    .slice(0, 3)
    .map(({ tripId, distanceM }) => `${tripId} at ${distanceM.toFixed(2)} m`);
  const whose = hands.length > 0 ? `hands seen: ${hands.join(', ')}` : 'no hand was seen there';
  return `${grams} g (± ${part.sdGrams.toFixed(1)}) ${did} ${part.step.shelfId}: ${what}; ${whose}`;
}

/** The same of what no shelf felt. */
export function whyOfHands(event: HandEvent): string {
  const seconds = ((event.timeUs - event.fromUs) / 1e6).toFixed(1);
  if (event.kind === 'meeting') {
    const percent = Math.round(100 * event.handedProb);
    return `two held their hands together for ${seconds} s; ${percent} % of such meetings hand something over`;
  }
  return `bent down to ${Math.round(100 * event.bend.lowestShare)} % of standing height for ${seconds} s`;
}
