import type { Run } from '../scenario/run.ts';
import type { TruthEvent } from '../truth.ts';
import { World } from './world.ts';

/** What a run played to its end brought, for tests. */
export interface Played {
  readonly world: World;
  readonly truth: TruthEvent[];
  /** `skipped` events as `shopper: reason`. */
  readonly skipped: string[];
  /** Moves as `from > to sku`, in order. */
  readonly moves: string[];
}

/** Plays a run until everyone has left or its duration is over; `watch` sees every tick. */
export function play(run: Run, watch: (world: World) => void = () => {}): Played {
  const world = new World(run);
  const truth: TruthEvent[] = [];
  while (world.timeUs < run.durationUs && !world.isOver) {
    world.step();
    watch(world);
    truth.push(...world.takeTruth());
  }
  return {
    world,
    truth,
    skipped: truth.flatMap((event) => (event.kind === 'skipped' ? [`${event.shopper}: ${event.reason}`] : [])),
    moves: truth.flatMap((event) => (event.kind === 'moved' ? [`${event.from} > ${event.to} ${event.sku}`] : [])),
  };
}

/** A trip's lines as `sku × count` by its first member. */
export function linesOf(world: World, shopper: string): string[] {
  const cart = world.carts().find((each) => each.shopper === shopper);
  return cart?.lines.map(({ sku, count }) => `${sku} × ${count}`) ?? ['no trip'];
}
