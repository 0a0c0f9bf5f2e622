import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PosePoint, PoseReading, Reading, ScaleReading } from '../engine/readings.ts';
import { parseStore, type Store } from '../engine/store.ts';

/** The real recording as the engine's own input: one store and all its readings in order of arrival. */
export interface PlateTrace {
  readonly store: Store;
  readonly readings: readonly Reading[];
  /** Sensor id of the store's own tracker. */
  readonly poseSourceId: string;
}

/** First issue stamp of the recording, whole seconds down; the run's start. */
const START_UNIX_US = 1_587_531_994_000_000;
const METRES_PER_INCH = 0.0254;
/** The recording's fixtures stand at y ≤ 0.4 m and people at y < 0; this puts the world's corner outside of both. */
const SHIFT_M: readonly [number, number] = [1, 4];
const PLATE_WIDTH_M = 0.1016;
/** Plates of one shelf send their batches together. */
const BATCH = 12;
/** Least significant step of a plate, grams (measured on this recording). */
const QUANTUM_GRAMS = 0.241;

interface Plate {
  readonly gondola: number;
  readonly shelf: number;
  readonly plate: number;
}

interface Facing {
  readonly plates: readonly Plate[];
  readonly upc: string;
  /** Left front corner of the facing in the recording's own metres. */
  readonly atM: readonly [number, number, number];
  readonly depthM: number;
}

type Row = Record<string, unknown>;

/** Reads the recording from a data root's `plate-trace` folder; throws what the file system throws. */
export function readPlateTrace(dataRoot: string): PlateTrace {
  const lines = (file: string) =>
    readFileSync(join(dataRoot, 'plate-trace', file), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Row);
  const batches = lines('plate_data.json').map(batchOf);
  const facings = lines('planogram.json').flatMap(facingOf);
  const store = storeOf(facings, batches, lines('products.json'));
  const readings = [...scaleReadings(batches), ...poseReadings(lines('full_targets.json'))];
  readings.sort((a, b) => a.arrivalUs - b.arrivalUs || a.timeUs - b.timeUs);
  return { store, readings, poseSourceId: POSE_SOURCE_ID };
}

const POSE_SOURCE_ID = 'store-tracker';

/** Follows a path of keys; undefined where it ends. */
function at(row: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Row | undefined)?.[key], row);
}

function numberAt(row: unknown, ...keys: readonly string[]): number {
  return Number(at(row, ...keys) ?? 0);
}

function unixUs(text: unknown): number {
  const [whole, fraction = ''] = String(text).replace('Z', '').split('.');
  return Date.parse(`${whole}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6)) - START_UNIX_US;
}

function facingOf(row: Row): Facing[] {
  const upc = at(row, 'planogram_product_id', 'id');
  if (upc === undefined) return [];
  const plates = (row['plate_ids'] as Row[]).map((plate) => ({
    gondola: numberAt(plate, 'shelf_id', 'gondola_id', 'id'),
    shelf: numberAt(plate, 'shelf_id', 'shelf_index'),
    plate: numberAt(plate, 'plate_index'),
  }));
  const corner = ['global_coordinates', 'transform', 'translation'] as const;
  return [
    {
      plates,
      upc: String(upc),
      atM: [numberAt(row, ...corner, 'x'), numberAt(row, ...corner, 'y'), numberAt(row, ...corner, 'z')],
      depthM: numberAt(row, 'global_coordinates', 'dim_y'),
    },
  ];
}

interface Batch {
  readonly gondola: number;
  readonly timeUs: number;
  readonly arrivalUs: number;
  readonly periodUs: number;
  /** samples, shelves, plates; index 0 of the last two is unused. */
  readonly shape: readonly [number, number, number];
  readonly grams: Float32Array;
}

function batchOf(row: Row): Batch {
  const values = at(row, 'document', 'plate_data', 'values');
  const bytes = Buffer.from(String(at(values, 'data')), 'base64');
  return {
    gondola: numberAt(row, 'document', 'plate_data', 'plate_id', 'shelf_id', 'gondola_id', 'id'),
    timeUs: unixUs(at(row, 'document', 'header', 't_issue')),
    arrivalUs: unixUs(at(row, 'date_time', '$date')),
    periodUs: Math.round(1e6 / numberAt(row, 'document', 'plate_data', 'freq_samp')),
    shape: at(values, 'shape') as [number, number, number],
    grams: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
  };
}

const fixtureId = (gondola: number) => `G${gondola}`;
const shelfId = (gondola: number, shelf: number) => `${fixtureId(gondola)}.${shelf}`;
const scaleId = (gondola: number, shelf: number) => `plates/${shelfId(gondola, shelf)}`;

/** Plates of a shelf that carry a cell: those with numbers in the gondola's first batch. */
function mountedPlates(batch: Batch, shelf: number): number[] {
  const [, shelves, plates] = batch.shape;
  if (shelf >= shelves) return [];
  return Array.from({ length: plates }, (_, plate) => plate).filter(
    (plate) => plate > 0 && !Number.isNaN(batch.grams[shelf * plates + plate]),
  );
}

function storeOf(facings: readonly Facing[], batches: readonly Batch[], productRows: readonly Row[]): Store {
  // Gondola 5 stands across the aisle's end and sent nothing: it is left out with its facings.
  const firsts = [1, 2, 3, 4].map((gondola) => batches.find((batch) => batch.gondola === gondola)!);
  const fixtures = firsts.map((first) => fixtureOf(first.gondola, facings));
  const known = new Set(fixtures.flatMap((fixture) => fixture.shelves.map((shelf) => shelf.id)));
  const here = facings.filter(({ plates: [{ gondola, shelf }] }) => known.has(shelfId(gondola, shelf)));
  return parseStore({
    name: 'AutoCheckout BENCHMARK-1',
    sizeM: [7.4, 5.2],
    doors: [{ id: 'door', atM: [0, 1], widthM: 1, use: 'both' }],
    fixtures,
    scales: firsts.flatMap((first) =>
      Array.from({ length: first.shape[1] }, (_, shelf) => shelf).flatMap((shelf) => scaleOf(first, shelf, known)),
    ),
    cameras: [],
    poseSources: [{ id: POSE_SOURCE_ID }],
    slots: here.map(slotOf),
    products: productsOf(here, productRows),
  });
}

/** A gondola from its facings: they face −y, their plates count from the left, heights are their shelves'. */
function fixtureOf(gondola: number, facings: readonly Facing[]): Store['fixtures'][number] {
  const own = facings.filter((facing) => facing.plates[0].gondola === gondola);
  const leftM = Math.min(...own.map((facing) => facing.atM[0] - (facing.plates[0].plate - 1) * PLATE_WIDTH_M));
  const plates = Math.max(...own.flatMap((facing) => facing.plates.map((plate) => plate.plate)));
  const lengthM = plates * PLATE_WIDTH_M;
  const depthM = own[0].depthM;
  const heights = new Map(own.map((facing) => [facing.plates[0].shelf, facing.atM[2]]));
  return {
    id: fixtureId(gondola),
    kind: 'gondola',
    atM: [leftM + lengthM / 2 + SHIFT_M[0], own[0].atM[1] + SHIFT_M[1]],
    facingRad: -Math.PI / 2,
    lengthM,
    depthM,
    heightM: 2,
    shelves: [...heights].map(([shelf, heightM]) => ({ id: shelfId(gondola, shelf), heightM, depthM })),
  };
}

function scaleOf(first: Batch, shelf: number, known: ReadonlySet<string>): Store['scales'] {
  const plates = mountedPlates(first, shelf);
  if (plates.length === 0 || !known.has(shelfId(first.gondola, shelf))) return [];
  return [
    {
      id: scaleId(first.gondola, shelf),
      shelfId: shelfId(first.gondola, shelf),
      rateHz: 60,
      quantumGrams: QUANTUM_GRAMS,
      noiseGrams: 0,
      tradeApproved: false,
      cells: plates.map((plate) => ({ fromM: (plate - 1) * PLATE_WIDTH_M, toM: plate * PLATE_WIDTH_M })),
    },
  ];
}

function slotOf({ plates, upc }: Facing): Store['slots'][number] {
  const [{ gondola, shelf, plate }] = plates;
  return {
    id: `${shelfId(gondola, shelf)}.${plate}`,
    shelfId: shelfId(gondola, shelf),
    fromM: (plate - 1) * PLATE_WIDTH_M,
    toM: plates[plates.length - 1].plate * PLATE_WIDTH_M,
    skus: [upc],
    facings: plates.length,
    depth: 4,
    stock: {},
  };
}

/** Products of the facings; the catalogue repeats some, the first entry counts. */
function productsOf(facings: readonly Facing[], rows: readonly Row[]): Store['products'] {
  const wanted = new Set(facings.map((facing) => facing.upc));
  const products = new Map<string, Store['products'][number]>();
  for (const row of rows) {
    const sku = String(at(row, 'product_id', 'id'));
    const mean = numberAt(row, 'metadata', 'weight');
    if (!wanted.has(sku) || products.has(sku) || !(mean > 0)) continue;
    products.set(sku, {
      sku,
      name: String(at(row, 'metadata', 'name')),
      priceMinor: Math.round(numberAt(row, 'metadata', 'price') * 100),
      currency: 'USD',
      weightGrams: { mean, sd: 0 },
      sizeM: [PLATE_WIDTH_M, PLATE_WIDTH_M, PLATE_WIDTH_M],
      sellBy: 'each',
    });
  }
  return [...products.values()];
}

function scaleReadings(batches: readonly Batch[]): ScaleReading[] {
  const sequences = new Map<string, number>();
  return batches.flatMap((batch) => {
    const [samples, shelves, plates] = batch.shape;
    return Array.from({ length: shelves }, (_, shelf) => shelf).flatMap((shelf) => {
      const mounted = mountedPlates(batch, shelf);
      if (mounted.length === 0 || samples !== BATCH) return [];
      const sensorId = scaleId(batch.gondola, shelf);
      const sequence = sequences.get(sensorId) ?? 0;
      sequences.set(sensorId, sequence + 1);
      const grams = new Float32Array(samples * mounted.length);
      for (let i = 0; i < samples; i++) {
        mounted.forEach((plate, cell) => {
          grams[i * mounted.length + cell] = batch.grams[(i * shelves + shelf) * plates + plate];
        });
      }
      const { timeUs, periodUs } = batch;
      // The database's own clock is coarser than the plates': nothing arrives before it was issued.
      const arrivalUs = Math.max(batch.arrivalUs, timeUs);
      return [{ kind: 'scale' as const, sensorId, timeUs, arrivalUs, sequence, periodUs, grams }];
    });
  });
}

function poseReadings(rows: readonly Row[]): PoseReading[] {
  return rows.map((row, sequence) => ({
    kind: 'pose',
    sensorId: POSE_SOURCE_ID,
    timeUs: unixUs(at(row, 'document', 'header', 't_origin')),
    arrivalUs: unixUs(at(row, 'date_time', '$date')),
    sequence,
    people: ((at(row, 'document', 'targets', 'targets') as Row[] | undefined) ?? []).flatMap(personOf),
  }));
}

/** A target as a person; one whose head the tracker did not place is none. */
function personOf(target: Row): PoseReading['people'][number][] {
  const head = jointOf(target['head']);
  if (head === null) return [];
  const hands = ((target['hands'] as Row[] | undefined) ?? []).map(jointOf).filter((joint) => joint !== null);
  return [{ targetId: String(at(target, 'target_id', 'id')), head, hands }];
}

/** Inches to metres; a joint not seen has score 0 or no place. */
function jointOf(joint: unknown): PosePoint | null {
  const x = at(joint, 'point', 'x');
  if (x === undefined) return null;
  return {
    inWorldM: [
      Number(x) * METRES_PER_INCH + SHIFT_M[0],
      numberAt(joint, 'point', 'y') * METRES_PER_INCH + SHIFT_M[1],
      numberAt(joint, 'point', 'z') * METRES_PER_INCH,
    ],
    score: numberAt(joint, 'score'),
  };
}
