import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FaultPlan } from '../../simulator/scenario/run.ts';
import type { Simulation } from '../../simulator/simulate.ts';
import type { GuestOrder } from '../../simulator/world/guests.ts';

/** Something done to a simulation between two of its steps. */
export type Intervening =
  | { readonly kind: 'admit' }
  | { readonly kind: 'order'; readonly guest: string; readonly order: GuestOrder }
  | { readonly kind: 'suffer'; readonly plan: FaultPlan };

interface Line {
  readonly afterUs: number;
  readonly done: Intervening;
}

/** What was done to a simulation and when, so that a run that was cut short can be brought back to where it stood. */
export class InterventionLog {
  readonly #path: string;
  #ahead: Line[];

  /** Reads what an earlier process noted at `path`, if it did. */
  constructor(path: string) {
    this.#path = path;
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    // A line without its end was being written when the process was killed: nothing followed from it.
    const whole = lines.slice(0, -1);
    if (lines.at(-1)) writeFileSync(path, whole.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    this.#ahead = whole.map((line) => JSON.parse(line) as Line);
  }

  /** True while there is something to be done again. */
  get isCatchingUp(): boolean {
    return this.#ahead.length > 0;
  }

  append(afterUs: number, done: Intervening): void {
    appendFileSync(this.#path, `${JSON.stringify({ afterUs, done } satisfies Line)}\n`, { mode: 0o600 });
  }

  /** Does again what was done at the time that the simulation has reached. */
  repeat(simulation: Simulation): void {
    while (this.#ahead.length > 0 && this.#ahead[0].afterUs <= simulation.nowUs)
      intervene(simulation, this.#ahead.shift()!.done);
  }
}

/** Gives the key of the guest who was called, or whether there was such a guest to be told. */
export function intervene(simulation: Simulation, done: Intervening): string | boolean | null {
  if (done.kind === 'admit') return simulation.admit();
  if (done.kind === 'order') return simulation.order(done.guest, done.order);
  simulation.suffer(done.plan);
  return true;
}
