/** A world made by hand, for the tests of the sensors. */
import type { Reading } from '../../engine/readings.ts';
import type { CameraPlan, FaultPlan, FixturePlan, NoiseSet, Run, ScaleNoise, ShopperPlan } from '../scenario/run.ts';
import type { Body, GateEvent, WorldView } from '../world/view.ts';
import { noiseSet } from './noise.ts';
import { Sensors } from './sensors.ts';

export const TICK_US = 1_000_000 / 60;

export function gondola(id: string, xM: number, yM: number, facingRad = 0, plates = 4): FixturePlan {
  return {
    id,
    kind: 'gondola',
    atM: [xM, yM],
    facingRad,
    lengthM: 2,
    depthM: 0.5,
    heightM: 1.8,
    door: null,
    shelves: [0.4, 0.8, 1.2, 1.6].map((heightM, i) => ({ id: `${id}.${i + 1}`, heightM, depthM: 0.45, plates })),
  };
}

export function camera(id: string, noise: NoiseSet, change: Partial<CameraPlan> = {}): CameraPlan {
  return {
    id,
    atM: [1, 1, 2.8],
    lookM: [4, 3, 1],
    hfovRad: 1.2,
    widthPx: 640,
    heightPx: 360,
    k1: 0,
    k2: 0,
    rateHz: 10,
    output: 'detections',
    noise: noise.camera,
    pictures: noise.pictures,
    ...change,
  };
}

export function shopper(key: string, change: Partial<ShopperPlan> = {}): ShopperPlan {
  return {
    key,
    party: key,
    role: 'shopper',
    tailgates: null,
    carriedBy: null,
    refused: false,
    arriveUs: 0,
    entryDoor: 'in',
    heightM: 1.75,
    speedMps: 1,
    equipment: 'none',
    handed: 'right',
    swapHands: 0,
    clothing: { shade: 'mid', uniform: false },
    brings: [],
    actions: [],
    ...change,
  };
}

export interface FakeStore {
  readonly noise?: NoiseSet;
  readonly fixtures?: readonly FixturePlan[];
  readonly cameras?: readonly CameraPlan[];
  /** One scale unit per shelf of the fixtures. */
  readonly scaled?: boolean;
  readonly scaleNoise?: ScaleNoise;
  readonly scaleRateHz?: number;
  readonly shoppers?: readonly ShopperPlan[];
  readonly faults?: readonly FaultPlan[];
  readonly seed?: number;
}

/** A 9 × 6 m store with what is asked for, one door `in` and a gate. */
export function fakeRun(given: FakeStore): Run {
  const noise = given.noise ?? noiseSet('none');
  const fixtures = given.fixtures ?? [];
  const shelves = fixtures.flatMap((fixture) => fixture.shelves.map((shelf) => ({ fixture, shelf })));
  return {
    scenario: 'fake',
    file: 'fake',
    version: 1,
    seed: given.seed ?? 7,
    clockStartUs: 0,
    durationUs: 60_000_000,
    warmupUs: 0,
    tickHz: 60,
    noise,
    knowledge: 'commissioned',
    store: {
      name: 'fake',
      sizeM: [9, 6],
      doors: [{ id: 'in', atM: [0, 3], widthM: 1, use: 'both', gateId: 'gate' }],
      fixtures,
      slots: [],
      zones: [],
    },
    products: [],
    cameras: given.cameras ?? [],
    scales: (given.scaled ? shelves : []).map(({ fixture, shelf }) => ({
      id: `scales/${shelf.id}`,
      shelfId: shelf.id,
      per: 'plate' as const,
      rateHz: given.scaleRateHz ?? 60,
      tradeApproved: false,
      cells: Array.from({ length: shelf.plates }, (_, i) => ({
        fromM: (i * fixture.lengthM) / shelf.plates,
        toM: ((i + 1) * fixture.lengthM) / shelf.plates,
      })),
      noise: given.scaleNoise ?? noise.scale,
    })),
    gates: [{ id: 'gate', doorId: 'in', latencyUs: noise.gateLatencyUs }],
    faults: given.faults ?? [],
    shoppers: given.shoppers ?? [],
    expect: { receipts: {}, metrics: [], never: [], review: [] },
  };
}

export function fault(change: Partial<FaultPlan> & Pick<FaultPlan, 'kind' | 'targets'>): FaultPlan {
  return {
    fromUs: 0,
    toUs: 60_000_000,
    ratePerSecond: 0,
    share: 0,
    size: { fixed: 0 },
    size2: { fixed: 0 },
    ...change,
  };
}

/** The world as sensors see it, to be changed from tick to tick. */
export class FakeWorld implements WorldView {
  timeUs = 0;
  readonly bodies: Body[];
  readonly loadGrams: Float64Array;
  readonly pressGrams: Float64Array;
  readonly cellOffset: Int32Array;
  readonly doorOpen: Float32Array;
  gateEvents: GateEvent[] = [];

  constructor(run: Run) {
    this.bodies = run.shoppers.map((plan, shopperIndex) => ({
      shopperIndex,
      visible: true,
      present: true,
      xM: 0,
      yM: 0,
      headingRad: 0,
      heightM: plan.heightM,
      radiusM: 0.25,
      headInWorldM: new Float64Array(3),
      handsInWorldM: new Float64Array(6),
    }));
    let cells = 0;
    this.cellOffset = Int32Array.from(run.scales, (scale) => (cells += scale.cells.length) - scale.cells.length);
    this.loadGrams = new Float64Array(cells);
    this.pressGrams = new Float64Array(cells);
    this.doorOpen = new Float32Array(run.store.fixtures.length).fill(1);
  }

  /** Puts a body on the floor with its hands 0.3 m to its front's sides at 1.1 m. */
  stand(i: number, xM: number, yM: number): void {
    const body = this.bodies[i]!;
    body.xM = xM;
    body.yM = yM;
    body.headInWorldM.set([xM, yM, body.heightM - 0.12]);
    body.handsInWorldM.set([xM + 0.3, yM + 0.2, 1.1, xM + 0.3, yM - 0.2, 1.1]);
  }
}

/** Runs the sensors for some seconds; `move` changes the world before each tick. */
export function sense(run: Run, seconds: number, move: (world: FakeWorld, tick: number) => void = () => {}): Reading[] {
  const sensors = new Sensors(run);
  const world = new FakeWorld(run);
  const readings: Reading[] = [];
  for (let tick = 0; tick <= seconds * 60; tick++) {
    world.timeUs = Math.round(tick * TICK_US);
    world.gateEvents = [];
    move(world, tick);
    sensors.observe(world);
    readings.push(...sensors.arrivedBy(world.timeUs));
  }
  readings.push(...sensors.flush());
  return readings;
}

/** The readings of one kind and sensor, in order of sequence. */
export function readingsOf<K extends Reading['kind']>(
  readings: readonly Reading[],
  kind: K,
  sensorId: string,
): Extract<Reading, { kind: K }>[] {
  return readings
    .filter((r): r is Extract<Reading, { kind: K }> => r.kind === kind && r.sensorId === sensorId)
    .sort((a, b) => a.sequence - b.sequence);
}

/** Samples of one cell of a unit in order. */
export function seriesOf(readings: readonly Reading[], sensorId: string, cell: number, cells: number): Float64Array {
  const out: number[] = [];
  for (const { grams } of readingsOf(readings, 'scale', sensorId)) {
    for (let i = cell; i < grams.length; i += cells) out.push(grams[i]!);
  }
  return Float64Array.from(out);
}
