import type { ShelfChange, TrackSnapshot } from '../../engine/index.ts';
import {
  BODIES,
  BODY,
  bodiesAt,
  ELBOWS_AT,
  FACING,
  FEET,
  HANDS_AT,
  HEAD_AT,
  MOVING,
  SHOPPER,
  STOCK_ROWS,
  STRIDE,
  snapshotLength,
  TIME_HIGH,
  TIME_LOW,
  TIME_UNIT,
} from '../../simulator/render/scene/snapshot-layout.ts';
import type { StockLog } from '../../simulator/render/scene/stock-log.ts';
import { StockWatch } from '../../simulator/render/scene/stock-watch.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { Item } from '../../simulator/world/item.ts';
import { World } from '../../simulator/world/world.ts';
import { MANNEQUIN_M, MANNEQUINS } from './told-run.ts';

/** Slower than this a body stands and keeps its direction, metres per second. */
const WALKING_MPS = 0.25;
/** Shares of stature and of the shoulders' half width (Drillis & Contini 1966): middle of the head, hands that hang. */
const HEAD = 0.93;
const HAND = 0.46;
const ELBOW = 0.63;
const ASIDE = 0.14;

interface Figure {
  readonly row: number;
  xM: number;
  yM: number;
  timeUs: number;
  facing: [number, number];
  strideM: number;
  isWalking: boolean;
}

/** Scenes of a store that nobody simulates: a plain figure where the engine has a body, shelves as it believes them. */
export class Mannequins {
  readonly #figures = new Map<number, Figure>();
  readonly #goods: Goods | null;
  readonly #log: StockLog;
  readonly #firstShopper: number;

  /** `run`: with `MANNEQUINS` plain shoppers last; `log`: of scenes so far, whose shelves then stay as they are. */
  constructor(run: Run, log: StockLog | null = null) {
    this.#firstShopper = run.shoppers.length - MANNEQUINS;
    this.#goods = log ? null : new Goods(run);
    this.#log = log ?? this.#goods!.watch.log;
  }

  get log(): StockLog {
    return this.#log;
  }

  change(change: ShelfChange): void {
    this.#goods?.change(change);
  }

  /** Where everybody is, as a scene. */
  scene({ timeUs, trackIds, onFloorM }: TrackSnapshot): Float32Array {
    this.#forget(trackIds);
    const count = Math.min(MANNEQUINS, trackIds.length);
    const out = new Float32Array(snapshotLength(0, count, 0));
    out[TIME_HIGH] = Math.floor(timeUs / TIME_UNIT);
    out[TIME_LOW] = timeUs - out[TIME_HIGH] * TIME_UNIT;
    out[STOCK_ROWS] = this.#log.length;
    out[BODIES] = count;
    for (let i = 0; i < count; i++) {
      const figure = this.#moved(trackIds[i], timeUs, onFloorM[2 * i], onFloorM[2 * i + 1]);
      write(out, bodiesAt(out) + i * BODY, this.#firstShopper + figure.row, figure);
    }
    return out;
  }

  /** Figures of those who have gone are free for others. */
  #forget(trackIds: Int32Array): void {
    for (const trackId of this.#figures.keys()) if (!trackIds.includes(trackId)) this.#figures.delete(trackId);
  }

  #moved(trackId: number, timeUs: number, xM: number, yM: number): Figure {
    let figure = this.#figures.get(trackId);
    if (!figure) {
      figure = { row: this.#freeRow(), xM, yM, timeUs, facing: [0, 1], strideM: 0, isWalking: false };
      this.#figures.set(trackId, figure);
    }
    const [dx, dy] = [xM - figure.xM, yM - figure.yM];
    const wayM = Math.hypot(dx, dy);
    figure.isWalking = wayM > (WALKING_MPS * (timeUs - figure.timeUs)) / 1e6;
    if (figure.isWalking) turn(figure.facing, dx / wayM, dy / wayM);
    figure.strideM += wayM;
    figure.timeUs = timeUs;
    figure.xM = xM;
    figure.yM = yM;
    return figure;
  }

  #freeRow(): number {
    const taken = new Set([...this.#figures.values()].map(({ row }) => row));
    let row = 0;
    while (taken.has(row)) row++;
    return row;
  }
}

/** Nobody turns at once, and tracks tremble. */
function turn(facing: [number, number], x: number, y: number): void {
  const [fx, fy] = [0.7 * facing[0] + 0.3 * x, 0.7 * facing[1] + 0.3 * y];
  const length = Math.hypot(fx, fy);
  if (length < 1e-6) return;
  facing[0] = fx / length;
  facing[1] = fy / length;
}

function write(out: Float32Array, at: number, shopper: number, figure: Figure): void {
  const { xM, yM, facing, strideM, isWalking } = figure;
  const [fx, fy] = facing;
  out[at + SHOPPER] = shopper;
  out.set([xM, yM], at + FEET);
  out.set(facing, at + FACING);
  out[at + STRIDE] = strideM;
  out[at + MOVING] = isWalking ? 1 : 0;
  out.set([xM + 0.03 * fx, yM + 0.03 * fy, HEAD * MANNEQUIN_M], at + HEAD_AT);
  const aside = ASIDE * MANNEQUIN_M;
  for (const side of [0, 1]) {
    // The left lies to the left of where the figure looks.
    const [sx, sy] = side === 0 ? [-fy, fx] : [fy, -fx];
    const x = xM + sx * aside;
    const y = yM + sy * aside;
    out.set([x + 0.05 * fx, y + 0.05 * fy, HAND * MANNEQUIN_M], at + HANDS_AT + 3 * side);
    out.set([x - 0.03 * fx, y - 0.03 * fy, ELBOW * MANNEQUIN_M], at + ELBOWS_AT + 3 * side);
  }
}

/** Goods on shelves as counted, less what the engine believes was taken, and again what it believes was put back. */
class Goods {
  readonly watch: StockWatch;
  readonly #items: Map<number, Item>;
  readonly #slotOf = new Map<number, string>();
  readonly #taken = new Map<string, Item[]>();

  constructor(run: Run) {
    this.watch = new StockWatch(run);
    this.#items = new Map(new World({ ...run, shoppers: [] }).items);
    for (const [id, { place }] of this.#items)
      if (place.at === 'shelf') this.#slotOf.set(id, run.store.slots[place.spot.slot]?.id ?? '');
    this.watch.look(this.#items);
  }

  change({ slotId, products }: ShelfChange): void {
    const [best] = products;
    if (slotId === null || !best) return;
    const key = `${slotId}/${best.sku}`;
    const taken = this.#taken.get(key) ?? [];
    this.#taken.set(key, taken);
    if (best.count < 0) {
      const there = [...this.#items.values()].filter(
        ({ id, product }) => product.sku === best.sku && this.#slotOf.get(id) === slotId,
      );
      for (const item of there.slice(best.count)) {
        this.#items.delete(item.id);
        taken.push(item);
      }
    } else for (const item of taken.splice(-best.count)) this.#items.set(item.id, item);
    this.watch.look(this.#items);
  }
}
