import { credentialOf } from '../credential.ts';
import { hypot2 } from '../maths.ts';
import type { Admission } from './admission.ts';
import type { PlacedDoor } from './layout.ts';
import { LANE_M } from './nav-grid.ts';
import type { Person, Script } from './person.ts';
import type { Scene } from './scene.ts';

const POLL_US = 100_000;
const FIRST_PLACE_M = 0.55;
const PLACE_M = 0.65;
/** People the lane outside a door holds; more wait out of sight. */
const LANE_PLACES = Math.floor((LANE_M - FIRST_PLACE_M) / PLACE_M) + 1;
const SHOW_US = [600_000, 1_400_000] as const;
const TAILGATER_PATIENCE_US = 60_000_000;

/** One door from outside: its queue, its gate, and the way through. */
export class Entrance {
  readonly door: PlacedDoor;
  /** In order; the first stands at the gate. */
  private readonly queue: Person[] = [];
  /** Tailgaters beside the queue. */
  private beside = 0;
  private readonly scene: Scene;
  private readonly admission: Admission;
  /** Gate sensor at the door, or null when the run has none. */
  private readonly gateId: string | null;

  constructor(scene: Scene, door: PlacedDoor, admission: Admission) {
    this.scene = scene;
    this.door = door;
    this.admission = admission;
    this.gateId = gateOf(scene, door);
  }

  hasRoom(): boolean {
    return this.queue.length + this.beside < LANE_PLACES;
  }

  /** Where newcomers appear. */
  get spawn(): readonly [number, number] {
    return this.outside(LANE_M - 0.2, 0);
  }

  /** Queues, shows the credential and walks in; false when refused. */
  *enter(me: Person): Script<boolean> {
    if (me.plan.tailgates !== null) yield* this.waitForLeader(me, me.plan.tailgates);
    else {
      yield* this.stepUp(me);
      if (me.plan.refused) return yield* this.turnRound(me);
      yield* this.showCredential(me);
    }
    yield* this.passThrough(me);
    return true;
  }

  private *stepUp(me: Person): Script {
    const { scene, queue } = this;
    queue.push(me);
    let place = -1;
    for (;;) {
      const now = queue.indexOf(me);
      if (now !== place) {
        place = now;
        scene.crowd.send(me.walker, ...this.outside(FIRST_PLACE_M + PLACE_M * place, 0));
      }
      const { walker } = me;
      if (walker.moving && walker.goalDistanceM() < 0.15) walker.stand(this.door.nx, this.door.ny);
      const isNear = walker.goalDistanceM() < 0.3 || (walker.stuckS > 1 && walker.goalDistanceM() < 1);
      if (place === 0 && isNear) break;
      yield scene.timeUs + POLL_US;
    }
    me.walker.stand(this.door.nx, this.door.ny);
  }

  private *showCredential(me: Person): Script {
    const { scene, admission, gateId } = this;
    if (gateId === null) return;
    me.credential = credentialOf(scene.run.seed, me.plan.party);
    if (admission.isAdmitted(me.index)) return;
    yield* this.reachForGate(me);
    const admits = admission.show(me.index);
    scene.gateEvents.push({ gateId, event: 'entry', credential: me.credential, admits });
  }

  private *turnRound(me: Person): Script<false> {
    const { scene, gateId } = this;
    yield* this.reachForGate(me);
    const credential = credentialOf(scene.run.seed, me.plan.party);
    if (gateId !== null) scene.gateEvents.push({ gateId, event: 'refused', credential, admits: 1 });
    this.queue.splice(this.queue.indexOf(me), 1);
    // Aside, past those who queue behind.
    scene.crowd.send(me.walker, ...this.outside(LANE_M - 0.3, 0.5));
    for (let i = 0; i < 100 && me.walker.goalDistanceM() > 0.4; i++) yield scene.timeUs + POLL_US;
    return false;
  }

  private *reachForGate(me: Person): Script {
    const { scene } = this;
    yield scene.timeUs + Math.round(scene.stream(`shopper/${me.plan.key}/gate`).between(...SHOW_US));
  }

  /** Waits beside the queue until the one to follow goes through; after a minute takes any chance. */
  private *waitForLeader(me: Person, leader: string): Script {
    const { scene } = this;
    this.beside += 1;
    scene.crowd.send(me.walker, ...this.outside(FIRST_PLACE_M + 0.5, 0.5));
    const sinceUs = scene.timeUs;
    for (;;) {
      const ahead = scene.people.get(leader);
      if (ahead && (ahead.stage === 'passing' || ahead.stage === 'inside')) break;
      const isHopeless = scene.whereabouts(leader) !== 'coming' && !ahead;
      if ((isHopeless || ahead === undefined) && scene.timeUs - sinceUs > TAILGATER_PATIENCE_US) break;
      yield scene.timeUs + POLL_US / 2;
    }
    this.beside -= 1;
  }

  private *passThrough(me: Person): Script {
    const { scene, door } = this;
    me.stage = 'passing';
    scene.crowd.send(me.walker, door.xM + door.nx * 1.1, door.yM + door.ny * 1.1);
    while (this.inwardsM(me) < 0) yield 0;
    const at = this.queue.indexOf(me);
    if (at >= 0) this.queue.splice(at, 1);
    admit(scene, me);
    for (const child of me.carried) {
      child.credential = child.plan.party === me.plan.party ? me.credential : null;
      admit(scene, child);
    }
    // Clear the doorway before the next one.
    const sinceUs = scene.timeUs;
    while (this.inwardsM(me) < 0.5 && scene.timeUs - sinceUs < 2_000_000) yield scene.timeUs + POLL_US;
  }

  private inwardsM(me: Person): number {
    return (me.walker.xM - this.door.xM) * this.door.nx + (me.walker.yM - this.door.yM) * this.door.ny;
  }

  private outside(outM: number, asideM: number): [number, number] {
    const { door } = this;
    return [door.xM - door.nx * outM + door.ny * asideM, door.yM - door.ny * outM - door.nx * asideM];
  }
}

function gateOf(scene: Scene, door: PlacedDoor): string | null {
  return scene.run.gates.find((gate) => gate.id === door.plan.gateId)?.id ?? null;
}

function admit(scene: Scene, person: Person): void {
  person.stage = 'inside';
  person.entered = true;
  const { key, party, role } = person.plan;
  const { timeUs } = scene;
  scene.trips.entered(person.plan, person.index, person.credential, timeUs);
  scene.truth.push({ kind: 'entered', timeUs, shopper: key, party, credential: person.credential, role });
}

/** Walks out through a door; the person has left once beyond it. */
export function* walkOut(scene: Scene, me: Person, door: PlacedDoor): Script {
  const { walker } = me;
  const outwardsM = () => -((walker.xM - door.xM) * door.nx + (walker.yM - door.yM) * door.ny);
  scene.crowd.send(walker, door.xM - door.nx * 0.8, door.yM - door.ny * 0.8);
  // The line itself decides, not the wall beside it.
  while (outwardsM() < 0.12 || hypot2(walker.xM - door.xM, walker.yM - door.yM) > 1.5) {
    if (!walker.moving) scene.crowd.send(walker, door.xM - door.nx * 0.8, door.yM - door.ny * 0.8);
    yield outwardsM() < -1 ? scene.timeUs + POLL_US : 0;
  }
  const gateId = gateOf(scene, door);
  if (gateId !== null && door.plan.use === 'exit' && me.credential !== null)
    scene.gateEvents.push({ gateId, event: 'exit', credential: me.credential, admits: 1 });
}
