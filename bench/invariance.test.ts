/**
 * Nothing leaks and nothing wobbles: the carts follow from what the readings say about the world, not from names, order,
 * origins of time and place, threads, or the truth beside them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { executeRun } from '../bin/execute-run.ts';
import { resolveFile } from '../bin/scenario-files.ts';
import { type Cart, cartsHash, ENGINE_DEFAULTS, Engine, type Store } from '../engine/index.ts';
import type { Reading } from '../engine/readings.ts';
import { openRecording } from '../engine/recording/replay.ts';
import { stripTruth } from '../engine/recording/strip-truth.ts';
import { parseScenario, type Scenario } from '../simulator/scenario/load-scenario.ts';
import { resolve } from '../simulator/scenario/resolve.ts';
import type { Run } from '../simulator/scenario/run.ts';
import { Simulation } from '../simulator/simulate.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const demo = join(root, 'scenarios/demo.yaml');
const seed = 3;

function readingsOf(run: Run): { store: Store; readings: Reading[] } {
  const simulation = new Simulation(run);
  const readings: Reading[] = [];
  for (let step = simulation.step(); step; step = simulation.step()) readings.push(...step.readings);
  return { store: simulation.store, readings };
}

function cartsOf(store: Store, readings: readonly Reading[]): Cart[] {
  const engine = new Engine(store);
  const carts = new Map<string, Cart>();
  for (const reading of readings) engine.push(reading);
  for (const output of [...engine.take(), ...engine.finish()]) {
    if (output.kind === 'cart') carts.set(output.cart.tripId, output.cart);
  }
  return [...carts.values()];
}

/** What a retailer would be sent, confidences to six digits: for changes of place or name that move last bits or ids. */
function receipts(carts: readonly Cart[], nameOf: (credential: string | null) => string | null = (name) => name) {
  return carts
    .map(({ credential, status, confidence, lines }) => ({
      credential: nameOf(credential),
      status,
      confidence: confidence.toFixed(6),
      lines: lines.map((line) => `${line.quantity.value} ${line.sku} ${line.confidence.toFixed(6)}`),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

let run: Run;
let store: Store;
let readings: Reading[];
let carts: Cart[];
const folder = mkdtempSync(join(tmpdir(), 'aisle-'));

beforeAll(() => {
  run = resolveFile(demo, seed, {});
  ({ store, readings } = readingsOf(run));
  carts = cartsOf(store, readings);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the carts do not depend on', () => {
  test('anything, when there is nothing to compare (the demo has carts with lines)', () => {
    expect(carts.length).toBeGreaterThan(3);
    expect(carts.flatMap((cart) => cart.lines).length).toBeGreaterThan(4);
  });

  test('the names of sensors, credentials, places and products', () => {
    // Hashed names sort in another order than the written ones.
    const rename = (id: string) => `n${[...id].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0, 7)}`;
    const shelfName = (id: string) => `${rename(id)}.1`;
    const renamed: Store = {
      ...store,
      doors: store.doors.map((door) => ({
        ...door,
        id: rename(door.id),
        ...(door.gateId === undefined ? {} : { gateId: rename(door.gateId) }),
      })),
      fixtures: store.fixtures.map((fixture) => ({
        ...fixture,
        id: rename(fixture.id),
        shelves: fixture.shelves.map((shelf) => ({ ...shelf, id: shelfName(shelf.id) })),
      })),
      scales: store.scales.map((unit) => ({ ...unit, id: rename(unit.id), shelfId: shelfName(unit.shelfId) })),
      cameras: store.cameras.map((camera) => ({ ...camera, id: rename(camera.id) })),
      slots: store.slots.map((slot) => ({
        ...slot,
        id: rename(slot.id),
        shelfId: shelfName(slot.shelfId),
        skus: slot.skus.map(rename),
        stock: Object.fromEntries(Object.entries(slot.stock).map(([sku, count]) => [rename(sku), count])),
      })),
      products: store.products.map((product) => ({
        ...product,
        sku: rename(product.sku),
        ...(product.multipack ? { multipack: { ...product.multipack, of: rename(product.multipack.of) } } : {}),
      })),
      staffCredentials: store.staffCredentials.map(rename),
    };
    const said = readings.map((reading): Reading => {
      const sensorId = rename(reading.sensorId);
      if (reading.kind !== 'gate') return { ...reading, sensorId };
      return { ...reading, sensorId, credential: reading.credential && rename(reading.credential) };
    });
    const expected = carts.map((cart) => ({
      ...cart,
      lines: cart.lines.map((line) => ({ ...line, sku: rename(line.sku) })).sort((a, b) => (a.sku < b.sku ? -1 : 1)),
    }));
    const found = cartsOf(renamed, said);
    expect(receipts(found)).toEqual(receipts(expected, (name) => name && rename(name)));
  });

  test('the order of entities in the scenario', () => {
    const reversed = reversedScenario(demo);
    const other = readingsOf(resolve(reversed, seed));
    expect(receipts(cartsOf(other.store, other.readings))).toEqual(receipts(carts));
  });

  test('the order of readings of equal time, and of arrival inside the lateness bound', () => {
    const expected = cartsHash(carts);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_500_000 }), { minLength: 97, maxLength: 97 }), (delays) => {
        // Later arrival by up to 1.5 s; the reading itself is untouched.
        const late = readings.map((reading, i) => ({ ...reading, arrivalUs: reading.arrivalUs + delays[i % 97]! }));
        late.sort((a, b) => a.arrivalUs - b.arrivalUs);
        expect(cartsHash(cartsOf(store, late))).toBe(expected);
      }),
      { numRuns: 4 },
    );
    const sameTime = [...readings].reverse().sort((a, b) => a.arrivalUs - b.arrivalUs);
    expect(cartsHash(cartsOf(store, sameTime))).toBe(expected);
  });

  test("the clock's origin", () => {
    const shiftUs = 3_600_000_000;
    const shifted = readings.map((reading) => ({
      ...reading,
      timeUs: reading.timeUs + shiftUs,
      arrivalUs: reading.arrivalUs + shiftUs,
    }));
    expect(receipts(cartsOf(store, shifted))).toEqual(receipts(carts));
  });

  test('where the store lies and which way it faces', () => {
    // A quarter turn counter-clockwise about the origin, then along x so that coordinates stay positive.
    const shiftM = store.sizeM[1];
    const turn = ([x, y]: readonly [number, number]): [number, number] => [shiftM - y, x];
    const turned: Store = {
      ...store,
      sizeM: [store.sizeM[1], store.sizeM[0]],
      doors: store.doors.map((door) => ({ ...door, atM: turn(door.atM) })),
      fixtures: store.fixtures.map((fixture) => ({
        ...fixture,
        atM: turn(fixture.atM),
        facingRad: fixture.facingRad + Math.PI / 2,
      })),
      cameras: store.cameras.map((camera) => ({
        ...camera,
        cameraFromWorld: turnedPose(camera.cameraFromWorld, shiftM),
      })),
    };
    expect(receipts(cartsOf(turned, readings))).toEqual(receipts(carts));
  });

  test('the truth beside the readings of a recording', async () => {
    const [whole, stripped] = [join(folder, 'whole.mcap'), join(folder, 'stripped.mcap')];
    const outcome = await executeRun({
      ...{
        file: demo,
        seed,
        overrides: {},
        cameras: null,
        attribution: ENGINE_DEFAULTS.attribution,
        ablate: [],
        tracks: 'engine',
      },
      ...{
        record: whole,
        recordPictures: false,
        journal: null,
        exportDir: null,
        report: false,
        pictureWorkers: 1,
        index: 0,
        progress: new SharedArrayBuffer(8),
      },
    });
    expect(outcome.ok && outcome.result.hashes.carts).toBe(cartsHash(carts));
    await stripTruth(whole, stripped);
    for (const file of [whole, stripped]) {
      const recording = await openRecording(file);
      const replayed: Reading[] = [];
      for await (const reading of recording.readings()) replayed.push(reading);
      expect(cartsHash(cartsOf(recording.store, replayed))).toBe(cartsHash(carts));
    }
  });

  test('the process, or the number of workers', () => {
    const hashes = [1, 2, 4].map((workers) => {
      const args = ['run', demo, '--seed', `${seed},${seed + 1}`, '--workers', String(workers), '--json'];
      const { stdout } = spawnSync(process.execPath, [join(root, 'bin/aisle.js'), ...args], { encoding: 'utf8' });
      return stdout
        .split('\n')
        .filter((line) => line.includes('"hashes"'))
        .map((line) => (JSON.parse(line) as { hashes: object }).hashes);
    });
    expect(hashes[0]).toHaveLength(2);
    expect(hashes[0]![0]).toMatchObject({ carts: cartsHash(carts) });
    expect(hashes[1]).toEqual(hashes[0]);
    expect(hashes[2]).toEqual(hashes[0]);
  });
});

/** The pose of a camera after the world was turned: R' = R·Zᵀ, t' so that points map as before. */
function turnedPose(pose: readonly number[], shiftM: number): number[] {
  return [0, 1, 2].flatMap((row) => {
    const [a, b, c, t] = [0, 1, 2, 3].map((column) => pose[4 * row + column]!) as [number, number, number, number];
    // World before: x = y', y = shift − x'.
    return [-b, a, c, t + b * shiftM];
  });
}

/** The scenario with the entries of every keyed collection in reverse order. */
function reversedScenario(file: string): Scenario {
  const readFile = (path: string) => reversedMaps(readFileSync(path, 'utf8'));
  const loaded = parseScenario(readFile(file), file, readFile);
  if ('errors' in loaded) throw new Error(loaded.errors.map((error) => error.found).join('\n'));
  return loaded.scenario;
}

function reversedMaps(text: string): string {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  return stringify(reversed(parse(text)));
}
