import { hypot2 } from '../maths.ts';
import type { Person } from './person.ts';

const EVERY_TICKS = 6;
/** Pull per own speed, 1/s: weak enough that even the slowest keep going. */
const PULL_PER_S = 0.5;
const FROM_M = 1.6;
const TO_M = 6;

interface Middle {
  xM: number;
  yM: number;
  n: number;
}

/** Keeps groups together: whoever walks is drawn a little towards the middle of its group. */
export class Groups {
  private readonly middles = new Map<string, Middle>();

  step(people: readonly Person[], tick: number): void {
    if (tick % EVERY_TICKS !== 0) return;
    this.measure(people);
    for (const { carrier, group, walker } of people) {
      if (carrier) continue;
      walker.pullX = 0;
      walker.pullY = 0;
      const middle = this.middles.get(group)!;
      if (middle.n < 2 || !walker.moving) continue;
      const toX = middle.xM / middle.n - walker.xM;
      const toY = middle.yM / middle.n - walker.yM;
      const distanceM = hypot2(toX, toY);
      // Near its goal everyone goes the last steps alone.
      if (distanceM < FROM_M || distanceM > TO_M || walker.remainingM < FROM_M) continue;
      const pull = PULL_PER_S * walker.speedMps;
      walker.pullX = (toX / distanceM) * pull;
      walker.pullY = (toY / distanceM) * pull;
    }
  }

  private measure(people: readonly Person[]): void {
    this.middles.clear();
    for (const { carrier, group, walker } of people) {
      if (carrier) continue;
      const middle = this.middles.get(group);
      if (!middle) this.middles.set(group, { xM: walker.xM, yM: walker.yM, n: 1 });
      else {
        middle.xM += walker.xM;
        middle.yM += walker.yM;
        middle.n += 1;
      }
    }
  }
}
