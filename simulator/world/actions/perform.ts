import type { Action } from '../../scenario/run.ts';
import type { Person, Script } from '../person.ts';
import type { Scene } from '../scene.ts';
import { drop, pickup } from './floor.ts';
import { approach, getReady, goTo, type Refusal } from './going.ts';
import { exchange, give } from './handover.ts';
import { consume, splitPack, stow } from './keeping.ts';
import { putback, restock, touch } from './put.ts';
import { hold, sweep, take, withdraw } from './take.ts';

/** Carries out one action of a shopper, but `leave`; says why it could not be done, or null. Never throws for what a scenario asks. */
export function* perform(scene: Scene, me: Person, action: Action, index: number): Script<Refusal> {
  const stream = scene.stream(`shopper/${me.plan.key}/action/${index}`);
  switch (action.verb) {
    case 'walk':
      return (yield* goTo(scene, me, action.to, action)) ?? (yield* getReady(scene, me, action, index));
    case 'look':
      return yield* look(scene, me, action, index);
    case 'take':
      return yield* take(scene, me, action, index, stream);
    case 'putback':
      return yield* putback(scene, me, action, index, stream);
    case 'hold':
      return yield* hold(scene, me, action, index, stream);
    case 'touch':
      return yield* touch(scene, me, action, index, stream);
    case 'give':
      return yield* give(scene, me, action, index, stream);
    case 'exchange':
      return yield* exchange(scene, me, action, index, stream);
    case 'drop':
      return yield* drop(scene, me, action, index, stream);
    case 'pickup':
      return yield* pickup(scene, me, action, index, stream);
    case 'sweep':
      return yield* sweep(scene, me, action, index, stream);
    case 'stow':
      return yield* stow(scene, me, action, index, stream);
    case 'consume':
      return yield* consume(scene, me, action, index, stream);
    case 'split-pack':
      return yield* splitPack(scene, me, action, index, stream);
    case 'restock':
      return yield* restock(scene, me, action, index, stream);
    case 'withdraw':
      return yield* withdraw(scene, me, action, index, stream);
    case 'change-clothes':
      return yield* stay(scene, me, action, index, action.forUs);
    case 'join':
      return yield* join(scene, me, action, index);
    case 'part':
      me.group = `${me.plan.key} alone`;
      return yield* getReady(scene, me, action, index);
    case 'leave':
      return yield* getReady(scene, me, action, index);
  }
}

function* look(scene: Scene, me: Person, action: Extract<Action, { verb: 'look' }>, index: number): Script<Refusal> {
  if (action.at !== null) {
    const slot = scene.layout.slotsAt(action.at)[0];
    const fixture = slot?.fixture ?? scene.layout.fixture(action.at);
    if (!fixture) return `there is no place ${action.at}`;
    const alongM = slot ? (slot.plan.fromM + slot.plan.toM) / 2 : fixture.plan.lengthM / 2;
    const refusal = yield* approach(scene, me, fixture, alongM);
    if (refusal !== null) return refusal;
  }
  return yield* stay(scene, me, action, index, action.forUs);
}

function* stay(scene: Scene, me: Person, action: Action, index: number, forUs: number): Script<Refusal> {
  const refusal = yield* getReady(scene, me, action, index);
  if (refusal === null) yield scene.timeUs + forUs;
  return refusal;
}

function* join(scene: Scene, me: Person, action: Extract<Action, { verb: 'join' }>, index: number): Script<Refusal> {
  const refusal = yield* goTo(scene, me, { shopper: action.shopper }, action);
  if (refusal !== null) return refusal;
  me.group = scene.people.get(action.shopper)?.group ?? me.group;
  return yield* getReady(scene, me, action, index);
}
