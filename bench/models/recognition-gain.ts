import { Engine } from '../../engine/index.ts';
import type { Store } from '../../engine/store.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { Simulation, SimulationStep } from '../../simulator/simulate.ts';
import { ScoreKeeper } from '../score/score-keeper.ts';

/** Scores of one run with and without what was recognised in hands. */
export interface RecognitionGain {
  readonly scenario: string;
  readonly seed: number;
  readonly without: Scores;
  readonly with: Scores;
}

export interface Scores {
  readonly caseF1: number | null;
  readonly itemF1: number | null;
}

/** Two engines on the same readings, one of which must not use what was recognised: feed it every step in order. */
export class GainMeter {
  readonly #run: Run;
  readonly #simulation: Simulation;
  readonly #sides: readonly { readonly engine: Engine; readonly score: ScoreKeeper }[];

  constructor(run: Run, store: Store, simulation: Simulation) {
    this.#run = run;
    this.#simulation = simulation;
    this.#sides = [['recognition'], []].map((ablate) => ({
      engine: new Engine(store, { ablate }),
      score: new ScoreKeeper(run),
    }));
  }

  step({ readings, truth, pose }: SimulationStep): void {
    for (const { engine, score } of this.#sides) {
      for (const event of truth) score.truth(event);
      if (pose) score.pose(pose);
      for (const reading of readings) engine.push(reading);
      for (const output of engine.take()) score.output(output);
    }
  }

  finish(): RecognitionGain {
    const [without, withIt] = this.#sides.map(({ engine, score }): Scores => {
      for (const output of engine.finish()) score.output(output);
      const { caseF1, itemF1 } = score.finish(this.#simulation.carts()).scores;
      return { caseF1, itemF1 };
    });
    return { scenario: this.#run.scenario, seed: this.#run.seed, without, with: withIt };
  }
}

export function gainLine({ scenario, seed, without, with: withIt }: RecognitionGain): string {
  const shown = (value: number | null) => (value === null ? '–' : value.toFixed(3)).padStart(6);
  return `${scenario.padEnd(52)} seed ${String(seed).padStart(3)}  caseF1 ${shown(without.caseF1)} → ${shown(withIt.caseF1)}  itemF1 ${shown(without.itemF1)} → ${shown(withIt.itemF1)}`;
}
