import { addedLogs, Beam, eventsOf } from './beam.ts';
import {
  type Hypothesis,
  type Move,
  type PathNode,
  type Stray,
  stockroomOf,
  type Thing,
  thingsKey,
} from './hypothesis.ts';

/** Two parts of a story whose joint and separate probabilities differ by less than this hang together by nothing that matters. */
const APART_PROB = 5e-4;
/** What is larger than this is taken apart where it hangs together by little, up to the second figure. */
const MANY = 12;
const MOST_APART_PROB = 0.03;
const NOTHING: readonly Thing[] = [];

/** Something that the hypotheses of a beam differ in: what a trip holds, what lies on a unit, or what happened in an event. */
interface Variable {
  readonly tripId: string | null;
  readonly unitIndex: number | null;
  readonly eventId: number | null;
  /** Value by hypothesis, numbered from 0. */
  readonly values: Int32Array;
  readonly count: number;
}

/**
 * Splits a beam into parts that have nothing to do with each other any more: what hypotheses agree about stands alone, and what
 * they differ in independently is kept as a beam for each. An event stays in dispute in one part only, so nothing is in two
 * carts. Throws nothing; gives the beam itself where all hangs together.
 */
export function factoredBeam(beam: Beam, apartProb = APART_PROB): Beam[] {
  const { hypotheses } = beam;
  if (hypotheses.length < 2) return [beam];
  const weights = beam.weights();
  const paths = hypotheses.map(({ path }) => eventsOf(path));
  const states = [...tripsOf(beam), ...unitsOf(beam), ...agreementOf(beam)];
  const disputed = states.filter(({ count }) => count > 1);
  const events = eventVariables(paths);
  const parts = components([...disputed, ...events], weights, apartProb);
  const leadingAt = hypotheses.indexOf(beam.leading);
  const beams = parts
    .filter((part) => part.some(({ eventId }) => eventId === null))
    .map((part) => marginal(beam, part, weights, paths, leadingAt, events));
  const certain = states.filter(({ count }) => count === 1);
  beams.push(marginal(beam, certain, weights, paths, leadingAt, []));
  if (apartProb >= MOST_APART_PROB) return beams;
  return beams.flatMap((one) =>
    one.hypotheses.length > MANY ? factoredBeam(one, Math.min(MOST_APART_PROB, 4 * apartProb)) : [one],
  );
}

function numbered(keys: readonly string[]): { values: Int32Array; count: number } {
  const numbers = new Map<string, number>();
  const values = Int32Array.from(keys, (key) => {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = numbers.size));
    return number;
  });
  return { values, count: numbers.size };
}

function tripsOf({ trips, hypotheses }: Beam): Variable[] {
  return [...trips].map((tripId) => {
    const stockroom = stockroomOf(tripId);
    const keys = hypotheses.map(
      ({ holds }) => `${thingsKey(holds.get(tripId) ?? NOTHING)}|${thingsKey(holds.get(stockroom) ?? NOTHING)}`,
    );
    return { tripId, unitIndex: null, eventId: null, ...numbered(keys) };
  });
}

function unitsOf({ hypotheses }: Beam): Variable[] {
  const units = new Set(hypotheses.flatMap(({ strays }) => strays.map(({ unitIndex }) => unitIndex)));
  return [...units].map((unitIndex) => {
    const keys = hypotheses.map(({ strays }) => strayKey(strays.filter((stray) => stray.unitIndex === unitIndex)));
    return { tripId: null, unitIndex, eventId: null, ...numbered(keys) };
  });
}

function strayKey(strays: readonly Stray[]): string {
  return strays
    .map(({ thing, middleM }) => `${middleM.toFixed(2)}:${thingsKey([thing])}`)
    .sort()
    .join(';');
}

/** Whether hypotheses say of closed trips what their carts say. */
function agreementOf({ hypotheses }: Beam): Variable[] {
  const all = numbered(hypotheses.map(({ agrees }) => (agrees ? '' : '!')));
  return all.count < 2 ? [] : [{ tripId: null, unitIndex: null, eventId: null, ...all }];
}

/** Events that hypotheses tell differently. */
function eventVariables(paths: readonly ReadonlyMap<number, PathNode>[]): Variable[] {
  const ids = new Set(paths.flatMap((path) => [...path.keys()]));
  return [...ids].flatMap((eventId) => {
    const first = paths[0]!.get(eventId);
    if (paths.every((path) => path.get(eventId) === first)) return [];
    const all = numbered(paths.map((path) => movesKey(path.get(eventId)?.moves ?? [])));
    return all.count < 2 ? [] : [{ tripId: null, unitIndex: null, eventId, ...all }];
  });
}

const moveKeys = new WeakMap<readonly Move[], string>();

function movesKey(moves: readonly Move[]): string {
  let key = moveKeys.get(moves);
  if (key === undefined) {
    const end = (place: Move['from']) => (place.kind === 'elsewhere' ? '-' : `${place.kind} ${place.id}`);
    key = moves
      .map(({ product, quantity, from, to }) => `${quantity} ${product.sku} ${end(from)} ${end(to)}`)
      .join(';');
    moveKeys.set(moves, key);
  }
  return key;
}

/** Groups of variables that depend on each other. */
function components(variables: readonly Variable[], weights: readonly number[], apartProb: number): Variable[][] {
  const groupOf = variables.map((_, i) => i);
  const rootOf = (i: number): number => (groupOf[i] === i ? i : (groupOf[i] = rootOf(groupOf[i]!)));
  variables.forEach((a, i) => {
    for (let k = i + 1; k < variables.length; k++) {
      const b = variables[k]!;
      if (a.eventId !== null && b.eventId !== null) continue;
      if (rootOf(i) !== rootOf(k) && areTied(a, b, weights, apartProb)) groupOf[rootOf(k)] = rootOf(i);
    }
  });
  return [...Map.groupBy(variables, (_, i) => rootOf(i)).values()];
}

function areTied(a: Variable, b: Variable, weights: readonly number[], apartProb: number): boolean {
  const both = new Float64Array(a.count * b.count);
  const ofA = new Float64Array(a.count);
  const ofB = new Float64Array(b.count);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    both[a.values[i]! * b.count + b.values[i]!]! += weight;
    ofA[a.values[i]!]! += weight;
    ofB[b.values[i]!]! += weight;
  }
  for (let i = 0; i < a.count; i++) {
    for (let k = 0; k < b.count; k++) {
      if (Math.abs(both[i * b.count + k]! - ofA[i]! * ofB[k]!) > apartProb) return true;
    }
  }
  return false;
}

/** The beam of some variables alone; of equal states the likeliest one's story is kept. */
function marginal(
  beam: Beam,
  part: readonly Variable[],
  weights: readonly number[],
  paths: readonly ReadonlyMap<number, PathNode>[],
  leadingAt: number,
  events: readonly Variable[],
): Beam {
  const trips = new Set(part.flatMap(({ tripId }) => tripId ?? []));
  const units = new Set(part.flatMap(({ unitIndex }) => unitIndex ?? []));
  const isAgreement = part.some(({ tripId, unitIndex, eventId }) => (tripId ?? unitIndex ?? eventId) === null);
  const own = new Set(part.flatMap(({ eventId }) => eventId ?? []));
  const others = events.filter(({ eventId }) => !own.has(eventId!));
  const state = part.filter(({ eventId }) => eventId === null);
  const byState = new Map<string, { at: number; log: number }>();
  for (let i = 0; i < weights.length; i++) {
    const key = state.map(({ values }) => values[i]!).join();
    const log = beam.hypotheses[i]!.log;
    const row = byState.get(key);
    if (row === undefined) byState.set(key, { at: i, log });
    else {
      if (log > beam.hypotheses[row.at]!.log) row.at = i;
      row.log = addedLogs(row.log, log);
    }
  }
  const rows = [...byState.values()].filter(
    ({ at }) => !others.some((event) => isElsewhereDecided(event, at, leadingAt, trips, paths)),
  );
  rows.sort((a, b) => b.log - a.log);
  const best = rows[0]!.log;
  const hypotheses = rows.map(({ at, log }): Hypothesis => {
    const { holds, strays, agrees } = beam.hypotheses[at]!;
    return {
      log: log - best,
      holds: new Map([...holds].filter(([holder]) => trips.has(holder.trimEnd()))),
      strays: strays.filter(({ unitIndex }) => units.has(unitIndex)),
      path: pathOf(own, paths[at]!),
      agrees: isAgreement ? agrees : true,
    };
  });
  return new Beam(trips, hypotheses);
}

/** Whether a hypothesis tells an event of another part differently from what is believed, to the loss or gain of these trips. */
function isElsewhereDecided(
  { eventId, values }: Variable,
  at: number,
  leadingAt: number,
  trips: ReadonlySet<string>,
  paths: readonly ReadonlyMap<number, PathNode>[],
): boolean {
  if (values[at] === values[leadingAt]) return false;
  const touches = (node: PathNode | undefined) =>
    node?.moves.some((move) => [move.from, move.to].some((end) => end.kind === 'trip' && trips.has(end.id))) ?? false;
  return touches(paths[at]!.get(eventId!)) || touches(paths[leadingAt]!.get(eventId!));
}

/** A story of some events only; what happened in others is decided, or told elsewhere. */
function pathOf(own: ReadonlySet<number>, told: ReadonlyMap<number, PathNode>): PathNode | null {
  let path: PathNode | null = null;
  for (const [eventId, { moves, trackIds }] of told) {
    if (own.has(eventId)) path = { eventId, moves, trackIds, before: path === null ? [] : [path] };
  }
  return path;
}
