/** Finds people in drawn frames with MediaPipe and with the engine's perception, and compares both with the truth. */
import { parentPort, workerData } from 'node:worker_threads';
import { Perceiver } from '../../../engine/perception/perceiver.ts';
import { Landmarker, type Landmarks } from '../../../models/mediapipe/landmarkers.ts';
import { commission } from '../../../simulator/commission.ts';
import { pictureModel } from '../../../simulator/render/picture-model.ts';
import { PictureSource } from '../../../simulator/render/picture-source.ts';
import { BODIES, BODY, bodiesAt, HANDS_AT, HEAD_AT } from '../../../simulator/render/scene/snapshot-layout.ts';
import { SnapshotWriter } from '../../../simulator/render/scene/snapshot-writer.ts';
import { loadScenario } from '../../../simulator/scenario/load-scenario.ts';
import { resolve } from '../../../simulator/scenario/resolve.ts';
import type { Run } from '../../../simulator/scenario/run.ts';
import { type TrueCamera, trueCamera } from '../../../simulator/sensors/true-camera.ts';
import { World } from '../../../simulator/world/world.ts';
import type { FinderRow, LandmarkComparison } from './compare-landmarks.ts';

const EVERY_US = 1_000_000;
const LEARNING_FRAMES = 8;
const MOST_PEOPLE = 4;
/** Found further off than this, at the true depth, is not found, metres. */
const HEAD_NEAR_M = 0.25;
const HAND_NEAR_M = 0.2;
/** Nose and ears; wrist, little finger, index finger of either side. */
const HEAD_POINTS = [0, 7, 8];
const HAND_POINTS = [
  [15, 17, 19],
  [16, 18, 20],
];

/** A place in a picture with metres per pixel there. */
interface Spot {
  readonly u: number;
  readonly v: number;
  readonly mPerPx: number;
}
interface Found {
  readonly heads: readonly (readonly [number, number])[];
  readonly hands: readonly (readonly [number, number])[];
}

class Tally {
  readonly finder: string;
  cpuUs = 0;
  private heads = 0;
  private hands = 0;
  private readonly headErrors: number[] = [];
  private readonly handErrors: number[] = [];
  private falseHeads = 0;
  private frames = 0;

  constructor(finder: string) {
    this.finder = finder;
  }

  time(find: () => Found, heads: readonly Spot[], hands: readonly Spot[]): void {
    const before = process.threadCpuUsage();
    const found = find();
    const { user, system } = process.threadCpuUsage(before);
    this.cpuUs += user + system;
    this.frames += 1;
    this.heads += heads.length;
    this.hands += hands.length;
    addErrors(this.headErrors, heads, found.heads, HEAD_NEAR_M);
    addErrors(this.handErrors, hands, found.hands, HAND_NEAR_M);
    for (const [u, v] of found.heads)
      if (!heads.some((spot) => Math.hypot(u - spot.u, v - spot.v) * spot.mPerPx < HEAD_NEAR_M)) this.falseHeads += 1;
  }

  row(): FinderRow {
    return {
      finder: this.finder,
      cpuMsPerFrame: this.cpuUs / 1000 / this.frames,
      headRecall: this.headErrors.length / this.heads,
      handRecall: this.handErrors.length / this.hands,
      headErrorCm: 100 * middle(this.headErrors),
      handErrorCm: 100 * middle(this.handErrors),
      falseHeadsPerFrame: this.falseHeads / this.frames,
    };
  }
}

function addErrors(
  out: number[],
  truth: readonly Spot[],
  found: readonly (readonly [number, number])[],
  nearM: number,
): void {
  for (const { u, v, mPerPx } of truth) {
    const least = found.reduce((best, [x, y]) => Math.min(best, Math.hypot(x - u, y - v) * mPerPx), nearM);
    if (least < nearM) out.push(least);
  }
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function ofLandmarks(people: readonly Landmarks[]): Found {
  const mean = ({ inImagePx }: Landmarks, points: readonly number[]) =>
    [0, 1].map((k) => points.reduce((sum, point) => sum + inImagePx[2 * point + k], 0) / points.length) as [
      number,
      number,
    ];
  return {
    heads: people.map((one) => mean(one, HEAD_POINTS)),
    hands: people.flatMap((one) => HAND_POINTS.map((points) => mean(one, points))),
  };
}

const pairs = (flat: Float32Array) =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]] as const);

/** Heads and hands that are in the picture; a hand counts where its body's head is in it too. */
function truthIn(camera: TrueCamera, snapshot: Float32Array): { heads: Spot[]; hands: Spot[] } {
  const heads: Spot[] = [];
  const hands: Spot[] = [];
  const spot = (at: number): Spot | null => {
    if (!camera.project(snapshot[at], snapshot[at + 1], snapshot[at + 2])) return null;
    return { u: camera.u, v: camera.v, mPerPx: camera.depthM / camera.focalPx };
  };
  for (let k = 0; k < snapshot[BODIES]; k++) {
    const body = bodiesAt(snapshot) + k * BODY;
    const head = spot(body + HEAD_AT);
    if (head === null) continue;
    heads.push(head);
    for (const side of [0, 3]) {
      const hand = spot(body + HANDS_AT + side);
      if (hand !== null) hands.push(hand);
    }
  }
  return { heads, hands };
}

function runOf(file: string): Run {
  const loaded = loadScenario(file);
  if ('errors' in loaded) throw new Error(`${file}: found ${loaded.errors.length} errors, expected a sound scenario`);
  return resolve(loaded.scenario);
}

async function compare(file: string, frames: number): Promise<LandmarkComparison> {
  const run = runOf(file);
  const world = new World(run);
  const writer = new SnapshotWriter(run);
  const opening = writer.take(world);
  const source = new PictureSource(await pictureModel(run, writer.log));
  const store = commission(run);
  const cameras = run.cameras.map(trueCamera);
  const perceivers = store.cameras.map((camera) => new Perceiver(camera, store));
  const buffers = run.cameras.map(({ widthPx, heightPx }) => ({
    rgb: new Uint8Array(3 * widthPx * heightPx),
    depthMm: new Uint16Array(widthPx * heightPx),
    ids: null,
  }));
  cameras.forEach((_, c) => {
    for (let frame = 0; frame < LEARNING_FRAMES; frame++) {
      source.drawInto(buffers[c], opening, c, frame, 0);
      perceivers[c].perceive(buffers[c].depthMm, buffers[c].rgb);
    }
  });
  const landmarker = await Landmarker.ofPoses({ most: MOST_PEOPLE, task: null });
  const [ours, theirs] = [new Tally('perception, depth+colour'), new Tally('MediaPipe pose lite, colour')];
  let [seen, heads, hands, nextUs] = [0, 0, 0, 0];
  for (let frame = LEARNING_FRAMES; seen < frames && !world.isOver; ) {
    world.step();
    writer.watch(world);
    if (world.timeUs < nextUs || !world.bodies.some(({ visible }) => visible)) continue;
    nextUs = world.timeUs + EVERY_US;
    frame += 1;
    const snapshot = Float32Array.from(writer.take(world));
    for (let c = 0; c < cameras.length; c++) {
      const truth = truthIn(cameras[c], snapshot);
      if (truth.heads.length === 0) continue;
      const { widthPx, heightPx } = run.cameras[c];
      const { rgb, depthMm } = buffers[c];
      source.drawInto(buffers[c], snapshot, c, frame, world.timeUs);
      seen += 1;
      heads += truth.heads.length;
      hands += truth.hands.length;
      const perceive = (): Found => {
        const found = perceivers[c].perceive(depthMm, rgb);
        return { heads: pairs(found.headsInImagePx), hands: pairs(found.handsInImagePx) };
      };
      ours.time(perceive, truth.heads, truth.hands);
      theirs.time(() => ofLandmarks(landmarker.find({ widthPx, heightPx, rgb })), truth.heads, truth.hands);
    }
  }
  landmarker.close();
  return { scenario: run.scenario, frames: seen, heads, hands, rows: [ours.row(), theirs.row()] };
}

const { file, frames } = workerData as { file: string; frames: number };
parentPort!.postMessage(await compare(file, frames));
