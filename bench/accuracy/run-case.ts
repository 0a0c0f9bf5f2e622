import { Engine, type EngineOptions, type EngineOutput } from '../../engine/index.ts';
import type { Reading } from '../../engine/readings.ts';
import { loadScenario } from '../../simulator/scenario/load-scenario.ts';
import { resolve } from '../../simulator/scenario/resolve.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { formatScenarioError } from '../../simulator/scenario/scenario-error.ts';
import { Simulation, type SimulationStep } from '../../simulator/simulate.ts';
import type { TruthCart } from '../../simulator/truth.ts';
import { unitsOf } from '../score/count-carts.ts';
import { type Score, ScoreKeeper } from '../score/score-keeper.ts';
import { truePoseReading, withTruePoses } from '../true-tracks.ts';
import { judge } from '../verdict.ts';
import type { CartRow, CaseRow, LineRow } from './case-row.ts';
import { ChangeClock } from './change-clock.ts';
import { ContestKeeper } from './contest.ts';
import type { Method } from './method.ts';

/** Wrong lines kept per case: enough to see why, not a second copy of a lost cause. */
const WRONG_LINES_MAX = 60;

/** The run of a scenario file; throws with every error of the file. */
export function loadRun(file: string, seed: number, overrides: Readonly<Record<string, unknown>> = {}): Run {
  const loaded = loadScenario(file);
  if ('errors' in loaded) throw new Error(loaded.errors.map(formatScenarioError).join('\n'));
  return resolve(loaded.scenario, seed, overrides);
}

/** A method and how its engine is set up. */
export interface Contender {
  readonly method: Method;
  readonly options: EngineOptions;
}

export const contender = (method: Method): Contender => ({
  method,
  options: { attribution: method.attribution, ablate: method.ablate },
});

/** Plays a run once and feeds the same readings to one engine per contender. */
export function runCase(run: Run, file: string, contenders: readonly Contender[]): CaseRow[] {
  const simulation = new Simulation(run);
  const seats = contenders.map((one) => new Seat(run, simulation, one));
  let poses = 0;
  for (let step = simulation.step(); step; step = simulation.step()) {
    const truePose = step.pose ? truePoseReading(step.pose, poses++) : null;
    for (const seat of seats) seat.step(step, truePose);
  }
  const truthCarts = simulation.carts();
  return seats.map((seat) => seat.finish(file, truthCarts));
}

/** One engine among several on the same readings, with its own score. */
class Seat {
  readonly #run: Run;
  readonly #method: Method;
  readonly #engine: Engine;
  readonly #score: ScoreKeeper;
  readonly #contest: ContestKeeper;
  readonly #clock = new ChangeClock();

  constructor(run: Run, simulation: Simulation, { method, options }: Contender) {
    this.#run = run;
    this.#method = method;
    this.#engine = new Engine(method.tracks === 'true' ? withTruePoses(simulation.store) : simulation.store, options);
    this.#score = new ScoreKeeper(run);
    this.#contest = new ContestKeeper(run);
  }

  step(step: SimulationStep, truePose: Reading | null): void {
    for (const event of step.truth) this.#score.truth(event);
    if (step.pose) {
      this.#score.pose(step.pose);
      this.#contest.pose(step.pose);
    }
    const onTrueTracks = this.#method.tracks === 'true';
    const outputs = this.#clock.turn(() => {
      if (onTrueTracks && truePose) this.#engine.push(truePose);
      for (const reading of step.readings) {
        if (!onTrueTracks || reading.kind !== 'detection') this.#engine.push(reading);
      }
      return this.#engine.take();
    });
    this.#collect(outputs);
  }

  finish(file: string, truthCarts: readonly TruthCart[]): CaseRow {
    this.#collect(this.#engine.finish());
    const score = this.#score.finish(truthCarts);
    const { counts, scores } = score;
    const { verdict, failures } = judge(this.#run.expect, scores, score.cartOf, score.violations);
    const scored = this.#scoredCarts(score);
    return {
      ...{ method: this.#method.name, file, seed: this.#run.seed, scenario: this.#run.scenario },
      people: score.trips.reduce((sum, trip) => sum + trip.members.length, 0),
      ...{ verdict, failures },
      caseF1: counts.caseF1[0] ?? null,
      perfect: counts.carts === counts.exact && counts.missing === 0,
      units: { tp: counts.tp, predicted: counts.predicted, truth: counts.truth, leaked: counts.leaked },
      changes: {
        truth: counts.truthChanges,
        reported: counts.changes,
        matched: counts.matchedChanges,
        productRight: counts.productRight,
        ownerRight: counts.ownerRight,
      },
      ...scored,
      missing: counts.missing,
      engineSeconds: this.#clock.seconds,
      changeUs: this.#clock.changeUs.map((us) => Math.round(us)),
      wrongLines: score.wrongLines.slice(0, WRONG_LINES_MAX),
    };
  }

  #collect(outputs: readonly EngineOutput[]): void {
    for (const output of outputs) {
      this.#score.output(output);
      this.#contest.output(output);
    }
  }

  #scoredCarts({ trips, carts }: Score): { carts: CartRow[]; lines: LineRow[] } {
    const byTrip = new Map(carts.map((cart) => [cart.tripId, cart]));
    const cartRows: CartRow[] = [];
    const lineRows: LineRow[] = [];
    for (const trip of trips) {
      const cart = trip.tripId === null ? undefined : byTrip.get(trip.tripId);
      if (!trip.scored || !cart) continue;
      const really = new Map(trip.lines.map(({ sku, count }) => [sku, count]));
      let over = 0;
      let under = trip.lines.reduce((sum, { count }) => sum + count, 0);
      for (const line of cart.lines) {
        const [charged, taken] = [unitsOf(this.#run, line), really.get(line.sku) ?? 0];
        over += Math.max(0, charged - taken);
        under -= Math.min(charged, taken);
        const contested = this.#contest.isContested(line);
        lineRows.push({ confidence: line.confidence, right: charged === taken, contested });
      }
      const { exitedAtUs, exact } = trip;
      const delaySeconds = exitedAtUs === null || cart.finalAtUs === null ? null : (cart.finalAtUs - exitedAtUs) / 1e6;
      cartRows.push({ status: cart.status, confidence: cart.confidence, exact, over, under, delaySeconds });
    }
    return { carts: cartRows, lines: lineRows };
  }
}
