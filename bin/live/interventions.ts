import { z } from 'zod';
import type { Action, FaultPlan, Run } from '../../simulator/scenario/run.ts';
import type { Simulation } from '../../simulator/simulate.ts';
import { UserError } from '../user-error.ts';
import { type Intervening, type InterventionLog, intervene } from './intervention-log.ts';
import type { LiveFeed } from './live-feed.ts';

/** How long a fault of the page lasts, µs; a shelf is shaken for less. */
const FAULT_US = 20e6;
const SHAKE_US = 4e6;
/** A shelf that is shaken by hand: so many samples a second off by so much (SD), grams. */
const SHAKES_PER_S = 300;
const SHAKE_GRAMS = 150;
/** The reach of an arm bounds where a hand can be told to go; so does the store. */
const metres = z.number().min(-100).max(1000);

/** What a guest may be told over HTTP. */
export const guestOrderSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('take'), sku: z.string().max(255), slot: z.string().max(255) }),
  z.strictObject({ verb: z.literal('putback'), sku: z.string().max(255), slot: z.string().max(255) }),
  z.strictObject({ verb: z.literal('leave') }),
]);
export type PageOrder = z.infer<typeof guestOrderSchema>;

/** What a page may do to a sensor. */
export const faultSchema = z.strictObject({
  kind: z.enum(['blind', 'freeze', 'fog', 'silence', 'shake']),
  target: z.string().max(255),
});
export type PageFault = z.infer<typeof faultSchema>;

/** How a guest is moved by whoever plays it, many times a second over the WebSocket. */
export const moveSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('steer'),
    guest: z.string().max(64),
    x: z.number().min(-1).max(1),
    y: z.number().min(-1).max(1),
  }),
  z.strictObject({
    type: z.literal('reach'),
    guest: z.string().max(64),
    inWorldM: z.tuple([metres, metres, metres]).nullable(),
  }),
]);
export type PageMove = z.infer<typeof moveSchema>;

/** Something that a watcher did to the store; told among the truth's events. */
export interface Intervention {
  readonly kind: 'intervention';
  readonly timeUs: number;
  readonly what: 'guest' | 'order' | 'fault';
  /** Who came or was told, or what was struck. */
  readonly about: string;
  readonly detail: string;
  /** When it is over again; null for what has no length. */
  readonly untilUs: number | null;
}

/**
 * The door through which those who watch a simulated store act on it: guests come in and do as they are told, sensors fail.
 * What happens through it is no part of the scenario, so a run that was acted on does not repeat itself.
 */
export class Interventions {
  readonly #run: Run;
  readonly #simulation: Simulation;
  readonly #feed: LiveFeed;
  #log: InterventionLog | null = null;

  constructor(run: Run, simulation: Simulation, feed: LiveFeed) {
    this.#run = run;
    this.#simulation = simulation;
    this.#feed = feed;
  }

  /** Keeps what is done from now on, for a run that may have to be resumed. */
  keep(log: InterventionLog): void {
    this.#log = log;
  }

  /** Calls a guest to the door; its key, or null when all have been called. */
  admit(): string | null {
    const guest = this.#do({ kind: 'admit' });
    if (typeof guest !== 'string') return null;
    this.#tell('guest', guest, 'comes in');
    return guest;
  }

  /** Tells a guest what to do next. Throws `UserError` for a guest who is not there. */
  order(guest: string, order: PageOrder): void {
    if (this.#do({ kind: 'order', guest, order: { kind: 'act', action: actionOf(order) } }) === false)
      throw new UserError(`guest: found ${guest}, expected one who has been called and has not left`);
    this.#tell('order', guest, order.verb === 'leave' ? 'leave' : `${order.verb} ${order.sku} ${order.slot}`);
  }

  /** Moves a guest; nothing when it is not there. */
  move(move: PageMove): void {
    if (this.#log?.isCatchingUp) return;
    const { guest } = move;
    if (move.type === 'reach') this.#do({ kind: 'order', guest, order: { kind: 'reach', inWorldM: move.inWorldM } });
    else {
      const length = Math.max(1, Math.hypot(move.x, move.y));
      this.#do({ kind: 'order', guest, order: { kind: 'steer', x: move.x / length, y: move.y / length } });
    }
  }

  /** Breaks a sensor for a while. Throws `UserError` for what is no such sensor. */
  suffer({ kind, target }: PageFault): void {
    const isCamera = this.#run.cameras.some(({ id }) => id === target);
    const isScale = this.#run.scales.some(({ id }) => id === target);
    const isForCamera = kind === 'blind' || kind === 'freeze' || kind === 'fog';
    if (isForCamera ? !isCamera : !isScale)
      throw new UserError(`${kind}: found ${target}, expected a ${isForCamera ? 'camera' : 'scale'} of the store`);
    const untilUs = this.#feed.nowUs + (kind === 'shake' ? SHAKE_US : FAULT_US);
    this.#do({ kind: 'suffer', plan: faultPlan(kind, target, this.#feed.nowUs, untilUs) });
    this.#tell('fault', target, kind, untilUs);
  }

  /** What could be done is put on record. */
  #do(done: Intervening): string | boolean | null {
    if (this.#log?.isCatchingUp) throw new UserError('found a run that is being brought back to where it stopped');
    const { nowUs } = this.#simulation;
    const result = intervene(this.#simulation, done);
    if (result !== null && result !== false) this.#log?.append(nowUs, done);
    return result;
  }

  #tell(what: Intervention['what'], about: string, detail: string, untilUs: number | null = null): void {
    this.#feed.truth({ kind: 'intervention', timeUs: this.#feed.nowUs, what, about, detail, untilUs });
  }
}

function actionOf(order: PageOrder): Action {
  const common = { atUs: null, sync: null };
  if (order.verb === 'leave') return { ...common, verb: 'leave', by: '' };
  const { sku, slot } = order;
  if (order.verb === 'putback') return { ...common, verb: 'putback', sku, to: slot, quantity: 1 };
  return { ...common, verb: 'take', sku, from: slot, quantity: 1, hands: 1, slow: false, keep: 'basket' };
}

function faultPlan(kind: PageFault['kind'], target: string, fromUs: number, toUs: number): FaultPlan {
  const isShake = kind === 'shake';
  return {
    kind: isShake ? 'spike' : kind === 'freeze' || kind === 'fog' ? kind : 'blackout',
    targets: [target],
    ...{ fromUs, toUs, share: 0, ratePerSecond: isShake ? SHAKES_PER_S : 0 },
    size: isShake ? { normal: { mean: 0, sd: SHAKE_GRAMS } } : { fixed: 0 },
    size2: { fixed: 0 },
  };
}
