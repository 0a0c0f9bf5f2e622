import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScaleReading } from '../readings.ts';
import type { ScaleUnit } from '../store.ts';
import { ScaleWatch } from './scale-watch.ts';
import type { ShelfStep } from './shelf-step.ts';

interface Signal {
  readonly rateHz?: number;
  readonly cells?: number;
  readonly seconds: number;
  /** Load of a cell at a time, grams. */
  readonly grams: (second: number, cell: number) => number;
  readonly batch?: number;
  readonly offsetUs?: number;
  /** Batches that get lost. */
  readonly lost?: (second: number) => boolean;
}

function unitOf({ rateHz = 60, cells = 1 }: Pick<Signal, 'rateHz' | 'cells'>): ScaleUnit {
  return {
    id: 'unit',
    shelfId: 'F.1',
    rateHz,
    quantumGrams: 0,
    noiseGrams: 0,
    tradeApproved: false,
    cells: Array.from({ length: cells }, (_, i) => ({ fromM: i * 0.1, toM: (i + 1) * 0.1 })),
  };
}

function readingsOf(signal: Signal): ScaleReading[] {
  const { rateHz = 60, cells = 1, batch = 12, offsetUs = 0 } = signal;
  const periodUs = Math.round(1e6 / rateHz);
  const readings: ScaleReading[] = [];
  const total = Math.floor(signal.seconds * rateHz);
  for (let first = 0; first + batch <= total; first += batch) {
    const grams = new Float32Array(batch * cells);
    for (let i = 0; i < batch; i++) {
      for (let cell = 0; cell < cells; cell++) grams[i * cells + cell] = signal.grams((first + i) / rateHz, cell);
    }
    const timeUs = (first + batch - 1) * periodUs + offsetUs;
    const stamp = { sensorId: 'unit', timeUs, arrivalUs: timeUs, sequence: first / batch };
    if (!signal.lost?.(first / rateHz)) readings.push({ kind: 'scale', ...stamp, periodUs, grams });
  }
  return readings;
}

function stepsOf(signal: Signal): ShelfStep[] {
  const watch = new ScaleWatch(unitOf(signal), 0);
  const steps: ShelfStep[] = [];
  for (const reading of readingsOf(signal)) watch.push(reading, steps);
  return steps;
}

/** Repeatable noise in −1..1 for a sample. */
function wobble(second: number, cell = 0): number {
  const x = Math.sin(second * 12_989.8 + cell * 78.233) * 43_758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

const take =
  (atSecond: number, grams: number, from = 5000) =>
  (second: number) =>
    from - (second >= atSecond ? grams : 0);

describe('finding steps', () => {
  test.each([10, 20, 60, 80])('finds a 100 g take once at %i Hz, with its size and its time', (rateHz) => {
    const steps = stepsOf({ rateHz, seconds: 10, batch: 2, grams: take(5, 100) });
    expect(steps).toHaveLength(1);
    expect(steps[0].deltaGrams).toBeCloseTo(-100, 3);
    expect(Math.abs(steps[0].timeUs - 5_000_000)).toBeLessThanOrEqual(1.5e6 / rateHz);
    expect(steps[0].settledUs - steps[0].timeUs).toBeLessThan(2_000_000);
  });

  test('gives a put-down a positive sign and each cell its own share', () => {
    const grams = (second: number, cell: number) =>
      1000 * cell + (second >= 4 && cell === 2 ? 250 : 0) - (second >= 4 ? 3 : 0);
    const [step, ...more] = stepsOf({ seconds: 8, cells: 4, grams });
    expect(more).toHaveLength(0);
    expect(step.deltaGrams).toBeCloseTo(238, 2);
    expect([...step.cellDeltaGrams].map((delta) => Math.round(delta))).toEqual([-3, -3, 247, -3]);
  });

  test('keeps the size right under noise of 2 g and a quantum of 1 g', () => {
    const grams = (second: number) => Math.round(take(5, 138)(second) + 3.5 * wobble(second));
    const [step] = stepsOf({ seconds: 10, grams });
    expect(Math.abs(step.deltaGrams + 138)).toBeLessThan(2);
  });

  test('separates two takes two seconds apart and gives their times in order', () => {
    const grams = (second: number) => take(4, 120)(second) + take(6.2, 300)(second);
    const steps = stepsOf({ seconds: 12, grams });
    expect(steps.map((step) => Math.round(step.deltaGrams))).toEqual([-120, -300]);
    expect(steps[0].timeUs).toBeLessThan(steps[1].timeUs);
  });

  test('times a take right although something was put down just before, and shaking goes on after it', () => {
    const shaken = (second: number) => (second > 7 && second < 9 ? 120 * wobble(second) : 0);
    const grams = (second: number) => take(4.2, -400)(second) + take(6.5, 150)(second) + shaken(second);
    const steps = stepsOf({ seconds: 12, grams });
    expect(steps.map((step) => Math.round(step.deltaGrams))).toEqual([400, -150]);
    expect(Math.abs(steps[1].timeUs - 6_500_000)).toBeLessThan(20_000);
  });

  test('joins takes that leave no quiet between them', () => {
    const grams = (second: number) => take(4, 120)(second) + take(4.6, 300)(second);
    expect(stepsOf({ seconds: 12, grams }).map((step) => Math.round(step.deltaGrams))).toEqual([-420]);
  });

  test('takes no part of a light item into the level before it', () => {
    const [step] = stepsOf({ seconds: 10, grams: take(5, 60) });
    expect(step.deltaGrams).toBeCloseTo(-60, 2);
  });
});

describe('thresholds of the published method', () => {
  // A step of d in a window has an SD of at most d / 2, and is above 20 g for half a window from about 46 g on.
  test.each([
    [39, 0],
    [44, 0],
    [50, 1],
  ])('finds a step of %i g %i times', (grams, count) => {
    expect(stepsOf({ seconds: 10, grams: take(5, grams) })).toHaveLength(count);
  });

  test('ignores shaking that returns to its level', () => {
    const grams = (second: number) => 5000 + (second > 3 && second < 6 ? 90 * wobble(second) : 0);
    expect(stepsOf({ seconds: 12, grams })).toHaveLength(0);
  });

  test('ignores a change of 9 g under shaking and finds one of 15 g', () => {
    const shaken = (by: number) => (second: number) =>
      5000 + (second >= 4.5 ? by : 0) + (second > 3 && second < 6 ? 90 * wobble(second) : 0);
    expect(stepsOf({ seconds: 12, grams: shaken(9) })).toHaveLength(0);
    expect(stepsOf({ seconds: 12, grams: shaken(15) }).map((step) => Math.round(step.deltaGrams))).toEqual([15]);
  });

  test('ignores a touch that presses and lets go', () => {
    const grams = (second: number) => 5000 + (second > 4 && second < 4.7 ? 53 : 0);
    expect(stepsOf({ seconds: 10, grams })).toHaveLength(0);
  });

  test('ignores drift', () => {
    expect(stepsOf({ seconds: 80, grams: (second) => 5000 + second })).toHaveLength(0);
  });
});

describe('disturbances that do not end', () => {
  const shaking = (second: number) => (second > 4 ? 80 * wobble(second) : 0);

  test('settles a take under endless shaking within half a minute, once', () => {
    const steps = stepsOf({ seconds: 80, grams: (second) => take(8, 500)(second) + shaking(second) });
    expect(steps.length).toBeGreaterThanOrEqual(1);
    expect(Math.abs(steps[0].deltaGrams + 500)).toBeLessThan(25);
    expect(steps[0].settledUs).toBeLessThan(50_000_000);
    const total = steps.reduce((sum, step) => sum + step.deltaGrams, 0);
    expect(Math.abs(total + 500)).toBeLessThan(25);
  });

  test('settles a take on a unit that never was quiet', () => {
    const grams = (second: number) => take(45, 600)(second) + 80 * wobble(second);
    const steps = stepsOf({ seconds: 100, grams });
    expect(Math.abs(steps.reduce((sum, step) => sum + step.deltaGrams, 0) + 600)).toBeLessThan(25);
  });

  test('makes no change of endless shaking alone', () => {
    expect(stepsOf({ seconds: 80, grams: (second) => 5000 + shaking(second) })).toHaveLength(0);
  });
});

describe('bad data', () => {
  test('bridges a dead cell and single missing samples', () => {
    const grams = (second: number, cell: number) => {
      if (cell === 1 || Math.round(second * 60) % 7 === 0) return Number.NaN;
      return 2000 - (cell === 0 && second >= 5 ? 200 : 0);
    };
    expect(stepsOf({ seconds: 10, cells: 3, grams }).map((step) => Math.round(step.deltaGrams))).toEqual([-200]);
  });

  test('finds what was taken while batches were lost', () => {
    const lost = (second: number) => second > 3 && second < 6;
    const steps = stepsOf({ seconds: 12, grams: take(4.5, 150), lost });
    expect(steps.map((step) => Math.round(step.deltaGrams))).toEqual([-150]);
  });

  test('says nothing about a level that changed across a restart', () => {
    const watch = new ScaleWatch(unitOf({}), 0);
    const steps: ShelfStep[] = [];
    for (const reading of readingsOf({ seconds: 10, grams: () => 5000 })) watch.push(reading, steps);
    for (const reading of readingsOf({ seconds: 10, grams: take(6, 90, 0), offsetUs: 10_500_000 }))
      watch.push(reading, steps);
    expect(watch.restarts).toBe(1);
    expect(steps.map((step) => Math.round(step.deltaGrams))).toEqual([-90]);
  });

  test('takes a level afresh after minutes of silence', () => {
    const lost = (second: number) => second > 3 && second < 320;
    expect(stepsOf({ rateHz: 10, seconds: 330, batch: 2, grams: take(100, 70), lost })).toHaveLength(0);
  });

  test('takes the same sample only once and never a step back in time', () => {
    const watch = new ScaleWatch(unitOf({}), 0);
    const steps: ShelfStep[] = [];
    for (const reading of readingsOf({ seconds: 10, grams: take(5, 100) })) {
      watch.push(reading, steps);
      watch.push(reading, steps);
    }
    expect(steps).toHaveLength(1);
  });

  test('survives any garbage and still finds the next take', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 1e38, -1e38, Number.POSITIVE_INFINITY, 0));
    const garbage = fc.record({
      timeUs: fc.oneof(fc.integer({ min: -1e6, max: 3e6 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0.5)),
      periodUs: fc.oneof(fc.integer({ min: -5, max: 50_000 }), fc.constantFrom(Number.NaN, 0)),
      sequence: fc.integer({ min: 0, max: 20 }),
      grams: fc.array(number, { maxLength: 30 }).map((values) => Float32Array.from(values)),
    });
    fc.assert(
      fc.property(fc.array(garbage, { maxLength: 20 }), (bad) => {
        const watch = new ScaleWatch(unitOf({ cells: 2 }), 0);
        const steps: ShelfStep[] = [];
        for (const row of bad) watch.push({ kind: 'scale', sensorId: 'unit', arrivalUs: 0, ...row }, steps);
        steps.length = 0;
        const signal = { seconds: 30, cells: 2, offsetUs: 5_000_000, grams: take(25, 150) };
        for (const reading of readingsOf(signal)) watch.push({ ...reading, sequence: reading.sequence + 100 }, steps);
        const late = steps.filter((step) => step.timeUs > 20_000_000);
        expect(late.map((step) => Math.round(step.deltaGrams))).toEqual([-300]);
        for (const step of steps) expect(Number.isFinite(step.deltaGrams)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

test('gives the same steps wherever the clock starts and however samples are batched', () => {
  const grams = (second: number) => take(4, 120)(second) + take(7, -90)(second) + 4 * wobble(second);
  const want = stepsOf({ seconds: 12, grams, batch: 12 });
  expect(want).toHaveLength(2);
  const shape = (steps: ShelfStep[], offsetUs: number) =>
    steps.map((step) => [step.timeUs - offsetUs, step.deltaGrams]);
  for (const [batch, offsetUs] of [
    [1, 0],
    [60, 0],
    [12, 3_600_000_000],
  ] as const) {
    expect(shape(stepsOf({ seconds: 12, grams, batch, offsetUs }), offsetUs)).toEqual(shape(want, 0));
  }
});

test('keeps its running sums exact over a million samples', () => {
  const watch = new ScaleWatch(unitOf({}), 0);
  const steps: ShelfStep[] = [];
  const periodUs = 16_667;
  for (let i = 0; i < 1000; i++) {
    const grams = new Float32Array(1000).fill(240_000 + (i % 2 === 0 ? 0.25 : 0));
    const timeUs = (i + 1) * 1000 * periodUs;
    watch.push({ kind: 'scale', sensorId: 'unit', timeUs, arrivalUs: timeUs, sequence: i, periodUs, grams }, steps);
  }
  expect(steps).toHaveLength(0);
  expect(watch.openSinceUs).toBeNull();
});
