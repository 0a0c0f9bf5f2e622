import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Reading } from '../../engine/readings.ts';
import { RandomStream } from '../random.ts';
import type { Run } from '../scenario/run.ts';
import { SensorClock } from './clock.ts';
import { noiseSet } from './noise.ts';
import { camera, type FakeWorld, fakeRun, fault, gondola, readingsOf, sense, shopper } from './test-world.ts';

const noise = noiseSet('default');

function storeRun(change: { more?: string[]; keys?: string[]; fixtures?: string[]; seed?: number } = {}): Run {
  const fixtures = ['A', 'B', ...(change.fixtures ?? [])].map((id, i) => gondola(id, 2 + 2.5 * i, 1.2));
  return fakeRun({
    noise,
    fixtures,
    scaled: true,
    cameras: ['c1', 'c2', ...(change.more ?? [])].map((id, i) =>
      camera(id, noise, { atM: [1 + 2 * i, 0.5 + i, 2.8], hfovRad: 1.5 }),
    ),
    shoppers: (change.keys ?? ['ana', 'ben', 'cem']).map((key) => shopper(key)),
    seed: change.seed ?? 7,
  });
}

/** Everyone walks a path of their own that depends on their key alone. */
function walk(run: Run) {
  return (world: FakeWorld, tick: number): void => {
    world.loadGrams.fill(800);
    run.shoppers.forEach(({ key }, i) => {
      const lane = key.charCodeAt(0) % 7;
      world.stand(i, 2 + ((tick / 60 + lane) % 6), 2.4 + 0.5 * lane);
    });
    if (tick === 90) world.gateEvents = [{ gateId: 'gate', event: 'entry', credential: 'f00d', admits: 2 }];
  };
}

const play = (run: Run, seconds = 12) => sense(run, seconds, walk(run));

function hash(readings: readonly Reading[]): string {
  const sum = createHash('sha256');
  for (const reading of readings) {
    sum.update(
      JSON.stringify(reading, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value)),
    );
  }
  return sum.digest('hex');
}

const base = play(storeRun());

test('gives the same readings for the same seed and others for another', () => {
  expect(hash(play(storeRun()))).toBe(hash(base));
  expect(hash(play(storeRun({ seed: 8 })))).not.toBe(hash(base));
});

test('leaves every sensor as it was when a camera or a fixture’s scales are added', () => {
  const more = play(storeRun({ more: ['c0'] }));
  expect(hash(more.filter((r) => r.sensorId !== 'c0'))).toBe(hash(base));
  const scaled = play(storeRun({ fixtures: ['Z'] }));
  const old = (readings: readonly Reading[]) => readings.filter((r) => r.kind === 'scale' && !r.sensorId.includes('Z'));
  expect(hash(old(scaled))).toBe(hash(old(base)));
});

test('leaves what is seen of the others as it was when a shopper is added out of everyone’s way', () => {
  const run = storeRun({ keys: ['ana', 'ben', 'cem', 'zoe'] });
  const path = walk(run);
  const more = sense(run, 12, (world, tick) => {
    path(world, tick);
    world.bodies[3]!.present = tick > 60;
    world.bodies[3]!.visible = false;
  });
  expect(hash(more)).toBe(hash(base));
});

test('orders readings by arrival, sensor and sequence, and gives none before it arrived', () => {
  for (let i = 1; i < base.length; i++) {
    const [a, b] = [base[i - 1]!, base[i]!];
    const inOrder =
      a.arrivalUs < b.arrivalUs ||
      (a.arrivalUs === b.arrivalUs &&
        (a.sensorId < b.sensorId || (a.sensorId === b.sensorId && a.sequence < b.sequence)));
    expect(inOrder).toBe(true);
  }
});

test('counts sequences without gaps and stamps in integers that never run back', () => {
  for (const id of ['c1', 'c2', 'gate', 'scales/A.1']) {
    const own = base.filter((r) => r.sensorId === id).sort((a, b) => a.sequence - b.sequence);
    expect(own.length).toBeGreaterThan(10);
    own.forEach((r, i) => {
      expect(r.sequence).toBe(i);
      expect(Number.isSafeInteger(r.timeUs) && Number.isSafeInteger(r.arrivalUs) && r.timeUs >= 0).toBe(true);
      if (i > 0) expect(r.timeUs).toBeGreaterThan(own[i - 1]!.timeUs);
    });
  }
});

test('tells the gate’s credential once and shows that it is alive twice a second', () => {
  const [entry, ...rest] = readingsOf(base, 'gate', 'gate');
  expect(rest).toEqual([]);
  expect(entry).toMatchObject({ event: 'entry', credential: 'f00d', admits: 2 });
  expect(Math.abs(entry!.timeUs - 1_500_000)).toBeLessThan(30_000);
  expect(entry!.arrivalUs).toBeGreaterThan(1_550_000);
  expect(readingsOf(base, 'tick', 'gate').length).toBeGreaterThanOrEqual(23);
});

test('gives sensors their own phases', () => {
  const phases = ['c1', 'c2', 'scales/A.1', 'scales/A.2', 'scales/B.1'].map(
    (id) => base.find((r) => r.sensorId === id)!.timeUs % 100_000,
  );
  expect(new Set(phases.map((phase) => Math.round(phase / 1_000))).size).toBeGreaterThanOrEqual(4);
});

test('puts no shopper, party, product or place into a detection', () => {
  for (const reading of base) {
    if (reading.kind !== 'detection') continue;
    expect(Object.keys(reading).sort()).toEqual(['arrivalUs', 'detections', 'kind', 'sensorId', 'sequence', 'timeUs']);
    for (const column of Object.values(reading.detections)) expect(ArrayBuffer.isView(column)).toBe(true);
    expect(Object.keys(reading.detections).length).toBe(7);
  }
});

describe('clocks', () => {
  test('run 20 to 100 ppm off to either side and are set right again', () => {
    const rates: number[] = [];
    for (let i = 0; i < 60; i++) {
      const clock = new SensorClock(new RandomStream(3, `clock/${i}`), noise.clock);
      rates.push(clock.rate * 1e6);
      let worst = 0;
      for (let t = 0; t < 600; t++) worst = Math.max(worst, Math.abs(clock.stampUs(t * 1e6, 0) - t * 1e6));
      // 100 ppm of 64 s, with residual and jitter of 1 ms SD each.
      expect(worst).toBeLessThan(6_400 + 8_000);
    }
    expect(rates.every((rate) => Math.abs(rate) >= 20 && Math.abs(rate) <= 100)).toBe(true);
    expect(rates.some((rate) => rate > 0) && rates.some((rate) => rate < 0)).toBe(true);
  });

  test('are exact without noise', () => {
    const clock = new SensorClock(new RandomStream(3, 'clock'), noiseSet('none').clock);
    for (const t of [0, 16_667, 5_000_000, 1e9]) expect(clock.stampUs(t, 0)).toBe(t);
  });
});

test('recovers from a sensor’s fault without touching what comes after it', () => {
  const run = storeRun();
  const faulty = play({ ...run, faults: [fault({ kind: 'blackout', targets: ['c1'], fromUs: 4e6, toUs: 6e6 })] });
  const late = (readings: readonly Reading[]) => readings.filter((r) => r.sensorId === 'c1' && r.timeUs > 6_100_000);
  expect(hash(late(faulty))).toBe(hash(late(base)));
});
