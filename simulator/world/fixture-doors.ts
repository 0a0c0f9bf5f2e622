import { clamp } from '../maths.ts';
import type { Layout } from './layout.ts';

const OPENING_S = 0.7;
const LINGER_US = 1_200_000;

/** Doors of fridges: open while someone uses them, closed a moment after. */
export class FixtureDoors {
  /** 0..1 per fixture; 1 where there is no door. */
  readonly openness: Float32Array;
  private readonly users: Int32Array;
  private readonly freeSinceUs: Float64Array;
  private readonly withDoor: number[] = [];
  private readonly dt: number;

  constructor(layout: Layout, tickHz: number) {
    const n = layout.fixtures.length;
    this.openness = new Float32Array(n).fill(1);
    this.users = new Int32Array(n);
    this.freeSinceUs = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
    this.dt = 1 / tickHz;
    for (const fixture of layout.fixtures) {
      if (fixture.plan.door === null) continue;
      this.withDoor.push(fixture.index);
      this.openness[fixture.index] = 0;
    }
  }

  use(fixture: number): void {
    this.users[fixture]! += 1;
  }

  leave(fixture: number, timeUs: number): void {
    this.users[fixture]! -= 1;
    this.freeSinceUs[fixture] = timeUs;
  }

  isOpen(fixture: number): boolean {
    return this.openness[fixture]! > 0.8;
  }

  step(timeUs: number): void {
    for (const fixture of this.withDoor) {
      const wanted = this.users[fixture]! > 0 || timeUs < this.freeSinceUs[fixture]! + LINGER_US;
      const change = (wanted ? this.dt : -this.dt) / OPENING_S;
      this.openness[fixture] = clamp(this.openness[fixture]! + change, 0, 1);
    }
  }
}
