import type { ScaleReading } from '../readings.ts';
import type { ScaleUnit } from '../store.ts';
import { ChangeWatch } from './change-watch.ts';
import type { ScaleLayout } from './scale-layout.ts';
import { ScaleWatch } from './scale-watch.ts';
import type { ShelfStep } from './shelf-step.ts';
import { BLIND_US } from './step-constants.ts';

/** An activity on a scale unit that has not settled yet, or its blindness. */
export interface OpenActivity {
  readonly layout: ScaleLayout;
  readonly sinceUs: number;
}

/** What watches one scale unit. */
interface UnitWatch {
  readonly restarts: number;
  readonly lastUs: number;
  readonly openSinceUs: number | null;
  push(reading: ScaleReading, out: ShelfStep[]): void;
  flush(out: ShelfStep[]): void;
}

/** How steps are found: by the SD of the whole unit's load (MPS), or cell by cell against each one's noise. */
const WATCHES: Readonly<Record<'unit-sd' | 'cell-noise', (unit: ScaleUnit, unitIndex: number) => UnitWatch>> = {
  'unit-sd': (unit, unitIndex) => new ScaleWatch(unit, unitIndex),
  'cell-noise': (unit, unitIndex) => new ChangeWatch(unit, unitIndex),
};
export type StepDetection = keyof typeof WATCHES;

/** Watches all scale units of a store and gives the settled steps of a moment in order of time. */
export class ShelfWatch {
  readonly #layouts: readonly ScaleLayout[];
  readonly #watches: readonly UnitWatch[];
  readonly #byId = new Map<string, UnitWatch>();
  #steps: ShelfStep[] = [];
  readonly #blind = new Set<number>();

  constructor(layouts: readonly ScaleLayout[], detection: StepDetection = 'unit-sd') {
    this.#layouts = layouts;
    this.#watches = layouts.map(({ unit, unitIndex }) => WATCHES[detection](unit, unitIndex));
    layouts.forEach(({ unit }, i) => {
      this.#byId.set(unit.id, this.#watches[i]);
    });
  }

  /** Takes one batch and gives true if its unit has restarted; a unit the store does not have is ignored. */
  push(reading: ScaleReading): boolean {
    const watch = this.#byId.get(reading.sensorId);
    if (!watch) return false;
    const { restarts } = watch;
    watch.push(reading, this.#steps);
    return watch.restarts > restarts;
  }

  /** Steps settled since the last call. */
  take(): ShelfStep[] {
    const steps = this.#steps;
    if (steps.length === 0) return steps;
    this.#steps = [];
    return steps.sort((a, b) => a.timeUs - b.timeUs || this.#byPlace(a, b));
  }

  /** Settles what is open at the end of the input. */
  flush(): void {
    for (const watch of this.#watches) watch.flush(this.#steps);
  }

  /** Activities that began before `beforeUs` and have not settled. */
  openBefore(beforeUs: number): OpenActivity[] {
    const open: OpenActivity[] = [];
    this.#watches.forEach((watch, i) => {
      const sinceUs = watch.openSinceUs;
      if (sinceUs !== null && sinceUs < beforeUs) open.push({ layout: this.#layouts[i], sinceUs });
    });
    return open;
  }

  /** Units that have sent before and not for `BLIND_US`, since their last sample. */
  blindAt(nowUs: number): OpenActivity[] {
    return this.#layouts.flatMap((layout, i) => {
      const sinceUs = this.#watches[i].lastUs;
      return Number.isFinite(sinceUs) && nowUs - sinceUs > BLIND_US ? [{ layout, sinceUs }] : [];
    });
  }

  /** Units that have gone blind since the last call, by id. */
  takeBlinded(nowUs: number): string[] {
    const blinded: string[] = [];
    this.#watches.forEach(({ lastUs }, i) => {
      if (!(Number.isFinite(lastUs) && nowUs - lastUs > BLIND_US)) this.#blind.delete(i);
      else if (!this.#blind.has(i)) {
        this.#blind.add(i);
        blinded.push(this.#layouts[i].unit.id);
      }
    });
    return blinded;
  }

  /** Equal times are ordered by place, never by id or row, so that renaming or reordering units changes nothing. */
  #byPlace(a: ShelfStep, b: ShelfStep): number {
    const placeA = this.#layouts[a.unitIndex].cellsInWorldM;
    const placeB = this.#layouts[b.unitIndex].cellsInWorldM;
    return placeA[0] - placeB[0] || placeA[1] - placeB[1] || placeA[2] - placeB[2];
  }
}
