import { hypot2 } from '../maths.ts';
import { endErrand, runErrand } from './actions/going.ts';
import { perform } from './actions/perform.ts';
import { type Entrance, walkOut } from './entrance.ts';
import { type GuestOrders, obey } from './guests.ts';
import type { PlacedDoor } from './layout.ts';
import type { Person, Script } from './person.ts';
import type { Scene } from './scene.ts';

const POLL_US = 250_000;
const FOLLOW_M = 1.5;
const NEAR_M = 0.9;

/** A whole visit: in through the gate, the actions one by one, and out. */
export function* visit(scene: Scene, me: Person, entrance: Entrance): Script {
  if (!(yield* entrance.enter(me))) return;
  yield* act(scene, me);
  const leave = me.plan.actions.find((action) => action.verb === 'leave');
  if (!leave) yield* accompany(scene, me);
  yield* walkOut(scene, me, doorFor(scene, me, leave?.verb === 'leave' ? leave.by : null));
}

/** A visit of a guest, who is told inside what to do. */
export function* visitAsGuest(scene: Scene, me: Person, entrance: Entrance, orders: GuestOrders): Script {
  if (!(yield* entrance.enter(me))) return;
  yield* obey(scene, me, orders);
  me.finished = true;
  yield* walkOut(scene, me, doorFor(scene, me, null));
}

/** A carried child acts where it is taken, and leaves with its carrier. */
export function* ride(scene: Scene, me: Person): Script {
  while (me.stage !== 'inside') yield scene.timeUs + POLL_US;
  yield* act(scene, me);
  me.finished = true;
  for (;;) yield Number.POSITIVE_INFINITY;
}

/** Does the actions up to `leave`; what cannot be done is recorded and left out. */
function* act(scene: Scene, me: Person): Script {
  for (let index = 0; index < me.plan.actions.length; index++) {
    const action = me.plan.actions[index]!;
    yield* runErrand(scene, me);
    const reason = yield* perform(scene, me, action, index);
    endErrand(me);
    scene.barriers.arrive(me.index, index);
    if (reason !== null)
      scene.truth.push({ kind: 'skipped', timeUs: scene.timeUs, shopper: me.plan.key, action: index, reason });
    if (action.verb === 'leave') break;
  }
  me.finished = true;
  for (const child of me.carried) while (!child.finished && me.stage === 'inside') yield* waitForChild(scene, me);
}

function* waitForChild(scene: Scene, me: Person): Script {
  yield scene.timeUs + POLL_US;
  yield* runErrand(scene, me);
}

/** Stays with the group until all of it are through with their own actions. */
function* accompany(scene: Scene, me: Person): Script {
  for (;;) {
    const ahead = busyCompanion(scene, me);
    if (!ahead) return;
    const { walker } = me;
    const distanceM = hypot2(ahead.body.xM - walker.xM, ahead.body.yM - walker.yM);
    if (distanceM > FOLLOW_M) scene.crowd.send(walker, ahead.body.xM, ahead.body.yM);
    else if (walker.moving && distanceM < NEAR_M) walker.stand(0, 0);
    yield scene.timeUs + POLL_US;
  }
}

function busyCompanion(scene: Scene, me: Person): Person | null {
  let first: Person | null = null;
  for (const other of scene.people.values()) {
    if (other.group !== me.group || other.finished || other.stage !== 'inside' || other.feet === me) continue;
    if (!first || other.index < first.index) first = other;
  }
  return first;
}

/** The door asked for, else the nearest way out. */
function doorFor(scene: Scene, me: Person, id: string | null): PlacedDoor {
  const wanted = id === null ? undefined : scene.layout.door(id);
  if (wanted) return wanted;
  const { doors } = scene.layout;
  const exits = doors.filter((door) => door.plan.use !== 'entry');
  const far = (door: PlacedDoor) => hypot2(door.xM - me.body.xM, door.yM - me.body.yM);
  return (exits.length > 0 ? exits : doors).reduce((best, door) => (far(door) < far(best) ? door : best));
}
