import { RandomStream } from '../random.ts';
import type { Action, Run, ShopperPlan } from '../scenario/run.ts';
import { perform } from './actions/perform.ts';
import type { Person, Script } from './person.ts';
import type { Scene } from './scene.ts';

/** Arrival of a shopper who comes only when called: never by itself. */
const ON_CALL_US = Number.MAX_SAFE_INTEGER;
const POLL_US = 50_000;
/** Steps that a steered guest is sent ahead, the longest that is free first, metres. */
const STEPS_M = [0.9, 0.5, 0.25] as const;
/** A hand follows where it is pointed within this time. */
const FOLLOW_US = 160_000;
const WITHDRAW_US = 400_000;
/** A hand already this near to where it is pointed stays, metres. */
const STEADY_M = 0.02;

/** What a guest is told while it is in the store. */
export type GuestOrder =
  /** To be done after what was ordered before; `leave` ends the visit. */
  | { readonly kind: 'act'; readonly action: Action }
  /** Walks along (x, y), a unit vector, until told otherwise; (0, 0) stops. */
  | { readonly kind: 'steer'; readonly x: number; readonly y: number }
  /** Holds the hand out to a point of the world; null takes it back. */
  | { readonly kind: 'reach'; readonly inWorldM: readonly [number, number, number] | null };

/** Orders of one guest that wait to be carried out. */
export class GuestOrders {
  readonly actions: Action[] = [];
  steer: readonly [number, number] = [0, 0];
  reach: readonly [number, number, number] | null = null;

  take(order: GuestOrder): void {
    if (order.kind === 'act') this.actions.push(order.action);
    else if (order.kind === 'steer') this.steer = [order.x, order.y];
    else this.reach = order.inWorldM;
  }
}

/** Whether a shopper comes only when called. */
export function isOnCall(plan: ShopperPlan): boolean {
  return plan.arriveUs === ON_CALL_US;
}

/**
 * A run with so many more shoppers who come only when `World.admit` calls them. They stand behind all others and draw from
 * streams of their own, so that nobody else does anything differently.
 */
export function withGuests(run: Run, count: number): Run {
  const taken = new Set(run.shoppers.map(({ key }) => key));
  const guests: ShopperPlan[] = [];
  for (let n = 1; guests.length < count; n++) {
    const key = `guest-${n}`;
    if (!taken.has(key)) guests.push(guestPlan(run, key));
  }
  return { ...run, shoppers: [...run.shoppers, ...guests] };
}

function guestPlan(run: Run, key: string): ShopperPlan {
  const body = new RandomStream(run.seed, `shopper/${key}/body`);
  const entry = run.store.doors.find((door) => door.use !== 'exit') ?? run.store.doors[0]!;
  return {
    ...{ key, party: key, role: 'shopper', tailgates: null, carriedBy: null, refused: false },
    ...{ arriveUs: ON_CALL_US, entryDoor: entry.id, heightM: body.between(1.6, 1.85), speedMps: 1.2 },
    ...{ equipment: 'basket', handed: 'right', swapHands: 0, clothing: { shade: 'dark', uniform: false } },
    ...{ brings: [], actions: [] },
  };
}

/** Does what a guest is told, in order, and walks and reaches freely in between; ends with the order to leave. */
export function* obey(scene: Scene, me: Person, orders: GuestOrders): Script {
  const stream = scene.stream(`shopper/${me.plan.key}/free`);
  let index = 0;
  for (;;) {
    const action = orders.actions.shift();
    if (action === undefined) {
      steer(scene, me, orders.steer);
      reach(scene, me, orders.reach, stream);
      yield scene.timeUs + POLL_US;
      continue;
    }
    reach(scene, me, null, stream);
    if (action.verb === 'leave') return;
    const reason = yield* perform(scene, me, action, index);
    if (reason !== null)
      scene.truth.push({ kind: 'skipped', timeUs: scene.timeUs, shopper: me.plan.key, action: index, reason });
    index += 1;
  }
}

/** Sends the walker a little ahead, along whichever way is free; beside a wall it slides along it. */
function steer({ crowd }: Scene, { walker, heldUp }: Person, [x, y]: readonly [number, number]): void {
  if ((x === 0 && y === 0) || heldUp > 0) {
    if (walker.moving) walker.stand(0, 0);
    return;
  }
  const { grid } = crowd;
  for (const stepM of STEPS_M) {
    for (const [dx, dy] of [
      [x, y],
      [x, 0],
      [0, y],
    ] as const) {
      const toX = walker.xM + dx * stepM;
      const toY = walker.yM + dy * stepM;
      // Whoever was pushed against a shelf may stand on floor that is not free.
      const [halfX, halfY] = [(walker.xM + toX) / 2, (walker.yM + toY) / 2];
      if ((dx === 0 && dy === 0) || !grid.isLineFree(halfX, halfY, toX, toY, walker.girth)) continue;
      crowd.send(walker, toX, toY);
      return;
    }
  }
  walker.stand(x, y);
}

function reach(
  { timeUs }: Scene,
  me: Person,
  inWorldM: readonly [number, number, number] | null,
  stream: RandomStream,
): void {
  const hand = me.hands[me.plan.handed === 'right' ? 1 : 0];
  if (hand.busy) return;
  if (inWorldM === null) {
    if (hand.mode !== 'path') return;
    hand.goBack(timeUs, WITHDRAW_US);
    me.straighten();
  } else if (hand.distanceTo(...inWorldM) > STEADY_M) {
    me.bendTowards(...inWorldM);
    hand.moveTo(...inWorldM, timeUs, FOLLOW_US, stream);
  }
}
