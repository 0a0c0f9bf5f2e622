import type { LiveTruth } from '../../../api/live.ts';
import { BODIES, BODY, bodiesAt, FACING, FEET, SHOPPER } from '../../render/scene/snapshot-layout.ts';
import type { LiveModel } from '../live-model.ts';

/** Where a guest is in its visit. */
export type GuestStage = 'coming' | 'inside' | 'gone';

/** The shopper that somebody at the page has sent in, as the truth's events tell of it. */
export class Guest {
  readonly key: string;
  stage: GuestStage = 'coming';
  /** SKUs it carries, in the order of taking. */
  readonly held: string[] = [];
  /** What it could not do last, or null. */
  trouble: string | null = null;
  readonly #index: number;
  #seen = 0;

  constructor(key: string, { run }: LiveModel) {
    this.key = key;
    this.#index = run.shoppers.findIndex((plan) => plan.key === key);
  }

  /** Reads on in the events, of which there are ever more; true when something was new. */
  follow(events: readonly LiveTruth[]): boolean {
    const seen = this.#seen;
    for (; this.#seen < events.length; this.#seen++) this.#take(events[this.#seen]);
    return seen !== this.#seen;
  }

  /** Where it stands and looks in a scene: x, y, and the direction it faces; null when it is not there. */
  placeIn(snapshot: Float32Array | null): readonly [number, number, number, number] | null {
    if (snapshot === null) return null;
    for (let row = 0; row < snapshot[BODIES]; row++) {
      const at = bodiesAt(snapshot) + row * BODY;
      if (snapshot[at + SHOPPER] === this.#index)
        return [snapshot[at + FEET], snapshot[at + FEET + 1], snapshot[at + FACING], snapshot[at + FACING + 1]];
    }
    return null;
  }

  #take(event: LiveTruth): void {
    const { key } = this;
    if (event.kind === 'entered' && event.shopper === key) this.stage = 'inside';
    else if (event.kind === 'left' && event.shopper === key) this.stage = 'gone';
    else if (event.kind === 'skipped' && event.shopper === key) this.trouble = String(event.reason);
    else if (event.kind === 'moved' && (event.to === key || event.from === key)) {
      this.trouble = null;
      const sku = String(event.sku);
      if (event.to === key) this.held.push(sku);
      else if (this.held.includes(sku)) this.held.splice(this.held.indexOf(sku), 1);
    }
  }
}
