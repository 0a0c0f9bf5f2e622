import type { Detections } from '../../engine/readings.ts';
import { calibrationFaults } from '../faults/calibration.ts';
import { hypot3 } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { CameraNoise, CameraPlan, FaultPlan, Run } from '../scenario/run.ts';
import type { Body, WorldView } from '../world/view.ts';
import type { BodySight } from './body-sight.ts';
import type { SensorClock } from './clock.ts';
import { FalseAlarms } from './false-alarms.ts';
import { type FixtureSight, SightGrid } from './fixture-sight.ts';
import { Flicker, type FlickerLaw, flickerLaw } from './flicker.ts';
import { FOG_RANGE_M } from './fog.ts';
import { misplaced } from './misplaced.ts';
import { distanceM, isBent, STRATA, stratumOf } from './miss-strata.ts';
import { HEAVY, NORMALS, TABLE_MASK } from './noise-table.ts';
import { PARTS, type People } from './people.ts';
import { PictureRows } from './picture-rows.ts';
import { TrueCamera, trueCamera } from './true-camera.ts';

/** Nothing is made out further away than this, metres. */
const RANGE_M = 12;
/** Width of a hand; one smaller than the pixels below is not made out. */
const HAND_M = 0.09;
const SMALLEST_HAND_PX = 6;
/** A door open less than this hides what is behind it. */
const DOOR_OPEN = 0.5;

/** Those who left are forgotten once in so many pictures, so that a long day needs no more memory than a short one. */
const SWEEP_PICTURES = 256;

/** What one camera makes of one body: its own misses, per part and stratum, and where its noise comes from. */
class Watch {
  readonly noise: RandomStream;
  private readonly misses: (Flicker | undefined)[] = [];
  private readonly seed: number;
  private readonly path: string;
  private readonly laws: readonly (readonly FlickerLaw[])[];

  constructor(seed: number, path: string, laws: readonly (readonly FlickerLaw[])[], timeUs: number) {
    this.seed = seed;
    this.path = path;
    this.laws = laws;
    this.noise = new RandomStream(seed, `${path}/noise`);
    for (let part = 0; part < PARTS; part++) if (laws[part]!.length === 1) this.missesAt(part, 0, timeUs);
  }

  missesAt(part: number, stratum: number, timeUs: number): boolean {
    const at = part * STRATA + stratum;
    let flicker = this.misses[at];
    if (flicker === undefined) {
      const ofPart = this.laws[part]!;
      const name = ofPart.length === 1 ? `${part}` : `${part}/${stratum}`;
      flicker = new Flicker(new RandomStream(this.seed, `${this.path}/miss/${name}`), ofPart[stratum]!, timeUs);
      this.misses[at] = flicker;
    }
    return flicker.missesAt(timeUs);
  }
}

/** Shares of the misses that are left to one camera when `shared` hits all. */
function ownLaw(prob: number, noise: CameraNoise, common: CameraNoise, commonProb: number): FlickerLaw {
  const shared = Math.min(prob, commonProb * common.missShared);
  return flickerLaw(shared >= 1 ? 0 : 1 - (1 - prob) / (1 - shared), noise);
}

/** A knock: the camera's pose from one time to another. */
interface Knock {
  readonly fromUs: number;
  readonly toUs: number;
  readonly camera: TrueCamera;
  readonly grid: SightGrid;
}

/** One camera that sends detections: what it could see of the people, less what it misses, plus what it imagines. */
export class CameraSensor {
  readonly id: string;
  private readonly run: Run;
  private readonly plan: CameraPlan;
  private readonly sight: FixtureSight;
  private readonly camera: TrueCamera;
  private readonly grid: SightGrid;
  private readonly knocks: readonly Knock[];
  /** Of each part: one, or one per stratum. */
  private readonly laws: readonly (readonly FlickerLaw[])[];
  private readonly watches: (Watch | null)[];
  private readonly alarms: FalseAlarms;
  private readonly salt: number;
  private readonly truePeriodUs: number;
  private readonly phaseUs: number;
  private readonly foggedFixtures: readonly (readonly FaultPlan[])[];
  private pictures = 0;

  /** `common`: the noise from which all cameras' shared misses are made. */
  constructor(run: Run, plan: CameraPlan, clock: SensorClock, sight: FixtureSight, common: CameraNoise) {
    const { noise } = plan;
    this.run = run;
    this.plan = plan;
    this.id = plan.id;
    this.sight = sight;
    this.camera = trueCamera(plan);
    this.grid = new SightGrid(sight, plan.atM);
    this.knocks = knocksOf(run, plan, sight);
    const { head, hand } = noise.missStrata ?? { head: [noise.headMiss], hand: [noise.handMiss] };
    const headLaws = head.map((prob) => ownLaw(prob, noise, common, common.headMiss));
    const handLaws = hand.map((prob) => ownLaw(prob, noise, common, common.handMiss));
    this.laws = [headLaws, handLaws, handLaws];
    this.watches = run.shoppers.map(() => null);
    this.alarms = new FalseAlarms(run, plan, new RandomStream(run.seed, `sensor/${plan.id}/false`));
    const setUp = new RandomStream(run.seed, `sensor/${plan.id}/camera`);
    this.salt = setUp.uint32() | 1;
    this.truePeriodUs = clock.periodUs(plan.rateHz);
    this.phaseUs = setUp.uniform() * this.truePeriodUs;
    this.foggedFixtures = run.store.fixtures.map((fixture) =>
      run.faults.filter((fault) => fault.kind === 'fog' && fault.targets.includes(fixture.id)),
    );
  }

  /** Takes the pictures due by the world's time. `fogged`: whether the lens is, at a time. */
  advance(
    world: WorldView,
    people: People,
    bodies: BodySight,
    fogged: (timeUs: number) => boolean,
    sink: (detections: Detections, timeUs: number) => void,
  ): void {
    for (;;) {
      const timeUs = this.phaseUs + this.pictures * this.truePeriodUs;
      if (timeUs > world.timeUs) return;
      this.pictures += 1;
      if (this.pictures % SWEEP_PICTURES === 0) this.forgetAbsent(world);
      sink(this.picture(world, people, bodies, timeUs, fogged(timeUs) ? FOG_RANGE_M : RANGE_M), timeUs);
    }
  }

  private forgetAbsent(world: WorldView): void {
    for (let i = 0; i < world.bodies.length; i++) if (!world.bodies[i]!.present) this.watches[i] = null;
  }

  private picture(world: WorldView, people: People, bodies: BodySight, timeUs: number, rangeM: number): Detections {
    const knock = this.knocks.find((k) => timeUs >= k.fromUs && timeUs < k.toUs);
    const camera = knock?.camera ?? this.camera;
    const grid = knock?.grid ?? this.grid;
    const { noise } = this.plan;
    rows.clear();
    bodies.lookFrom(camera.atM);
    for (let k = 0; k < people.presentCount; k++) {
      const i = people.present[k]!;
      const body = world.bodies[i]!;
      const watch = (this.watches[i] ??= this.watch(i, timeUs));
      // One draw a picture and body, seen or not, so that what hides one body changes nothing for another.
      const place = watch.noise.uint32();
      if (!body.visible || camera.isFarFrom(body.xM, body.yM, rangeM)) continue;
      if (!people.placeInto(joints, 0, i, timeUs)) continue;
      for (let part = 0; part < PARTS; part++) {
        if (!isInReach(camera, part, rangeM)) continue;
        const stratum = noise.missStrata ? this.stratum(camera, people, body, i, part) : 0;
        if (watch.missesAt(part, stratum, timeUs) || people.allMiss(i, part)) continue;
        if (this.isHidden(world, grid, bodies, i, part, timeUs)) continue;
        const at = place + 3 * part;
        const isHead = part === 0;
        const pixel = isHead ? noise.headPx : noise.handPx;
        const u = camera.u + pixel * HEAVY[at & TABLE_MASK]!;
        const v = camera.v + pixel * HEAVY[(at + 1) & TABLE_MASK]!;
        const depth = camera.depthM;
        const depthM = depth + noise.depthM * depth * depth * NORMALS[(at + 2) & TABLE_MASK]!;
        const spread = (isHead ? noise.headScoreSd : noise.handScoreSd) ?? 0;
        const score = Math.max(0.05, 1 - spread * Math.abs(NORMALS[(at + 32768) & TABLE_MASK]!));
        const key = scramble(place + part);
        if (isHead) rows.addHead(i, u, v, depthM, score, key);
        else rows.addHand(people.ownerOf(i, part - 1, timeUs, this.salt), u, v, depthM, score, key);
      }
    }
    people.eachMerge(timeUs, this.salt, mergeRows);
    this.imagine(camera, grid);
    return rows.detections();
  }

  private stratum(camera: TrueCamera, people: People, body: Body, i: number, part: number): number {
    const x = joints[3 * part]!;
    const y = joints[3 * part + 1]!;
    const z = joints[3 * part + 2]!;
    return stratumOf({
      distanceM: distanceM(camera.atM, x, y, z),
      isCrowded: people.isCrowded(i),
      isAwkward: part === 0 ? isBent(z, body.heightM) : this.sight.fixtureAt(this.sight.voxelAt(x, y, z)) >= 0,
    });
  }

  private watch(i: number, timeUs: number): Watch {
    return new Watch(this.run.seed, `sensor/${this.id}/body/${this.run.shoppers[i]!.key}`, this.laws, timeUs);
  }

  /** Fixtures, doors, bodies between the camera and a part of a body. */
  private isHidden(
    world: WorldView,
    grid: SightGrid,
    bodies: BodySight,
    i: number,
    part: number,
    timeUs: number,
  ): boolean {
    const x = joints[3 * part]!;
    const y = joints[3 * part + 1]!;
    const z = joints[3 * part + 2]!;
    const voxel = this.sight.voxelAt(x, y, z);
    if (!grid.sees(voxel)) return true;
    const fixture = this.sight.fixtureAt(voxel);
    if (fixture >= 0 && part > 0 && this.isShut(world, fixture, timeUs)) return true;
    return bodies.hides(x, y, z, i, part === 0);
  }

  private isShut(world: WorldView, fixture: number, timeUs: number): boolean {
    for (const fog of this.foggedFixtures[fixture]!) if (timeUs >= fog.fromUs && timeUs < fog.toUs) return true;
    return this.run.store.fixtures[fixture]!.door !== null && world.doorOpen[fixture]! < DOOR_OPEN;
  }

  private imagine(camera: TrueCamera, grid: SightGrid): void {
    this.alarms.advance();
    for (const { isHand, inWorldM, score, picturesLeft } of this.alarms.now) {
      const [x, y, z] = inWorldM;
      if (!camera.project(x, y, z) || !grid.sees(this.sight.voxelAt(x, y, z))) continue;
      const key = scramble(Math.round(camera.u * 64) + picturesLeft);
      if (isHand) rows.addHand(-1, camera.u, camera.v, camera.depthM, score, key);
      else rows.addHead(-1, camera.u, camera.v, camera.depthM, score, key);
    }
  }
}

const rows = new PictureRows();
const joints = new Float64Array(3 * PARTS);
const mergeRows = (a: number, b: number): void => rows.merge(a, b);

/** In the frame, near enough, and for a hand large enough. Leaves the projection in `camera`. */
function isInReach(camera: TrueCamera, part: number, rangeM: number): boolean {
  const x = joints[3 * part]!;
  const y = joints[3 * part + 1]!;
  const z = joints[3 * part + 2]!;
  if (!camera.project(x, y, z)) return false;
  if (hypot3(x - camera.atM[0], y - camera.atM[1], z - camera.atM[2]) > rangeM) return false;
  return part === 0 || camera.focalPx * HAND_M >= SMALLEST_HAND_PX * camera.depthM;
}

/** A 32-bit number that says nothing about the one it came from. */
function scramble(x: number): number {
  let z = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** Where the camera stands while it is knocked aside. */
function knocksOf(run: Run, plan: CameraPlan, sight: FixtureSight): Knock[] {
  return calibrationFaults(run, plan.id).knocks.map(({ plan: { fromUs, toUs, size, size2 }, stream }) => {
    const { pose, atM } = misplaced(plan, stream, stream.draw(size), stream.draw(size2));
    return { fromUs, toUs, camera: new TrueCamera(plan, pose, atM), grid: new SightGrid(sight, atM) };
  });
}
