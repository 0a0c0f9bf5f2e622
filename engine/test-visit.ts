import type { GateReading, PoseReading, Reading, ScaleReading, Tick } from './readings.ts';
import type { Store } from './store.ts';

/** Somebody who walks in, stands at a shelf, moves goods and walks out again. */
export interface Visit {
  readonly credential: string | null;
  readonly enterSecond: number;
  /** Where they stand, floor metres. */
  readonly standM: readonly [number, number];
  readonly moves: readonly Move[];
  /** Null: stays inside. */
  readonly leaveSecond: number | null;
}

export interface Move {
  readonly atSecond: number;
  readonly cell: number;
  /** Change of the cell's load. */
  readonly grams: number;
}

/** Sensor ids; a test may rename them. */
export const VISIT_SENSORS = { gate: 'gate', poses: 'poses', scale: 'scales/F.1' };

const POSE_HZ = 10;
const SCALE_HZ = 60;
const BATCH = 12;
const WALK_MPS = 1.2;
const HEAD_M = 1.65;
const DOOR_M = [-0.6, 5] as const;
const REACH_SECONDS = 0.6;

/** The store with one foreign tracker; its shelf stands at x 5, y 5 and faces −y, its door at x 0, y 5. */
export function visitStore(store: Store): Store {
  return { ...store, poseSources: [{ id: VISIT_SENSORS.poses }] };
}

/** All readings of some visits, in order of arrival, without any noise but a gram of it on the scales. */
export function visitReadings(store: Store, visits: readonly Visit[], seconds: number): Reading[] {
  const readings = [
    ...gateReadings(visits, seconds),
    ...poseReadings(store, visits, seconds),
    ...scaleReadings(store, visits, seconds),
  ];
  return readings.sort((a, b) => a.arrivalUs - b.arrivalUs || a.timeUs - b.timeUs);
}

function stamp(sensorId: string, second: number, sequence: number, delaySeconds = 0.05) {
  return { sensorId, timeUs: Math.round(second * 1e6), arrivalUs: Math.round((second + delaySeconds) * 1e6), sequence };
}

/** Entries, and a sign of life every tenth of a second between them. */
function gateReadings(visits: readonly Visit[], seconds: number): (GateReading | Tick)[] {
  const entries = visits.filter((visit) => visit.credential !== null);
  const ticks = Array.from({ length: Math.floor(seconds * POSE_HZ) }, (_, i) => ({ second: i / POSE_HZ, visit: null }));
  return [...ticks, ...entries.map((visit) => ({ second: visit.enterSecond, visit }))]
    .sort((a, b) => a.second - b.second)
    .map(({ second, visit }, i) => {
      const at = stamp(VISIT_SENSORS.gate, second, i);
      if (visit === null) return { kind: 'tick', ...at };
      return { kind: 'gate', ...at, event: 'entry', credential: visit.credential, admits: 1 };
    });
}

function poseReadings(store: Store, visits: readonly Visit[], seconds: number): PoseReading[] {
  return Array.from({ length: Math.floor(seconds * POSE_HZ) }, (_, i) => {
    const second = i / POSE_HZ;
    const people = visits.flatMap((visit, k) => {
      const head = headAt(visit, second);
      if (head === null) return [];
      const hand = { inWorldM: handAt(store, visit, second, head), score: 0.95 };
      return [{ targetId: String(k), head: { inWorldM: head, score: 0.95 }, hands: [hand] }];
    });
    return { kind: 'pose', ...stamp(VISIT_SENSORS.poses, second, i), people };
  });
}

/** Half a second after the gate they cross the door, and leave by it. */
function headAt({ standM, enterSecond, leaveSecond }: Visit, second: number): [number, number, number] | null {
  const way = [standM[0] - DOOR_M[0], standM[1] - DOOR_M[1]];
  const wayM = Math.hypot(way[0], way[1]);
  const inM = Math.min(wayM, (second - enterSecond) * WALK_MPS);
  const outM = leaveSecond === null ? wayM : wayM - (second - leaveSecond) * WALK_MPS;
  const atM = Math.min(inM, outM);
  if (atM < 0) return null;
  return [DOOR_M[0] + (way[0] * atM) / wayM, DOOR_M[1] + (way[1] * atM) / wayM, HEAD_M];
}

function handAt(store: Store, { moves }: Visit, second: number, head: readonly number[]): [number, number, number] {
  const move = moves.find(({ atSecond }) => Math.abs(second - atSecond) < REACH_SECONDS);
  if (!move) return [head[0] + 0.25, head[1], 1];
  const [fixture] = store.fixtures;
  const { fromM, toM } = store.scales[0].cells[move.cell];
  return [fixture.atM[0] + (fromM + toM) / 2 - fixture.lengthM / 2, fixture.atM[1] + 0.1, 1.1];
}

function scaleReadings(store: Store, visits: readonly Visit[], seconds: number): ScaleReading[] {
  const cells = store.scales[0].cells.length;
  const moves = visits.flatMap((visit) => visit.moves);
  const batches = Math.floor((seconds * SCALE_HZ) / BATCH);
  const periodUs = Math.round(1e6 / SCALE_HZ);
  return Array.from({ length: batches }, (_, i) => {
    const grams = new Float32Array(BATCH * cells);
    for (let sample = 0; sample < BATCH; sample++) {
      const second = (i * BATCH + sample) / SCALE_HZ;
      for (let cell = 0; cell < cells; cell++) {
        const moved = moves.filter((move) => move.cell === cell && move.atSecond <= second);
        const noise = ((i * 7919 + sample * 104_729 + cell * 1299) % 11) / 10 - 0.5;
        grams[sample * cells + cell] = 4000 + noise + moved.reduce((sum, move) => sum + move.grams, 0);
      }
    }
    return { kind: 'scale', ...stamp(VISIT_SENSORS.scale, ((i + 1) * BATCH - 1) / SCALE_HZ, i), periodUs, grams };
  });
}
