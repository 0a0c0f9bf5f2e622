import type { RandomStream } from '../random.ts';
import type { FaultPlan } from '../scenario/run.ts';
import { Strikes } from './strikes.ts';

/** Changes a batch in place. `grams` is samples × cells; the last sample was taken at `lastUs`. */
export type ScaleFault = (grams: Float32Array, cells: number, lastUs: number, periodUs: number) => void;

/** Calls back for every sample of the batch inside the fault's time. */
function eachSample(
  plan: FaultPlan,
  samples: number,
  lastUs: number,
  periodUs: number,
  act: (sample: number, timeUs: number) => void,
): void {
  for (let sample = 0; sample < samples; sample++) {
    const timeUs = lastUs - (samples - 1 - sample) * periodUs;
    if (timeUs >= plan.fromUs && timeUs < plan.toUs) act(sample, timeUs);
  }
}

/** The fault as a change of grams, or null when this kind does not change grams. */
export function scaleFault(plan: FaultPlan, stream: RandomStream, cells: number): ScaleFault | null {
  const perCell = () => Float64Array.from({ length: cells }, () => stream.draw(plan.size));
  switch (plan.kind) {
    case 'stuck-at':
      return writing(plan, perCell(), (_, value) => value);
    case 'offset':
      return writing(plan, perCell(), (grams, value) => grams + value);
    case 'drift':
      return writing(plan, perCell(), (grams, value, sinceUs) => grams + (value * sinceUs) / 3_600_000_000);
    case 'spike':
      return spike(plan, stream);
    case 'rate-collapse':
      return thin(plan);
    case 'freeze':
      return freeze(plan);
    default:
      return null;
  }
}

function writing(
  plan: FaultPlan,
  values: Float64Array,
  change: (grams: number, value: number, sinceUs: number) => number,
): ScaleFault {
  return (grams, cells, lastUs, periodUs) => {
    eachSample(plan, grams.length / cells, lastUs, periodUs, (sample, timeUs) => {
      for (let cell = 0; cell < cells; cell++) {
        const i = sample * cells + cell;
        grams[i] = change(grams[i]!, values[cell]!, timeUs - plan.fromUs);
      }
    });
  };
}

function spike(plan: FaultPlan, stream: RandomStream): ScaleFault {
  const strikes = new Strikes(stream, plan.ratePerSecond, plan.fromUs);
  return (grams, cells, lastUs, periodUs) => {
    const samples = grams.length / cells;
    for (let atUs = strikes.take(lastUs); atUs !== null; atUs = strikes.take(lastUs)) {
      const sample = Math.max(0, samples - 1 - Math.floor((lastUs - atUs) / periodUs));
      const size = stream.draw(plan.size);
      const cell = stream.below(cells);
      if (atUs < plan.toUs) grams[sample * cells + cell]! += size;
    }
  };
}

function freeze(plan: FaultPlan): ScaleFault {
  /** The last row before the fault; with none, the first row in it. */
  let held: Float32Array | null = null;
  let isFrozen = false;
  return (grams, cells, lastUs, periodUs) => {
    const samples = grams.length / cells;
    eachSample(plan, samples, lastUs, periodUs, (sample) => {
      if (!isFrozen && sample > 0) held = grams.slice((sample - 1) * cells, sample * cells);
      held ??= grams.slice(0, cells);
      isFrozen = true;
      grams.set(held, sample * cells);
    });
    if (!isFrozen) held = grams.slice((samples - 1) * cells);
  };
}

/** Keeps only so many samples a second; the others are NaN. */
function thin(plan: FaultPlan): ScaleFault {
  const gapUs = 1_000_000 / plan.ratePerSecond;
  let nextUs = plan.fromUs;
  return (grams, cells, lastUs, periodUs) => {
    eachSample(plan, grams.length / cells, lastUs, periodUs, (sample, timeUs) => {
      if (timeUs >= nextUs) nextUs += gapUs * (1 + Math.floor((timeUs - nextUs) / gapUs));
      else grams.fill(Number.NaN, sample * cells, (sample + 1) * cells);
    });
  };
}
