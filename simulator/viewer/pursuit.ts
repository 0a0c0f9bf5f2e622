import { BODIES, BODY, bodiesAt, FACING, FEET, HEAD_AT } from '../render/scene/snapshot-layout.ts';
import type { TrackedBody } from './moment.ts';
import type { ShopCanvas } from './shop/shop-canvas.ts';

export type PursuitMode = 'off' | 'follow' | 'eyes';

/** A body further from its track than this is somebody else's, metres. */
const NEAR_M = 0.8;

/** Keeps the view with one shopper: beside them, or out of their eyes. */
export class Pursuit {
  mode: PursuitMode = 'off';
  readonly #canvas: ShopCanvas;

  constructor(canvas: ShopCanvas) {
    this.#canvas = canvas;
  }

  show(snapshot: Float32Array | null, bodies: readonly TrackedBody[], tripId: string | null): void {
    if (this.mode === 'off' || tripId === null) return;
    const body = bodies.find(({ cart }) => cart?.tripId === tripId);
    if (!body) return;
    if (this.mode === 'follow') this.#canvas.follow(body.xM, body.yM);
    else if (snapshot) this.#lookThrough(snapshot, body);
  }

  #lookThrough(snapshot: Float32Array, { xM, yM }: TrackedBody): void {
    let best = -1;
    let bestM = NEAR_M;
    for (let row = 0; row < snapshot[BODIES]; row++) {
      const at = bodiesAt(snapshot) + row * BODY;
      const away = Math.hypot(snapshot[at + FEET] - xM, snapshot[at + FEET + 1] - yM);
      if (away < bestM) [best, bestM] = [at, away];
    }
    if (best < 0) return;
    const [x, y, z] = snapshot.subarray(best + HEAD_AT, best + HEAD_AT + 3);
    this.#canvas.lookThrough([x, y, z], snapshot[best + FACING], snapshot[best + FACING + 1]);
  }
}
