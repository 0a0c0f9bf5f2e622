import type { Product } from '../../store.ts';
import type { Hypothesis, Thing } from './hypothesis.ts';
import { ELSEWHERE_M, MIXED_LOG, MORE_ITEM_SHARE } from './joint-constants.ts';
import type { Target } from './reach.ts';
import type { ShelfPart } from './shelf-part.ts';
import type { PlacedSlot } from './shelf-place.ts';
import { arrangementLog, targetOf } from './take-story.ts';
import { logNormal } from './weight-book.ts';

/** What somebody may have put down of what they hold. */
export interface PutStory {
  /** Rows of what they hold. */
  readonly rows: readonly number[];
  readonly log: number;
}

/** Where it may have been put: in its own slot, in another, or between. */
export interface PutPlace {
  readonly placed: PlacedSlot | null;
  readonly isHome: boolean;
  readonly target: Target;
  readonly log: number;
  /** Length over which the place is spread, in units of what the scale tells apart. */
  readonly lengthM: number;
}

/** Middles this near are the same spot, metres. */
const SAME_SPOT_M = 0.01;
/** Weights farther off than this many SDs are no explanation. */
const WORTH_SDS = 6;
/** A put-back that displaced packages may rest on may lie this far beside its slot's cells and still be in it; log. */
const HOME_LOG = -6;

/** Things of one holder whose weight may be the change's: one, several of a kind, or two of different kinds. */
export function putStories(part: ShelfPart, things: readonly Thing[]): PutStory[] {
  const grams = part.deltaGrams;
  const scaleVar = part.sdGrams ** 2;
  const stories: PutStory[] = [];
  const tell = (rows: readonly number[], extraLog: number) => {
    let sum = 0;
    let variance = scaleVar;
    for (const row of rows) {
      sum += things[row]!.grams;
      variance += things[row]!.variance;
    }
    if (rows.length === 1) variance -= sharedVariance(part, things[rows[0]!]!);
    if ((grams - sum) ** 2 < WORTH_SDS ** 2 * variance) {
      stories.push({ rows, log: extraLog + logNormal(grams - sum, variance) });
    }
  };
  const byProduct = new Map<Product | null, number[]>();
  things.forEach((thing, row) => {
    tell([row], 0);
    byProduct.set(thing.product, [...(byProduct.get(thing.product) ?? []), row]);
    for (let other = 0; other < row; other++) {
      if (things[other]!.product !== thing.product) tell([other, row], MIXED_LOG);
    }
  });
  for (const rows of byProduct.values()) {
    for (let count = 2; count <= rows.length; count++) {
      tell(rows.slice(rows.length - count), (count - 1) * Math.log(MORE_ITEM_SHARE));
    }
  }
  return stories;
}

/** Weighed twice on the same spot, what neighbours feel is the same twice. */
function sharedVariance(part: ShelfPart, { spot, spotVariance }: Thing): number {
  const isSame = spot?.unitIndex === part.step.unitIndex && Math.abs(spot.middleM - part.middleM) < SAME_SPOT_M;
  return isSame ? 0.9 * (spotVariance + part.spotVariance) : 0;
}

/** Where a product may have been put by the cells that felt it. */
export function putPlaces(part: ShelfPart, product: Product | null): PutPlace[] {
  const heightM = product?.sizeM[2] ?? 0.16;
  const { slots, layout } = part.place;
  const isOneCell = layout.unit.cells.length === 1;
  const places = slots.map((placed): PutPlace => {
    const isHome = product !== null && placed.products.includes(product);
    const arrangement = arrangementLog(part, placed);
    const lengthM = placed.slot.toM - placed.slot.fromM;
    const log = isHome
      ? arrangement - (isOneCell ? 0 : Math.log(lengthM / 0.1))
      : Math.log((isOneCell ? lengthM : 0.1) / ELSEWHERE_M);
    return { placed, isHome, target: targetOf(part, placed, heightM), log, lengthM: isOneCell ? 1 : lengthM / 0.1 };
  });
  if (isOneCell) return places;
  const home = places.find(({ isHome, placed }) => isHome && arrangementLog(part, placed!) > HOME_LOG);
  const beside = places
    .filter(({ isHome }) => !isHome)
    .sort((a, b) => arrangementLog(part, b.placed!) - arrangementLog(part, a.placed!))[0];
  const out: PutPlace[] = [];
  if (home) out.push(home);
  if (!home) {
    out.push(
      beside ?? {
        placed: null,
        isHome: false,
        target: targetOf(part, null, heightM),
        log: Math.log(0.1 / ELSEWHERE_M),
        lengthM: 1,
      },
    );
  }
  return out;
}

/** The trips of a hypothesis that hold something of about this weight. */
export function holdersOf(hypothesis: Hypothesis, part: ShelfPart): string[] {
  const holders: string[] = [];
  for (const [tripId, things] of hypothesis.holds) if (putStories(part, things).length > 0) holders.push(tripId);
  return holders;
}
