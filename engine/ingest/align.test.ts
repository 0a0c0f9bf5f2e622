import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../readings.ts';
import { parseStore } from '../store.ts';
import { Aligner, type AlignOptions } from './align.ts';
import type { Moment } from './moment.ts';

const SENSORS = ['a', 'b', 'c'] as const;

function storeOf(ids: readonly string[]) {
  return parseStore({
    name: 'small',
    sizeM: [4, 4],
    doors: [{ id: 'door', atM: [0, 2], widthM: 1, use: 'both' }],
    fixtures: [
      {
        id: 'F',
        kind: 'rack',
        atM: [2, 2],
        facingRad: 0,
        lengthM: 1,
        depthM: 0.4,
        heightM: 1,
        shelves: [{ id: 'F.1', heightM: 0.5, depthM: 0.4 }],
      },
    ],
    scales: ids.map((id) => ({ id, shelfId: 'F.1', rateHz: 10, cells: [{ fromM: 0, toM: 1 }] })),
    cameras: [],
    slots: [],
    products: [],
  });
}

function scale(sensorId: string, sequence: number, timeUs: number, arrivalUs = timeUs): Reading {
  return { kind: 'scale', sensorId, sequence, timeUs, arrivalUs, periodUs: 1000, grams: Float32Array.of(sequence) };
}

function tick(sensorId: string, sequence: number, timeUs: number, arrivalUs = timeUs): Reading {
  return { kind: 'tick', sensorId, sequence, timeUs, arrivalUs };
}

function alignAll(readings: readonly Reading[], options?: AlignOptions, ids: readonly string[] = SENSORS) {
  const aligner = new Aligner(storeOf(ids), options);
  const moments: Moment[] = [];
  const drain = () => {
    for (let moment = aligner.take(); moment !== null; moment = aligner.take()) moments.push(moment);
  };
  for (const reading of readings) {
    aligner.push(reading);
    drain();
  }
  aligner.flush();
  drain();
  return { moments, counters: aligner.counters };
}

function textOf(moments: readonly Moment[]): string[] {
  return moments.map(
    (m) => `${m.timeUs}: ${m.readings.map((r) => `${r.timeUs}/${r.sensorId}/${r.sequence}`).join(' ')}`,
  );
}

/** Readings of three sensors with their own rates, phases and lost numbers. */
const streams = fc
  .record({
    periods: fc.tuple(...SENSORS.map(() => fc.integer({ min: 30_000, max: 400_000 }))),
    phases: fc.tuple(...SENSORS.map(() => fc.integer({ min: 0, max: 300_000 }))),
    firsts: fc.tuple(...SENSORS.map(() => fc.nat(40))),
    lost: fc.array(fc.nat(40), { maxLength: 6 }),
  })
  .map(({ periods, phases, firsts, lost }) =>
    SENSORS.flatMap((id, s) =>
      Array.from({ length: 30 }, (_, k) => scale(id, firsts[s]! + k, phases[s]! + k * periods[s]!)).filter(
        (_, k) => !lost.includes(k * 3 + s),
      ),
    ),
  );

test('gives the same moments for every order of arrival within the bound', () => {
  fc.assert(
    fc.property(streams, fc.array(fc.nat(2_999_999), { minLength: 90, maxLength: 90 }), (readings, delays) => {
      const onTime = [...readings].sort((a, b) => a.timeUs - b.timeUs);
      const shuffled = readings
        .map((reading, i) => ({ ...reading, arrivalUs: reading.timeUs + delays[i]! }))
        .sort((a, b) => a.arrivalUs - b.arrivalUs);
      const straight = alignAll(onTime);
      const late = alignAll(shuffled);
      expect(textOf(late.moments)).toEqual(textOf(straight.moments));
      expect(late.counters.late).toBe(0);
      expect({ ...late.counters, outOfOrder: 0 }).toEqual({ ...straight.counters, outOfOrder: 0 });
      expect(late.moments.flatMap((m) => m.readings)).toHaveLength(readings.length);
    }),
    { numRuns: 150 },
  );
});

test('orders readings of equal time by the place of their sensor in the store, not by its id', () => {
  const readings = ['z', 'y', 'x'].map((id) => scale(id, 0, 50_000));
  fc.assert(
    fc.property(fc.shuffledSubarray(readings, { minLength: 3 }), (shuffled) => {
      const { moments } = alignAll(shuffled, {}, ['z', 'y', 'x']);
      expect(moments[0]!.readings.map((r) => r.sensorId)).toEqual(['z', 'y', 'x']);
    }),
  );
});

test('ends moments at multiples of their length and puts a reading on the line into the later one', () => {
  const { moments } = alignAll([scale('a', 0, 99_999), scale('a', 1, 100_000), scale('a', 2, 250_000)]);
  expect(textOf(moments)).toEqual(['100000: 99999/a/0', '200000: 100000/a/1', '300000: 250000/a/2']);
});

test('waits for a silent sensor no longer than the bound', () => {
  const aligner = new Aligner(storeOf(SENSORS));
  const released: [number, number][] = [];
  for (let k = 0; k < 100; k++) {
    aligner.push(scale('a', k, k * 50_000));
    aligner.push(scale('b', k, k * 50_000));
    for (let moment = aligner.take(); moment !== null; moment = aligner.take())
      released.push([moment.timeUs, moment.arrivalUs]);
  }
  expect(released.length).toBeGreaterThan(10);
  for (const [timeUs, arrivalUs] of released) expect(arrivalUs - timeUs).toBeLessThanOrEqual(3_050_000);
});

test('moves on at once when a quiet sensor ticks', () => {
  const aligner = new Aligner(storeOf(['a', 'b']));
  aligner.push(scale('a', 0, 10_000));
  aligner.push(scale('a', 1, 210_000));
  expect(aligner.take()).toBeNull();
  aligner.push(tick('b', 0, 200_000));
  expect(aligner.take()?.timeUs).toBe(100_000);
});

test('counts and drops what is late, doubled, unknown or broken, and goes on', () => {
  const { counters, moments } = alignAll(
    [
      scale('a', 0, 0),
      scale('a', 1, 5_000_000),
      scale('a', 1, 5_000_000),
      scale('b', 0, 1_000_000, 5_000_000),
      scale('nobody', 0, 5_000_000),
      scale('a', 2, Number.NaN),
      { ...scale('a', 3, 5_100_000), grams: Float32Array.of(1, 2, Number.POSITIVE_INFINITY) } as Reading,
      {
        kind: 'gate',
        sensorId: 'a',
        sequence: 4,
        timeUs: 5e6,
        arrivalUs: 5e6,
        event: 'entry',
        credential: null,
        admits: 1,
      },
      scale('a', 5, 5_200_000),
    ],
    {},
  );
  expect(counters).toEqual({
    readings: 9,
    late: 1,
    lost: 3,
    duplicate: 1,
    outOfOrder: 0,
    invalid: 3,
    unknownSensor: 1,
  });
  expect(moments.flatMap((m) => m.readings)).toHaveLength(3);
});

test('does not count a late reading as lost', () => {
  const { counters } = alignAll([scale('a', 0, 0), scale('a', 2, 9_000_000), scale('a', 1, 100_000, 9_100_000)]);
  expect(counters.late).toBe(1);
  expect(counters.outOfOrder).toBe(1);
  expect(counters.lost).toBe(0);
});

test('takes a stamp far ahead of its arrival for a broken clock and releases nothing for it', () => {
  const aligner = new Aligner(storeOf(['a']));
  aligner.push(scale('a', 0, 50_000));
  aligner.push(scale('a', 1, 3_600_000_000, 150_000));
  expect(aligner.counters.invalid).toBe(1);
  expect(aligner.take()).toBeNull();
  aligner.push(scale('a', 2, 250_000));
  aligner.flush();
  expect(aligner.take()?.readings).toHaveLength(1);
  expect(aligner.take()?.readings).toHaveLength(1);
});

test('survives a jump of arrival by centuries without counting through empty moments', () => {
  const { moments } = alignAll([scale('a', 0, 0), scale('a', 1, 9e15, 9e15), scale('a', 2, 9e15 + 1e5, 9e15 + 1e5)]);
  expect(moments).toHaveLength(3);
});

test('follows a sensor that starts to count anew', () => {
  const before = Array.from({ length: 50 }, (_, k) => scale('a', 1_000 + k, k * 100_000));
  const after = Array.from({ length: 50 }, (_, k) => scale('a', k, 5_000_000 + k * 100_000));
  const { counters, moments } = alignAll([...before, ...after], {}, ['a']);
  expect(moments.flatMap((m) => m.readings)).toHaveLength(100);
  expect(counters.duplicate + counters.late + counters.lost).toBe(0);
});

test('follows a sensor that restarts at 0 after any number of readings, some lost, others still on their way', () => {
  fc.assert(
    fc.property(fc.nat(700), fc.nat(400), fc.nat(5), fc.nat(3), (first, count, lossEvery, late) => {
      const before = Array.from({ length: count + late }, (_, k) => scale('a', first + k, k * 100_000));
      const kept = before.slice(0, count).filter((_, k) => lossEvery < 2 || k % lossEvery !== 1);
      const restartUs = (count + late) * 100_000;
      const after = Array.from({ length: 60 }, (_, k) => scale('a', k, restartUs + k * 100_000));
      // The last readings before the restart arrive after the first ones of the new numbering.
      const arrivals = [...kept, ...after.slice(0, 2), ...before.slice(count), ...after.slice(2)];
      const { moments } = alignAll(arrivals, {}, ['a']);
      const times = new Set(moments.flatMap((m) => m.readings).map((reading) => reading.timeUs));
      expect(after.filter((reading) => times.has(reading.timeUs)).length).toBeGreaterThanOrEqual(58);
    }),
    { numRuns: 200 },
  );
});

test('accepts decisions from a desk that is no sensor of the store', () => {
  const decision: Reading = {
    kind: 'decision',
    sensorId: 'desk',
    sequence: 0,
    timeUs: 60_000,
    arrivalUs: 60_000,
    tripId: 'trip-1',
    lines: [],
  };
  const { moments, counters } = alignAll([scale('a', 0, 50_000), decision]);
  expect(moments[0]!.readings.map((r) => r.kind)).toEqual(['scale', 'decision']);
  expect(counters.unknownSensor).toBe(0);
});

test('keeps no more of a babbling sensor than its window', () => {
  const aligner = new Aligner(storeOf(['a', 'b']));
  for (let k = 0; k < 20_000; k++) aligner.push(scale('a', k, 1_000 + k));
  aligner.flush();
  expect(aligner.take()!.readings.length).toBeLessThan(1_000);
  expect(aligner.counters.invalid).toBeGreaterThan(19_000);
});

test('survives any sequence numbers and times', () => {
  const wild = fc.record({
    id: fc.constantFrom(...SENSORS, 'd'),
    sequence: fc.oneof(fc.nat(50), fc.maxSafeNat()),
    timeUs: fc.oneof(fc.nat(5_000_000), fc.maxSafeNat()),
    arrivalUs: fc.oneof(fc.nat(5_000_000), fc.maxSafeNat()),
  });
  fc.assert(
    fc.property(fc.array(wild, { maxLength: 60 }), (readings) => {
      const { moments, counters } = alignAll(readings.map((r) => scale(r.id, r.sequence, r.timeUs, r.arrivalUs)));
      const times = moments.map((m) => m.timeUs);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      const kept = moments.flatMap((m) => m.readings).length;
      expect(kept + counters.late + counters.duplicate + counters.invalid + counters.unknownSensor).toBe(
        readings.length,
      );
    }),
    { numRuns: 300 },
  );
});
