import { PUBLISHED, type PublishedConstants } from '../../engine/attribution/published/constants.ts';
import { RandomStream } from '../../simulator/random.ts';

/** Each constant is drawn within this factor of the published one, evenly in its logarithm. */
const FACTOR = 2.5;
/** Half of the constants of a candidate stay as published. */
const KEPT = 0.5;
/** Shares and scores end here. */
const MOST: Partial<PublishedConstants> = {
  arrangementWeight: 0.98,
  minPickShare: 0.95,
  minPutBackShare: 0.98,
  activePlateShare: 0.9,
  minJointScore: 0.98,
  moreItemShare: 0.9,
};

/** The published constants first, then `count − 1` random ones, always the same. */
export function candidates(count: number): PublishedConstants[] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? PUBLISHED : drawn(i)));
}

function drawn(index: number): PublishedConstants {
  const stream = new RandomStream(index, 'bench/tune');
  const entries = Object.entries(PUBLISHED).map(([name, value]) => {
    const isKept = stream.chance(KEPT);
    const factor = FACTOR ** stream.between(-1, 1);
    const most = MOST[name as keyof PublishedConstants] ?? Number.POSITIVE_INFINITY;
    return [name, isKept ? value : Number(Math.min(most, value * factor).toPrecision(3))];
  });
  return Object.fromEntries(entries) as unknown as PublishedConstants;
}

/** The constants that differ from the published ones. */
export function changed(constants: PublishedConstants): Partial<PublishedConstants> {
  return Object.fromEntries(
    Object.entries(constants).filter(([name, value]) => value !== PUBLISHED[name as keyof PublishedConstants]),
  );
}
