import type { Run, ShopperPlan } from '../scenario/run.ts';
import type { TruthCart, TruthEvent, TruthPose } from '../truth.ts';
import { Admission } from './admission.ts';
import { ShopperBody } from './body.ts';
import { Entrance } from './entrance.ts';
import { Groups } from './groups.ts';
import { type GuestOrder, GuestOrders, isOnCall } from './guests.ts';
import type { Item } from './item.ts';
import { Person } from './person.ts';
import { Scene } from './scene.ts';
import type { Body, GateEvent, WorldView } from './view.ts';
import { ride, visit, visitAsGuest } from './visit.ts';
import { Walker } from './walker.ts';

/** Item ids of the opening stock stay below; ids made later by a shopper start at its own multiple of this. */
const ID_BLOCK = 65_536;

/** The store with its goods and people, moved on tick by tick. */
export class World implements WorldView {
  readonly bodies: readonly Body[];
  readonly loadGrams: Float64Array;
  readonly pressGrams: Float64Array;
  readonly cellOffset: Int32Array;
  readonly doorOpen: Float32Array;
  readonly gateEvents: readonly GateEvent[];
  private readonly run: Run;
  private readonly scene: Scene;
  private readonly shopperBodies: readonly ShopperBody[];
  private readonly entrances: readonly Entrance[];
  private readonly groups: Groups;
  /** Present people by shopper index. */
  private people: Person[] = [];
  /** Shoppers by arrival; those before `nextArrival` have come. */
  private readonly arrivals: readonly number[];
  private nextArrival = 0;
  /** Arrived, but the lane outside the door is full. */
  private waiting: number[] = [];
  /** Indices of those whom a shopper carries, by its key. */
  private readonly riders = new Map<string, number[]>();
  private readonly idBases: ReadonlyMap<number, number>;
  /** Guests who have not been called, and orders of those who have, by index. */
  private readonly onCall: number[];
  private readonly guests = new Map<number, GuestOrders>();
  private tick = 0;

  constructor(run: Run) {
    this.run = run;
    this.scene = new Scene(run);
    const { loads, fixtureDoors, layout } = this.scene;
    this.shopperBodies = run.shoppers.map((plan, index) => new ShopperBody(index, plan));
    this.bodies = this.shopperBodies;
    this.loadGrams = loads.loadGrams;
    this.pressGrams = loads.pressGrams;
    this.cellOffset = loads.cellOffset;
    this.doorOpen = fixtureDoors.openness;
    this.gateEvents = this.scene.gateEvents;
    const admission = new Admission(run);
    this.entrances = layout.doors.map((door) => new Entrance(this.scene, door, admission));
    this.groups = new Groups();
    this.idBases = idBasesOf(run);
    run.shoppers.forEach(({ carriedBy }, index) => {
      if (carriedBy !== null) this.riders.set(carriedBy, [...(this.riders.get(carriedBy) ?? []), index]);
    });
    this.onCall = run.shoppers.flatMap((plan, index) => (isOnCall(plan) ? [index] : []));
    // Carried ones come with their carriers.
    this.arrivals = run.shoppers
      .map((_, index) => index)
      .filter((index) => run.shoppers[index]!.carriedBy === null && !isOnCall(run.shoppers[index]!))
      .sort((a, b) => run.shoppers[a]!.arriveUs - run.shoppers[b]!.arriveUs || a - b);
  }

  /** Time of the last tick, µs. */
  get timeUs(): number {
    return this.scene.timeUs;
  }

  /** All items that exist, by id. */
  get items(): ReadonlyMap<number, Item> {
    return this.scene.goods.items;
  }

  /** True when everyone has come and left. */
  get isOver(): boolean {
    return this.nextArrival === this.arrivals.length && this.waiting.length === 0 && this.people.length === 0;
  }

  /** Calls the next guest to the door; its key, or null when nobody is left to call. */
  admit(): string | null {
    const index = this.onCall.shift();
    if (index === undefined) return null;
    this.guests.set(index, new GuestOrders());
    this.waiting.push(index);
    return this.run.shoppers[index]!.key;
  }

  /** Tells a guest what to do; false when there is no such guest in or before the store. */
  order(key: string, order: GuestOrder): boolean {
    for (const [index, orders] of this.guests) {
      if (this.run.shoppers[index]!.key !== key || this.scene.presence[index] === 2) continue;
      orders.take(order);
      return true;
    }
    return false;
  }

  /** Moves everything on to the next tick. */
  step(): void {
    const { scene, run } = this;
    scene.timeUs = Math.round((this.tick * 1e6) / run.tickHz);
    this.tick += 1;
    scene.gateEvents.length = 0;
    this.welcome();
    const { timeUs } = scene;
    for (let i = 0; i < this.people.length; i++) {
      const person = this.people[i]!;
      if (person.wakeUs > timeUs) continue;
      const next = person.script!.next();
      if (next.done) person.stage = 'gone';
      else person.wakeUs = next.value;
    }
    this.dismiss();
    this.groups.step(this.people, this.tick);
    scene.crowd.step();
    this.updateBodies();
    scene.loads.step(timeUs);
    scene.fixtureDoors.step(timeUs);
  }

  /** What happened since the last call. */
  takeTruth(): TruthEvent[] {
    return this.scene.truth.splice(0);
  }

  /** Where everyone present is now. */
  pose(): TruthPose {
    const n = this.people.length;
    const shopperIndex = new Int32Array(n);
    const inWorldM = new Float32Array(n * 9);
    const onFloorM = new Float32Array(n * 2);
    this.people.forEach(({ index, body }, i) => {
      shopperIndex[i] = index;
      inWorldM.set(body.headInWorldM, i * 9);
      inWorldM.set(body.handsInWorldM, i * 9 + 3);
      onFloorM[2 * i] = body.xM;
      onFloorM[2 * i + 1] = body.yM;
    });
    return { timeUs: this.timeUs, shopperIndex, inWorldM, onFloorM };
  }

  carts(): TruthCart[] {
    return this.scene.trips.carts();
  }

  /** Writes x, y, z of a present shopper's left and right elbow (6 numbers, world metres); false when it is not here. */
  elbowsInto(out: Float64Array, shopperIndex: number): boolean {
    const person = this.scene.people.get(this.run.shoppers[shopperIndex]?.key ?? '');
    if (!person) return false;
    person.elbowInto(out.subarray(0, 3), 0);
    person.elbowInto(out.subarray(3, 6), 1);
    return true;
  }

  /** Writes how a present shopper walks: metres walked so far, 1 while walking, metres its own floor lies above the real one. */
  gaitInto(out: Float64Array, shopperIndex: number): boolean {
    const person = this.scene.people.get(this.run.shoppers[shopperIndex]?.key ?? '');
    if (!person) return false;
    out[0] = person.feet.walker.strideM;
    out[1] = person.carrier === null && person.walker.moving ? 1 : 0;
    out[2] = person.liftM;
    return true;
  }

  private welcome(): void {
    const { run, arrivals, scene } = this;
    while (this.nextArrival < arrivals.length) {
      const index = arrivals[this.nextArrival]!;
      if (run.shoppers[index]!.arriveUs > scene.timeUs) break;
      this.nextArrival += 1;
      this.waiting.push(index);
    }
    if (this.waiting.length === 0) return;
    const full = new Set<Entrance>();
    this.waiting = this.waiting.filter((index) => {
      const entrance = this.entranceOf(run.shoppers[index]!);
      if (full.has(entrance) || !entrance.hasRoom()) {
        full.add(entrance);
        return true;
      }
      this.appear(index, entrance);
      return false;
    });
  }

  private appear(index: number, entrance: Entrance): void {
    const { scene, run } = this;
    const plan = run.shoppers[index]!;
    const person = this.create(index, entrance, null);
    scene.crowd.add(person.walker);
    const orders = this.guests.get(index);
    person.script = orders ? visitAsGuest(scene, person, entrance, orders) : visit(scene, person, entrance);
    // The queue takes its place in the order of arrival: start at once.
    person.wakeUs = person.script.next().value ?? 0;
    for (const child of this.riders.get(plan.key) ?? []) {
      const rider = this.create(child, entrance, person);
      rider.script = ride(scene, rider);
    }
  }

  private create(index: number, entrance: Entrance, carrier: Person | null): Person {
    const { scene, run } = this;
    const plan = run.shoppers[index]!;
    const body = this.shopperBodies[index]!;
    const { nx, ny } = entrance.door;
    const girth = plan.equipment === 'trolley' || plan.equipment === 'pram' ? 'cart' : 'person';
    const walker = new Walker(index, girth, plan.speedMps, ...entrance.spawn, nx, ny);
    const person = new Person(index, plan, body, walker, carrier, this.idBases.get(index)!);
    body.appear();
    scene.people.set(plan.key, person);
    scene.presence[index] = 1;
    let at = this.people.length;
    while (at > 0 && this.people[at - 1]!.index > index) at -= 1;
    this.people.splice(at, 0, person);
    this.bring(person, plan);
    return person;
  }

  private bring(person: Person, plan: ShopperPlan): void {
    const { goods } = this.scene;
    let n = 0;
    for (const { sku, count } of plan.brings) {
      const product = goods.product(sku);
      for (let i = 0; product && i < count; i++) {
        const item = goods.create(product, person.nextId(), `${plan.key}/own/${n++}`, plan.party);
        this.scene.hold(person, item, 0);
        if (item.place.at === 'person') item.place.keep = 'bag';
      }
    }
  }

  private entranceOf(plan: ShopperPlan): Entrance {
    const named = this.entrances.find((entrance) => entrance.door.plan.id === plan.entryDoor);
    return named ?? this.entrances.find((entrance) => entrance.door.plan.use !== 'exit') ?? this.entrances[0]!;
  }

  private dismiss(): void {
    if (!this.people.some((person) => person.stage === 'gone')) return;
    for (const person of this.people) {
      if (person.stage !== 'gone') continue;
      for (const leaving of [...person.carried, person]) this.leave(leaving);
      this.scene.crowd.remove(person.walker);
    }
    this.people = this.people.filter((person) => person.stage !== 'gone');
  }

  private leave(person: Person): void {
    const { scene } = this;
    const { plan, index } = person;
    const hasEntered = person.entered;
    person.stage = 'gone';
    for (const item of person.held) {
      if (hasEntered) scene.trips.carriedOut(plan.party, item);
      scene.goods.remove(item);
    }
    person.held.length = 0;
    person.body.vanish();
    scene.people.delete(plan.key);
    scene.presence[index] = 2;
    scene.barriers.giveUp(index);
    if (!hasEntered) return;
    scene.trips.left(plan, scene.timeUs);
    scene.truth.push({ kind: 'left', timeUs: scene.timeUs, shopper: plan.key });
  }

  private updateBodies(): void {
    const { scene, people } = this;
    const dt = 1 / this.run.tickHz;
    for (const person of people) {
      person.updatePose(scene.timeUs, dt);
      const { body } = person;
      body.visible = scene.layout.inSight(body.xM, body.yM);
    }
  }
}

/** A block of numbers for every shopper, from its key alone, so that others do not shift it. */
function idBasesOf(run: Run): Map<number, number> {
  const bases = new Map<number, number>();
  const used = new Set<number>();
  run.shoppers.forEach(({ key }, index) => {
    let hash = 0x811c9dc5;
    for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
    let block = (hash >>> 0) + 256;
    while (used.has(block)) block += 1;
    used.add(block);
    bases.set(index, block * ID_BLOCK);
  });
  return bases;
}
