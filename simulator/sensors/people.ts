import { exp } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { CameraNoise, Run } from '../scenario/run.ts';
import type { Body, WorldView } from '../world/view.ts';
import { Flicker, type FlickerLaw, flickerLaw } from './flicker.ts';
import { CROWD_M } from './miss-strata.ts';
import { NORMALS, TABLE_MASK } from './noise-table.ts';

/** Another body this near may be given a hand, metres. */
const SWAP_M = CROWD_M;
/** Merges and swaps may begin this often, µs. */
const STEP_US = 100_000;
/** A merge ends when the two are this much further apart than where it may begin. */
const APART = 1.3;

/** Heads and hands of one body in order: head, left hand, right hand. */
export const PARTS = 3;

/** Something that goes wrong in about half of the cameras at once. */
interface Confusion {
  readonly untilUs: number;
  /** Decides, with a camera's own salt, whether it is confused. */
  readonly mask: number;
}

/** Whether a confusion reaches the camera with this salt: half of them, each the same way every time. */
function reaches(confusion: Confusion, salt: number): boolean {
  return Math.imul(confusion.mask, salt) >>> 31 === 0;
}

/** Distance of two bodies on the floor; Infinity from `reachM` on. */
function apartM(one: Body, other: Body, reachM: number): number {
  const dx = one.xM - other.xM;
  const dy = one.yM - other.yM;
  const squared = dx * dx + dy * dy;
  return squared < reachM * reachM ? Math.sqrt(squared) : Number.POSITIVE_INFINITY;
}

class Person {
  /** Before the tick and now: head xyz, left hand xyz, right hand xyz, as the cameras are misled to see them. */
  before = new Float64Array(3 * PARTS);
  now = new Float64Array(3 * PARTS);
  readonly misses: readonly Flicker[];
  readonly wander = new Float64Array(6);
  readonly wanderRandom: RandomStream;
  readonly swapRandom: RandomStream;
  readonly swaps: [SwapState | null, SwapState | null] = [null, null];
  /** Another body is near, as of the last look at merges and swaps. */
  isCrowded = false;

  constructor(seed: number, key: string, noise: CameraNoise, laws: readonly FlickerLaw[], timeUs: number) {
    const stream = (purpose: string) => new RandomStream(seed, `sensor/people/${key}/${purpose}`);
    this.misses = laws.map((law, part) => new Flicker(stream(`miss/${part}`), law, timeUs));
    this.wanderRandom = stream('wander');
    this.swapRandom = stream('swap');
    for (let i = 0; i < 6; i++) this.wander[i] = noise.handWanderM * this.wanderRandom.normal();
  }
}

interface SwapState extends Confusion {
  /** Body that gets the hand. */
  readonly to: number;
}

/** What all cameras get wrong together about the people in the store. */
export class People {
  private readonly run: Run;
  private readonly noise: CameraNoise;
  private readonly laws: readonly FlickerLaw[];
  private readonly people: (Person | null)[];
  private readonly merges = new Map<number, Confusion>();
  private readonly pairRandom = new Map<number, RandomStream>();
  /** Bodies present in this tick: the first `presentCount`. */
  readonly present: Int32Array;
  presentCount = 0;
  private readonly near: Int32Array;
  private beforeUs = 0;
  private nowUs = Number.NaN;
  private nextStepUs = 0;

  /** `noise`: the cameras' common causes. */
  constructor(run: Run, noise: CameraNoise) {
    this.run = run;
    this.noise = noise;
    const head = flickerLaw(noise.headMiss * noise.missShared, noise);
    const hand = flickerLaw(noise.handMiss * noise.missShared, noise);
    this.laws = [head, hand, hand];
    this.people = run.shoppers.map(() => null);
    this.present = new Int32Array(run.shoppers.length);
    this.near = new Int32Array(run.shoppers.length);
  }

  /** Takes over the world's tick. */
  advance(world: WorldView): void {
    this.beforeUs = Number.isNaN(this.nowUs) ? world.timeUs : this.nowUs;
    this.nowUs = world.timeUs;
    this.presentCount = 0;
    for (let i = 0; i < world.bodies.length; i++) this.follow(world.bodies[i]!, i);
    while (this.nextStepUs <= world.timeUs) {
      if (this.nextStepUs + STEP_US > world.timeUs) this.confuse(world);
      this.nextStepUs += STEP_US;
    }
  }

  private follow(body: Body, i: number): void {
    if (!body.present) {
      if (this.people[i] !== null) this.forget(i);
      return;
    }
    this.present[this.presentCount++] = i;
    let person = this.people[i]!;
    const fresh = person === null;
    if (fresh) {
      person = new Person(this.run.seed, this.run.shoppers[i]!.key, this.noise, this.laws, this.nowUs);
      this.people[i] = person;
    }
    const last = person.before;
    person.before = person.now;
    person.now = last;
    this.drift(person);
    for (let k = 0; k < 3; k++) last[k] = body.headInWorldM[k]!;
    for (let k = 0; k < 6; k++) last[3 + k] = body.handsInWorldM[k]! + person.wander[k]!;
    if (fresh) person.before.set(person.now);
  }

  /** Drops what was kept of a body that left, its pairs with others too. */
  private forget(i: number): void {
    this.people[i] = null;
    const count = this.run.shoppers.length;
    for (const pair of this.pairRandom.keys()) {
      if (pair % count === i || Math.floor(pair / count) === i) this.pairRandom.delete(pair);
    }
  }

  private drift(person: Person): void {
    if (this.noise.handWanderM === 0) return;
    const keep = this.wanderKeep();
    const kick = this.noise.handWanderM * Math.sqrt(1 - keep * keep);
    const place = person.wanderRandom.uint32();
    for (let k = 0; k < 6; k++) {
      person.wander[k] = keep * person.wander[k]! + kick * NORMALS[(place + k) & TABLE_MASK]!;
    }
  }

  private keepForUs = -1;
  private keep = 1;

  private wanderKeep(): number {
    const stepUs = this.nowUs - this.beforeUs;
    if (stepUs !== this.keepForUs) {
      this.keepForUs = stepUs;
      this.keep = exp(-stepUs / Math.max(1, this.noise.handWanderTauUs));
    }
    return this.keep;
  }

  /** Lets merges and swaps begin and end. */
  private confuse(world: WorldView): void {
    const { bodies } = world;
    const count = bodies.length;
    const { near } = this;
    let present = 0;
    for (let i = 0; i < count; i++) if (bodies[i]!.present && bodies[i]!.visible) near[present++] = i;
    const reachM = Math.max(SWAP_M, this.noise.mergeM);
    for (let a = 0; a < present; a++) {
      let nearest = -1;
      let nearestM = SWAP_M;
      for (let b = 0; b < present; b++) {
        if (b === a) continue;
        const distance = apartM(bodies[near[a]!]!, bodies[near[b]!]!, reachM);
        if (distance < nearestM) {
          nearestM = distance;
          nearest = near[b]!;
        }
        if (b > a && distance < this.noise.mergeM) this.tryMerge(near[a]!, near[b]!);
      }
      this.trySwap(near[a]!, nearest);
    }
    for (const [pair, merge] of this.merges) {
      const distance = apartM(bodies[Math.floor(pair / count)]!, bodies[pair % count]!, Number.POSITIVE_INFINITY);
      if (merge.untilUs <= this.nowUs || distance > APART * this.noise.mergeM) this.merges.delete(pair);
    }
  }

  private tryMerge(a: number, b: number): void {
    const pair = a * this.run.shoppers.length + b;
    if (this.noise.mergePerSecond <= 0 || this.merges.has(pair)) return;
    let random = this.pairRandom.get(pair);
    if (random === undefined) {
      const { shoppers, seed } = this.run;
      random = new RandomStream(seed, `sensor/merge/${shoppers[a]!.key}/${shoppers[b]!.key}`);
      this.pairRandom.set(pair, random);
    }
    if (!random.chance((this.noise.mergePerSecond * STEP_US) / 1_000_000)) return;
    const untilUs = this.nowUs + Math.max(0, random.draw(this.noise.mergeUs));
    this.merges.set(pair, { untilUs, mask: random.uint32() });
  }

  private trySwap(i: number, nearest: number): void {
    const person = this.people[i]!;
    person.isCrowded = nearest >= 0;
    for (let hand = 0; hand < 2; hand++) {
      const swap = person.swaps[hand];
      if (swap && swap.untilUs > this.nowUs) continue;
      person.swaps[hand] = null;
      if (nearest < 0 || this.noise.ownerSwapPerSecond <= 0) continue;
      const random = person.swapRandom;
      if (!random.chance((this.noise.ownerSwapPerSecond * STEP_US) / 1_000_000)) continue;
      const untilUs = this.nowUs + Math.max(0, random.draw(this.noise.ownerSwapUs));
      person.swaps[hand] = { untilUs, mask: random.uint32(), to: nearest };
    }
  }

  /** Writes head, left hand, right hand (xyz each) at a time within the last tick; false when the body is not there. */
  placeInto(out: Float64Array, at: number, i: number, timeUs: number): boolean {
    const person = this.people[i];
    if (!person) return false;
    const span = this.nowUs - this.beforeUs;
    const share = span > 0 ? (timeUs - this.beforeUs) / span : 1;
    const { before, now } = person;
    for (let k = 0; k < 3 * PARTS; k++) out[at + k] = before[k]! + share * (now[k]! - before[k]!);
    return true;
  }

  /** Whether all cameras miss this part of this body in this tick. */
  allMiss(i: number, part: number): boolean {
    return this.people[i]!.misses[part]!.missesAt(this.nowUs);
  }

  /** Whether another body is within `CROWD_M` of it. */
  isCrowded(i: number): boolean {
    return this.people[i]!.isCrowded;
  }

  /** Body that a camera gives this hand to. */
  ownerOf(i: number, hand: number, timeUs: number, salt: number): number {
    const swap = this.people[i]!.swaps[hand];
    return swap && swap.untilUs > timeUs && reaches(swap, salt) ? swap.to : i;
  }

  /** Calls back with each pair of bodies that a camera sees as one. */
  eachMerge(timeUs: number, salt: number, act: (a: number, b: number) => void): void {
    const count = this.run.shoppers.length;
    for (const [pair, merge] of this.merges) {
      if (merge.untilUs > timeUs && reaches(merge, salt)) act(Math.floor(pair / count), pair % count);
    }
  }
}
