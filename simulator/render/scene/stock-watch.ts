import { clamp, cos, sin } from '../../maths.ts';
import type { Run } from '../../scenario/run.ts';
import type { Item } from '../../world/item.ts';
import { Layout } from '../../world/layout.ts';
import { DIRECTION, KEY, LIGHT, LYING, PRODUCT, ROW, SIZE, StockLog } from './stock-log.ts';

/** Numbers kept per thing to know whether it moved: slot (−2 on the floor, −1 elsewhere), along, into, up. */
const STATE = 4;
const ELSEWHERE = -1;
const ON_FLOOR = -2;
/** Light left at the back of a shelf, under a board. */
const BACK_LIGHT = 0.5;

/** Notes into a log what changed on the shelves and on the floor between two looks. */
export class StockWatch {
  readonly log = new StockLog();
  private readonly layout: Layout;
  private readonly products: ReadonlyMap<string, number>;
  private readonly keys = new Map<number, number>();
  private states = new Float32Array(1 << 14);
  private seen = new Int32Array(1 << 12);
  private looks = 0;

  constructor(run: Run) {
    this.layout = new Layout(run);
    this.products = new Map(run.products.map((product, index) => [product.sku, index]));
  }

  /** Logs all changes since the last look. */
  look(items: ReadonlyMap<number, Item>): void {
    this.looks += 1;
    for (const item of items.values()) {
      const { place } = item;
      const key = this.keyOf(item.id);
      this.seen[key] = this.looks;
      if (place.at === 'shelf') {
        const { slot, alongM, intoM, upM } = place.spot;
        if (this.isNews(key, slot, alongM, intoM, upM)) this.logOnShelf(key, item);
      } else if (place.at === 'floor') {
        if (this.isNews(key, ON_FLOOR, place.xM, place.yM, 0)) this.logOnFloor(key, item, place.xM, place.yM);
      } else if (this.isNews(key, ELSEWHERE, 0, 0, 0)) this.logGone(key);
    }
    for (let key = 0; key < this.keys.size; key++)
      if (this.seen[key] !== this.looks && this.isNews(key, ELSEWHERE, 0, 0, 0)) this.logGone(key);
  }

  private keyOf(id: number): number {
    let key = this.keys.get(id);
    if (key !== undefined) return key;
    key = this.keys.size;
    this.keys.set(id, key);
    if (key >= this.seen.length) {
      const states = new Float32Array(this.states.length * 2);
      const seen = new Int32Array(this.seen.length * 2);
      states.set(this.states);
      seen.set(this.seen);
      this.states = states;
      this.seen = seen;
    }
    this.states[key * STATE] = ELSEWHERE;
    return key;
  }

  /** Whether the thing is somewhere else than at the last look; remembers where. */
  private isNews(key: number, slot: number, a: number, b: number, c: number): boolean {
    const { states } = this;
    const at = key * STATE;
    const fa = Math.fround(a);
    const fb = Math.fround(b);
    const fc = Math.fround(c);
    if (states[at] === slot && states[at + 1] === fa && states[at + 2] === fb && states[at + 3] === fc) return false;
    states[at] = slot;
    states[at + 1] = fa;
    states[at + 2] = fb;
    states[at + 3] = fc;
    return true;
  }

  private logOnShelf(key: number, item: Item): void {
    if (item.place.at !== 'shelf') return;
    const { spot } = item.place;
    const slot = this.layout.slots[spot.slot];
    const { sizeM } = item.product;
    this.layout.pointOnShelfInto(point, slot, spot.alongM, spot.intoM, spot.upM);
    // A toppled thing takes more of the shelf's length than it is wide.
    const isToppled = spot.widthM > sizeM[0] * 1.05;
    // Things stand a little askew, each in its own way.
    const turn = askew(key);
    const { ux, uy } = slot.fixture;
    this.start(key, item, point[0], point[1], point[2]);
    row[DIRECTION] = ux * cos(turn) - uy * sin(turn);
    row[DIRECTION + 1] = uy * cos(turn) + ux * sin(turn);
    row[SIZE] = isToppled ? sizeM[2] : sizeM[0];
    row[SIZE + 2] = isToppled ? sizeM[0] : sizeM[2];
    const depth = clamp(spot.intoM / slot.shelf.depthM, 0, 1);
    row[LIGHT] = 1 - (1 - BACK_LIGHT) * depth;
    this.log.push(row);
  }

  private logOnFloor(key: number, item: Item, xM: number, yM: number): void {
    this.start(key, item, xM, yM, 0.002);
    const angle = askew(key) * 60;
    row[DIRECTION] = cos(angle);
    row[DIRECTION + 1] = sin(angle);
    row[LYING] = 1;
    this.log.push(row);
  }

  private start(key: number, item: Item, x: number, y: number, z: number): void {
    const [width, depth, height] = item.product.sizeM;
    const product = this.products.get(item.product.sku) ?? -1;
    row.set([key, product, x, y, z, 1, 0, width, depth, height, 1, 0]);
  }

  private logGone(key: number): void {
    row.fill(0);
    row[KEY] = key;
    row[PRODUCT] = -1;
    this.log.push(row);
  }
}

const row = new Float32Array(ROW);
const point = new Float64Array(3);

/** A small angle that belongs to a thing's number, radians within ±0.05. */
function askew(key: number): number {
  const mixed = Math.imul(key ^ (key >>> 15), 0x2c1b3c6d) >>> 0;
  return (mixed / 4294967296 - 0.5) * 0.1;
}
