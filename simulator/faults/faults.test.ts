import { describe, expect, test } from 'vitest';
import type { Reading, ScaleReading } from '../../engine/readings.ts';
import type { FaultPlan } from '../scenario/run.ts';
import { noiseSet } from '../sensors/noise.ts';
import { camera, fakeRun, fault, gondola, readingsOf, sense, seriesOf, shopper } from '../sensors/test-world.ts';

const SCALE = 'scales/A.2';
const FROM_US = 5_000_000;
const TO_US = 15_000_000;

/** 20 s of a store with one camera, four scale units that carry 500 g per cell, and a gate. */
function readingsWith(...faults: FaultPlan[]): Reading[] {
  const noise = noiseSet('none');
  const run = fakeRun({
    fixtures: [gondola('A', 4, 1.5)],
    scaled: true,
    cameras: [camera('c1', noise), camera('c2', noise)],
    shoppers: [shopper('ana')],
    faults,
  });
  return sense(run, 20, (world, tick) => {
    world.loadGrams.fill(500);
    world.stand(0, 3 + tick / 1200, 3);
    if (tick % 60 === 0) world.gateEvents = [{ gateId: 'gate', event: 'entry', credential: `c${tick}`, admits: 1 }];
  });
}

function on(kind: FaultPlan['kind'], change: Partial<FaultPlan> = {}, target = SCALE): FaultPlan {
  return fault({ kind, targets: [target], fromUs: FROM_US, toUs: TO_US, ...change });
}

const healthy = readingsWith();
const isIn = (r: Reading) => r.timeUs >= FROM_US && r.timeUs < TO_US;
const scale = (readings: readonly Reading[]) => readingsOf(readings, 'scale', SCALE);

/** Bytes of everything but one sensor's readings. */
function others(readings: readonly Reading[], sensorId: string): string {
  return JSON.stringify(readings.filter((r) => r.sensorId !== sensorId));
}

test('leaves every other sensor as it was', () => {
  for (const plan of [
    on('dropout', { share: 0.5 }),
    on('offset', { size: { fixed: 9 } }),
    on('latency', { size: { fixed: 1e6 } }),
  ]) {
    expect(others(readingsWith(plan), SCALE)).toBe(others(healthy, SCALE));
  }
});

describe('on the way', () => {
  test('blackout loses every reading of its time, leaving a gap in the sequence', () => {
    const left = scale(readingsWith(on('blackout')));
    expect(left.filter(isIn)).toEqual([]);
    expect(left).toEqual(scale(healthy).filter((r) => !isIn(r)));
  });

  test('dropout loses its share, or as many as strike', () => {
    const all = scale(healthy).filter(isIn).length;
    const left = scale(readingsWith(on('dropout', { share: 0.4 }))).filter(isIn).length / all;
    expect(left).toBeGreaterThan(0.4);
    expect(left).toBeLessThan(0.8);
    const struck = all - scale(readingsWith(on('dropout', { ratePerSecond: 1 }))).filter(isIn).length;
    expect(struck).toBeGreaterThan(3);
    expect(struck).toBeLessThan(20);
  });

  test('burst-dropout loses stretches', () => {
    const left = scale(readingsWith(on('burst-dropout', { ratePerSecond: 0.3, size2: { fixed: 1_000_000 } })));
    const gaps = left.slice(1).map((r, i) => r.sequence - left[i]!.sequence);
    // 1 s holds 5 batches.
    expect(gaps.some((gap) => gap >= 5)).toBe(true);
    expect(gaps.filter((gap) => gap > 1).every((gap) => gap >= 5)).toBe(true);
  });

  test('latency delays arrivals and nothing else', () => {
    const late = scale(readingsWith(on('latency', { size: { fixed: 300_000 } })));
    scale(healthy).forEach((r, i) => {
      expect(late[i]).toEqual({ ...r, arrivalUs: r.arrivalUs + (isIn(r) ? 300_000 : 0) });
    });
  });

  test('reorder lets readings arrive after later ones', () => {
    const readings = readingsWith(on('reorder', { share: 0.2, size: { fixed: 500_000 } })).filter(
      (r) => r.sensorId === SCALE,
    );
    const turned = readings.filter((r, i) => i > 0 && r.sequence < readings[i - 1]!.sequence);
    expect(turned.length).toBeGreaterThan(3);
    expect(new Set(readings.map((r) => r.sequence)).size).toBe(scale(healthy).length);
  });

  test('duplicate sends readings twice with one sequence number', () => {
    const all = scale(readingsWith(on('duplicate', { share: 0.3, size: { fixed: 50_000 } })));
    const twice = all.filter((r, i) => i > 0 && r.sequence === all[i - 1]!.sequence);
    expect(twice.length).toBeGreaterThan(5);
    for (const copy of twice) {
      const first = all.find((r) => r.sequence === copy.sequence)!;
      expect(copy).toEqual({ ...first, arrivalUs: first.arrivalUs + 50_000 });
    }
  });
});

describe('on the stamp', () => {
  test('skew moves stamps by a constant and leaves arrivals', () => {
    const off = scale(readingsWith(on('skew', { size: { fixed: -80_000 } })));
    scale(healthy).forEach((r, i) => {
      expect(off[i]!.timeUs).toBe(isIn(r) ? r.timeUs - 80_000 : r.timeUs);
      expect(off[i]!.arrivalUs).toBe(r.arrivalUs);
    });
  });

  test('jitter scatters stamps to both sides', () => {
    const off = scale(readingsWith(on('jitter', { size: { normal: { mean: 0, sd: 20_000 } } })));
    const moves = scale(healthy).map((r, i) => off[i]!.timeUs - r.timeUs);
    expect(moves.some((move) => move > 5_000) && moves.some((move) => move < -5_000)).toBe(true);
    scale(healthy).forEach((r, i) => {
      if (!isIn(r)) expect(moves[i]).toBe(0);
    });
  });
});

describe('on the content', () => {
  const grams = (plan: FaultPlan) => scale(readingsWith(plan));
  const inside = (all: readonly ScaleReading[]) => all.filter((r) => r.timeUs >= FROM_US + 200_000 && r.timeUs < TO_US);

  test('stuck-at shows one value', () => {
    for (const r of inside(grams(on('stuck-at', { size: { fixed: 42 } }))))
      expect(new Set(r.grams)).toEqual(new Set([42]));
  });

  test('offset adds per cell, once', () => {
    const all = inside(grams(on('offset', { size: { uniform: { low: 10, high: 90 } } })));
    const first = Array.from(all[0]!.grams.subarray(0, 4));
    expect(new Set(first).size).toBe(4);
    for (const r of all) expect(Array.from(r.grams.subarray(0, 4))).toEqual(first);
  });

  test('drift grows by its grams an hour', () => {
    const cell = seriesOf(readingsWith(on('drift', { size: { fixed: 3600 } })), SCALE, 0, 4);
    // 1 g a second from 5 to 15 s, gone afterwards.
    expect(cell.reduce((highest, value) => Math.max(highest, value), 0)).toBeCloseTo(510, 0);
    expect(cell[cell.length - 1]).toBe(500);
  });

  test('spike strikes single samples of single cells', () => {
    const all = grams(on('spike', { ratePerSecond: 2, size: { fixed: 250 } }));
    const struck = all.flatMap((r) => Array.from(r.grams).filter((value) => value !== 500));
    expect(struck.length).toBeGreaterThan(8);
    expect(struck.length).toBeLessThan(40);
    expect(struck.every((value) => value === 750 || value === 1000)).toBe(true);
  });

  test('freeze repeats the last content under fresh stamps', () => {
    const pictures = readingsOf(readingsWith(on('freeze', {}, 'c1')), 'detection', 'c1');
    const frozen = pictures.filter(isIn);
    expect(new Set(frozen.map((r) => r.detections.headsInImagePx.join())).size).toBe(1);
    expect(new Set(frozen.map((r) => r.timeUs)).size).toBe(frozen.length);
    expect(new Set(pictures.map((r) => r.detections.headsInImagePx.join())).size).toBeGreaterThan(80);
  });

  test('freeze holds a scale’s samples too', () => {
    const run = fakeRun({ fixtures: [gondola('A', 4, 3)], scaled: true, faults: [on('freeze')] });
    const readings = sense(run, 20, (world, tick) => world.loadGrams.fill(tick));
    const frozen = readingsOf(readings, 'scale', SCALE).filter((r) => r.timeUs > FROM_US + 200_000 && r.timeUs < TO_US);
    expect(new Set(frozen.flatMap((r) => [...r.grams])).size).toBe(1);
    expect(frozen[0]!.grams[0]).toBeGreaterThan(295);
    expect(frozen[0]!.grams[0]).toBeLessThan(301);
  });

  test('rate-collapse leaves so many pictures, samples and ticks a second, and every gate event', () => {
    const collapse = (target: string, ratePerSecond: number) =>
      readingsWith(on('rate-collapse', { ratePerSecond }, target));
    const pictures = readingsOf(collapse('c1', 2), 'detection', 'c1');
    expect(Math.abs(pictures.filter(isIn).length - 20)).toBeLessThanOrEqual(1);
    pictures.forEach((r, i) => {
      expect(r.sequence).toBe(i);
    });
    const samples = scale(collapse(SCALE, 3)).filter(isIn);
    const kept = samples.flatMap((r) => Array.from(r.grams)).filter((value) => !Number.isNaN(value)).length / 4;
    expect(Math.abs(kept - 30)).toBeLessThanOrEqual(12);
    const gate = collapse('gate', 0.5);
    expect(readingsOf(gate, 'gate', 'gate').length).toBe(readingsOf(healthy, 'gate', 'gate').length);
    expect(readingsOf(gate, 'tick', 'gate').length).toBeLessThan(readingsOf(healthy, 'tick', 'gate').length - 10);
  });

  test('calibration during the run knocks the camera aside until it ends', () => {
    const plan = on('calibration', { size: { fixed: 0.1 }, size2: { fixed: 0.02 } }, 'c1');
    const before = readingsOf(healthy, 'detection', 'c1');
    readingsOf(readingsWith(plan), 'detection', 'c1').forEach((r, i) => {
      const moved = Math.abs(r.detections.headsInImagePx[0]! - before[i]!.detections.headsInImagePx[0]!);
      if (isIn(r)) expect(moved).toBeGreaterThan(0.1);
      else expect(moved).toBe(0);
    });
  });

  test('fog on a lens leaves only what is near', () => {
    const seen = readingsOf(readingsWith(on('fog', {}, 'c1')), 'detection', 'c1').filter(isIn);
    expect(seen.every((r) => r.detections.headScore.length === 0)).toBe(true);
  });
});

test('combines several faults of one sensor', () => {
  const both = scale(
    readingsWith(
      on('offset', { size: { fixed: 10 } }),
      on('offset', { size: { fixed: 5 } }),
      on('latency', { size: { fixed: 7 } }),
    ),
  ).filter((r) => r.timeUs >= FROM_US + 200_000 && r.timeUs < TO_US);
  expect(both.every((r) => r.grams.every((value) => value === 515))).toBe(true);
});

test('gives a fault the same strikes whatever other faults there are', () => {
  const spikes = on('spike', { ratePerSecond: 2, size: { fixed: 250 } });
  const alone = scale(readingsWith(spikes));
  expect(scale(readingsWith(on('freeze', {}, 'c1'), on('latency', { size: { fixed: 0 } }), spikes))).toEqual(alone);
});

test('says which fault names nothing, or something that cannot suffer it', () => {
  expect(() => readingsWith(on('blackout', {}, 'c7'))).toThrow(
    /faults\[0\] blackout on c7: found nothing of that name/,
  );
  expect(() => readingsWith(on('offset', {}, 'c1'))).toThrow(/offset on c1: found camera, expected scale/);
});
