import { type Hypothesis, type PathNode, stateKey } from './hypothesis.ts';
import { BEAM_LOG, BEAM_WIDTH } from './joint-constants.ts';

/** A share this near to one is taken for certain: what hangs on it is decided. */
const CERTAIN = 1 - 1e-4;

/** Whole hypotheses about some trips that hang together, likeliest first; logs are relative to the likeliest. */
export class Beam {
  hypotheses: readonly Hypothesis[];
  /** Trips these hypotheses speak of. */
  readonly trips: Set<string>;

  constructor(trips: Iterable<string>, hypotheses: readonly Hypothesis[]) {
    this.trips = new Set(trips);
    this.hypotheses = hypotheses;
  }

  /** The likeliest that says of closed trips what their carts say. */
  get leading(): Hypothesis {
    return this.hypotheses.find(({ agrees }) => agrees) ?? this.hypotheses[0]!;
  }

  /** Probabilities of the hypotheses, same order. */
  weights(): number[] {
    const weights = this.hypotheses.map(({ log }) => Math.exp(log));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  }

  /** Takes new hypotheses: equal states are merged, the unlikely dropped; true if the width cut off any that mattered. */
  take(grown: readonly Hypothesis[]): boolean {
    const merged = mergedStates(likeliestOf(grown));
    const best = merged[0]!.log;
    const leading = merged.find(({ agrees }) => agrees);
    const kept = merged.filter((one, i) => one === leading || (i < BEAM_WIDTH && one.log > best - BEAM_LOG));
    this.hypotheses = kept.map((one) => ({ ...one, log: one.log - best }));
    return merged.length > BEAM_WIDTH && merged[BEAM_WIDTH]!.log > best - BEAM_LOG / 2;
  }

  /** Keeps the likeliest alone where nothing else is worth keeping. */
  settle(): boolean {
    const at = this.hypotheses.indexOf(this.leading);
    if (this.hypotheses.length > 1 && this.weights()[at]! >= CERTAIN) this.hypotheses = [this.hypotheses[at]!];
    return this.hypotheses.length === 1;
  }
}

/** More than can be kept need not be compared. */
function likeliestOf(grown: readonly Hypothesis[]): readonly Hypothesis[] {
  if (grown.length <= 4 * BEAM_WIDTH) return grown;
  const sorted = [...grown].sort((a, b) => b.log - a.log);
  const leading = sorted.find(({ agrees }) => agrees);
  const kept = sorted.slice(0, 4 * BEAM_WIDTH);
  return leading === undefined || kept.includes(leading) ? kept : [...kept, leading];
}

/** Likeliest first; of equal states the likelier one's story is kept, with the weight of both. */
function mergedStates(grown: readonly Hypothesis[]): Hypothesis[] {
  const byState = new Map<string, { best: Hypothesis; log: number }>();
  for (const one of grown) {
    const key = stateKey(one);
    const known = byState.get(key);
    if (!known) {
      byState.set(key, { best: one, log: one.log });
      continue;
    }
    if (one.log > known.best.log) known.best = one;
    known.log = addedLogs(known.log, one.log);
  }
  const merged = [...byState.values()].map(({ best, log }) => ({ ...best, log }));
  return merged.sort((a, b) => b.log - a.log);
}

export function addedLogs(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a];
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}

/** One beam about the trips of all, as if they were independent until now. */
export function joinedBeams(beams: readonly Beam[]): Beam {
  const [first, ...rest] = beams;
  if (first === undefined) throw new Error('beams: found none to join');
  let joined = first;
  for (const next of rest) {
    const grown: Hypothesis[] = [];
    for (const a of joined.hypotheses) {
      for (const b of next.hypotheses) {
        if (a.log + b.log < -BEAM_LOG) break;
        grown.push(bothOf(a, b));
      }
    }
    joined = new Beam([...joined.trips, ...next.trips], []);
    joined.take(grown);
  }
  return joined;
}

function bothOf(a: Hypothesis, b: Hypothesis): Hypothesis {
  return {
    log: a.log + b.log,
    holds: new Map([...a.holds, ...b.holds]),
    strays: a.strays.length === 0 ? b.strays : [...a.strays, ...b.strays],
    path: a.path && b.path ? joint(a.path, b.path) : (a.path ?? b.path),
    agrees: a.agrees && b.agrees,
  };
}

/** A node of no event of its own. */
function joint(a: PathNode, b: PathNode): PathNode {
  return { eventId: -1, moves: [], trackIds: [], before: [a, b] };
}

/** Every event of a story, newest first on each branch; each once. */
export function eventsOf(path: PathNode | null): Map<number, PathNode> {
  const found = new Map<number, PathNode>();
  const open = path === null ? [] : [path];
  const seen = new Set<PathNode>();
  while (open.length > 0) {
    const node = open.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.eventId >= 0) found.set(node.eventId, node);
    open.push(...node.before);
  }
  return found;
}
