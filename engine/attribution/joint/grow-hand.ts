import { carryingLog } from './carrying.ts';
import { bendLogOf } from './floor-odds.ts';
import type { FloorEvent } from './hand-watch.ts';
import { type Hypothesis, type Move, type PathNode, type Stray, type Thing, withHolds } from './hypothesis.ts';
import { EARLIER_SHARE, PICKED_UP_PROB } from './joint-constants.ts';
import { FLOOR, type Target } from './reach.ts';

/** What is on the floor may be this far from where it was put, metres. */
const FLOOR_NEAR_M = 0.7;
/** Of what is handed over, this much goes one way; the rest is swapped. */
const ONE_WAY_SHARE = 0.8;
/** Stories this much less likely are not worth telling, log. */
const WORTH_LOG = -14;

/** Every way a hypothesis may go on when two hands of different trips met. */
export function growMeeting(
  hypothesis: Hypothesis,
  eventId: number,
  handedProb: number,
  carrying: readonly (number | null)[],
  tripA: string,
  tripB: string,
  trackIds: readonly number[],
): Hypothesis[] {
  const a = hypothesis.holds.get(tripA) ?? [];
  const b = hypothesis.holds.get(tripB) ?? [];
  if (a.length + b.length === 0) return [gone(hypothesis, eventId, 0, [], trackIds, hypothesis.holds)];
  const [changeA = null, changeB = null] = carrying;
  const stayedLog = carryingLog(changeA, 0) + carryingLog(changeB, 0);
  const gaveLog = {
    [tripA]: carryingLog(changeA, -1) + carryingLog(changeB, 1),
    [tripB]: carryingLog(changeA, 1) + carryingLog(changeB, -1),
  };
  const grown = [gone(hypothesis, eventId, Math.log(1 - handedProb) + stayedLog, [], trackIds, hypothesis.holds)];
  const oneWayLog = Math.log((handedProb * (a.length > 0 && b.length > 0 ? ONE_WAY_SHARE : 1)) / (a.length + b.length));
  const give = (from: string, to: string, rowOf: number) => {
    const things = hypothesis.holds.get(from)!;
    const thing = things[rowOf]!;
    let holds = withHolds(hypothesis.holds, from, without(things, rowOf));
    holds = withHolds(holds, to, [...(holds.get(to) ?? []), thing]);
    grown.push(
      gone(hypothesis, eventId, oneWayLog + gaveLog[from]!, handed(thing, from, to, trackIds[0]!), trackIds, holds),
    );
  };
  for (const row of kinds(a)) give(tripA, tripB, row);
  for (const row of kinds(b)) give(tripB, tripA, row);
  if (a.length === 0 || b.length === 0) return grown;
  const swapLog = Math.log((handedProb * (1 - ONE_WAY_SHARE)) / (a.length * b.length)) + stayedLog;
  for (const i of kinds(a)) {
    for (const j of kinds(b)) {
      let holds = withHolds(hypothesis.holds, tripA, [...without(a, i), b[j]!]);
      holds = withHolds(holds, tripB, [...without(b, j), a[i]!]);
      const moves = [...handed(a[i]!, tripA, tripB, trackIds[0]!), ...handed(b[j]!, tripB, tripA, trackIds[1]!)];
      grown.push(gone(hypothesis, eventId, swapLog, moves, trackIds, holds));
    }
  }
  return grown.filter(({ log }) => log > hypothesis.log + WORTH_LOG);
}

/** Every way a hypothesis may go on when a hand went down to the floor. */
export function growFloor(
  hypothesis: Hypothesis,
  event: FloorEvent,
  eventId: number,
  tripId: string,
  seenProb: number,
): Hypothesis[] {
  const [xM, yM] = event.inWorldM;
  const things = hypothesis.holds.get(tripId) ?? [];
  const near = hypothesis.strays.flatMap((stray, row) => (isAtFloor(stray, event) ? [row] : []));
  const trackIds = event.trackIds;
  const dropProb = things.length > 0 ? seenProb : 0;
  const pickLog = Math.log(PICKED_UP_PROB / (1 - PICKED_UP_PROB)) + bendLogOf(event.bend);
  const pickProb = near.length > 0 ? (1 - dropProb / 2) / (1 + Math.exp(-pickLog)) : 0;
  const rest = Math.max(0.01, 1 - dropProb - pickProb);
  const grown = [gone(hypothesis, eventId, Math.log(rest), [], trackIds, hypothesis.holds)];
  const target: Target = { fromM: xM, toM: xM, heightM: 0 };
  const inHand = things.map((_, row) => EARLIER_SHARE ** (things.length - 1 - row));
  const total = inHand.reduce((sum, share) => sum + share, 0);
  things.forEach((thing, row) => {
    const holds = withHolds(hypothesis.holds, tripId, without(things, row));
    const moves = moved(thing, { kind: 'trip', id: tripId }, { kind: 'elsewhere' }, trackIds[0]!);
    const one = gone(hypothesis, eventId, Math.log((dropProb * inHand[row]!) / total), moves, trackIds, holds);
    const stray = { thing, unitIndex: FLOOR, slotId: null, target, middleM: yM };
    grown.push({ ...one, strays: [...hypothesis.strays, stray] });
  });
  for (const row of near) {
    const { thing } = hypothesis.strays[row]!;
    const holds = withHolds(hypothesis.holds, tripId, [...things, thing]);
    const moves = moved(thing, { kind: 'elsewhere' }, { kind: 'trip', id: tripId }, trackIds[0]!);
    const one = gone(hypothesis, eventId, Math.log(pickProb / near.length), moves, trackIds, holds);
    grown.push({ ...one, strays: hypothesis.strays.filter((_, i) => i !== row) });
  }
  return grown;
}

/** Whether something was left on the floor where a body bends down. */
export function isAtFloor({ unitIndex, target, middleM }: Stray, { inWorldM: [xM, yM] }: FloorEvent): boolean {
  return unitIndex === FLOOR && (target.fromM - xM) ** 2 + (middleM - yM) ** 2 < FLOOR_NEAR_M * FLOOR_NEAR_M;
}

/** Rows of things, each of which stands for itself. */
function kinds(things: readonly Thing[]): number[] {
  return things.map((_, row) => row);
}

function without(things: readonly Thing[], row: number): Thing[] {
  return things.filter((_, i) => i !== row);
}

function handed(thing: Thing, from: string, to: string, trackId: number): Move[] {
  return moved(thing, { kind: 'trip', id: from }, { kind: 'trip', id: to }, trackId);
}

function moved({ product, quantity }: Thing, from: Move['from'], to: Move['to'], trackId: number): Move[] {
  return product === null ? [] : [{ product, quantity, from, to, trackId }];
}

function gone(
  { log, strays, path, agrees }: Hypothesis,
  eventId: number,
  byLog: number,
  moves: readonly Move[],
  trackIds: readonly number[],
  holds: Hypothesis['holds'],
): Hypothesis {
  const node: PathNode = { eventId, moves, trackIds, before: path === null ? [] : [path] };
  return { log: log + byLog, holds, strays, path: node, agrees };
}
