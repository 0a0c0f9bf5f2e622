import { hypot2 } from '../../maths.ts';
import type { Action, Place } from '../../scenario/run.ts';
import type { PlacedFixture, PlacedSlot } from '../layout.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';

const POLL_US = 50_000;
/** A way blocked for a minute beyond four times its walking time is given up. */
const BLOCKED_US = 60_000_000;
const WAY_FACTOR = 4;
const SYNC_US = 60_000_000;
/** TBC1, turning the body: 18.6 TMU = 0.67 s, of which walking up takes about half. */
const TURN_US = 330_000;
/** Why an action could not be done, or null when it was. */
export type Refusal = string | null;

/** Walks to a point; the person stands there afterwards, or as near as the crowd lets it. */
export function* walkTo(scene: Scene, me: Person, xM: number, yM: number, nearM = 0.1): Script<Refusal> {
  if (me.carrier) return null;
  const { walker } = me;
  if (!scene.crowd.send(walker, xM, yM)) return 'no way leads there';
  const giveUpUs = scene.timeUs + BLOCKED_US + (WAY_FACTOR * 1e6 * walker.remainingM) / walker.speedMps;
  while (walker.goalDistanceM() > nearM) {
    if (walker.stuckS > 1 && walker.goalDistanceM() < 0.5) break;
    if (scene.timeUs > giveUpUs) {
      walker.stand(0, 0);
      return 'the way was blocked';
    }
    if (me.heldUp > 0) {
      walker.stand(0, 0);
      while (me.heldUp > 0) yield scene.timeUs + POLL_US;
      scene.crowd.send(walker, xM, yM);
    }
    yield scene.timeUs + POLL_US;
  }
  walker.stand(0, 0);
  return null;
}

/** Steps up to a fixture at a place along its front, unless a hand gets there from here. */
export function* approach(scene: Scene, me: Person, fixture: PlacedFixture, alongM: number): Script<Refusal> {
  const along = alongM - fixture.halfLengthM;
  const frontX = fixture.plan.atM[0] + fixture.ux * along;
  const frontY = fixture.plan.atM[1] + fixture.uy * along;
  if (me.carrier) return yield* beCarried(scene, me, frontX, frontY);
  const standOffM = standOff(me);
  const x = frontX + fixture.nx * standOffM;
  const y = frontY + fixture.ny * standOffM;
  if (hypot2(x - me.walker.xM, y - me.walker.yM) > 0.22) {
    const refusal = yield* walkTo(scene, me, x, y, 0.06);
    if (refusal !== null) return refusal;
  }
  if (me.walker.hx * -fixture.nx + me.walker.hy * -fixture.ny > 0.95) return null;
  me.walker.stand(-fixture.nx, -fixture.ny);
  yield scene.timeUs + TURN_US;
  return null;
}

function standOff(me: Person): number {
  if (me.walker.girth === 'cart') return 0.5;
  return me.plan.heightM < 1.3 ? 0.3 : 0.42;
}

/** A carried child waits until its carrier comes near, and asks to be taken there meanwhile. */
function* beCarried(scene: Scene, me: Person, xM: number, yM: number): Script<Refusal> {
  const carrier = me.carrier!;
  const sinceUs = scene.timeUs;
  const isNear = () => hypot2(me.body.xM - xM, me.body.yM - yM) < 0.55 + me.armM && carrier.heldUp === 0;
  const errand = { xM, yM, done: false };
  if (!isNear()) carrier.errand = errand;
  while (!isNear()) {
    if (scene.timeUs - sinceUs > SYNC_US || carrier.stage !== 'inside') {
      errand.done = true;
      return 'was not carried there';
    }
    yield scene.timeUs + POLL_US;
  }
  // The errand ends once the child's hands are through; see `endErrand`.
  return null;
}

/** Tells a carrier that its child is done here. */
export function endErrand(me: Person): void {
  if (me.carrier?.errand) me.carrier.errand.done = true;
}

/** Carries a child to where it wants to be and waits for it. */
export function* runErrand(scene: Scene, me: Person): Script {
  const { errand } = me;
  if (!errand) return;
  yield* walkTo(scene, me, errand.xM, errand.yM, 0.5);
  const sinceUs = scene.timeUs;
  while (!errand.done && scene.timeUs - sinceUs < SYNC_US) yield scene.timeUs + POLL_US;
  me.errand = null;
}

/** Leaves for a place so as to be there at the action's `at`. */
export function* departFor(scene: Scene, me: Person, action: Action, xM: number, yM: number): Script {
  if (action.atUs === null) return;
  const wayM = 1.4 * hypot2(xM - me.body.xM, yM - me.body.yM);
  const departUs = action.atUs - Math.round((1e6 * wayM) / me.plan.speedMps) - 3_000_000;
  if (scene.timeUs < departUs) yield departUs;
}

/** Waits for the action's `at` and at its barrier. */
export function* getReady(scene: Scene, me: Person, action: Action, index: number): Script<Refusal> {
  if (action.atUs !== null && scene.timeUs < action.atUs) yield action.atUs;
  if (action.sync === null) return null;
  scene.barriers.arrive(me.index, index);
  const sinceUs = scene.timeUs;
  while (!scene.barriers.isOpen(me.index, index)) {
    if (scene.timeUs - sinceUs >= SYNC_US) return `waited 60 s for the others at sync ${action.sync}`;
    yield 0;
  }
  return null;
}

/** Goes to a place of the scenario. */
export function* goTo(scene: Scene, me: Person, place: Place, action: Action): Script<Refusal> {
  if ('shopper' in place) return yield* goToPerson(scene, me, place.shopper, 0.9);
  const { layout } = scene;
  if ('pointM' in place) {
    yield* departFor(scene, me, action, place.pointM[0], place.pointM[1]);
    return yield* walkTo(scene, me, place.pointM[0], place.pointM[1]);
  }
  if ('zone' in place) {
    const zone = layout.zones.find((each) => each.id === place.zone);
    if (!zone) return `there is no zone ${place.zone}`;
    return yield* walkTo(scene, me, (zone.minM[0] + zone.maxM[0]) / 2, (zone.minM[1] + zone.maxM[1]) / 2);
  }
  const slots = 'address' in place ? layout.slotsAt(place.address) : [];
  const fixture = slots[0]?.fixture ?? layout.fixture('fixture' in place ? place.fixture : place.address);
  if (!fixture) return `there is no place ${'address' in place ? place.address : place.fixture}`;
  yield* departFor(scene, me, action, fixture.plan.atM[0], fixture.plan.atM[1]);
  return yield* approach(scene, me, fixture, middleOf(slots, fixture));
}

function middleOf(slots: readonly PlacedSlot[], fixture: PlacedFixture): number {
  if (slots.length === 0) return fixture.plan.lengthM / 2;
  const fromM = Math.min(...slots.map((slot) => slot.plan.fromM));
  return (fromM + Math.max(...slots.map((slot) => slot.plan.toM))) / 2;
}

/** Follows a shopper until within a distance; a minute at most for one who is yet to come. */
export function* goToPerson(scene: Scene, me: Person, key: string, nearM: number): Script<Refusal> {
  const sinceUs = scene.timeUs;
  let aimX = Number.POSITIVE_INFINITY;
  let aimY = Number.POSITIVE_INFINITY;
  for (;;) {
    const where = scene.whereabouts(key);
    if (where === 'gone' || where === 'unknown') return `${key} is ${where}`;
    const other = scene.people.get(key);
    if (other && other.stage === 'inside') {
      const distanceM = hypot2(other.body.xM - me.body.xM, other.body.yM - me.body.yM);
      if (distanceM < nearM || other.feet === me.feet) break;
      if (me.heldUp > 0) me.walker.stand(0, 0);
      else if (!me.carrier && (hypot2(other.body.xM - aimX, other.body.yM - aimY) > 0.4 || !me.walker.moving)) {
        aimX = other.body.xM;
        aimY = other.body.yM;
        scene.crowd.send(me.walker, aimX, aimY);
      }
    }
    if (scene.timeUs - sinceUs > SYNC_US) {
      me.walker.stand(0, 0);
      return `did not come near ${key} within 60 s`;
    }
    yield scene.timeUs + POLL_US;
  }
  if (!me.carrier) me.walker.stand(0, 0);
  return null;
}
