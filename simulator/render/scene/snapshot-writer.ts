import { cos, sin } from '../../maths.ts';
import type { Run } from '../../scenario/run.ts';
import { Layout } from '../../world/layout.ts';
import type { Body } from '../../world/view.ts';
import type { World } from '../../world/world.ts';
import { DoorLeaves } from './door-leaves.ts';
import {
  BODIES,
  BODY,
  CARRIED,
  CARRY,
  DOOR,
  DOORS,
  ELBOWS_AT,
  FACING,
  FEET,
  HANDS_AT,
  HEAD,
  HEAD_AT,
  IN_BASKET,
  LIFT,
  MOVING,
  SHOPPER,
  STOCK_ROWS,
  STRIDE,
  snapshotLength,
  TIME_HIGH,
  TIME_LOW,
  TIME_UNIT,
} from './snapshot-layout.ts';
import type { StockLog } from './stock-log.ts';
import { StockWatch } from './stock-watch.ts';

/** Reads the world on the main thread and writes what a picture of this moment needs. */
export class SnapshotWriter {
  private readonly stock: StockWatch;
  private readonly leaves: DoorLeaves;
  private readonly products: ReadonlyMap<string, number>;
  private readonly rowOf: Int32Array;
  private carried = 0;

  constructor(run: Run) {
    const layout = new Layout(run);
    this.stock = new StockWatch(run);
    this.leaves = new DoorLeaves(layout);
    this.products = new Map(run.products.map((product, index) => [product.sku, index]));
    this.rowOf = new Int32Array(run.shoppers.length).fill(-1);
  }

  /** Where the snapshots' stock rows stand. */
  get log(): StockLog {
    return this.stock.log;
  }

  /** Floats to reserve for a snapshot of the present world. */
  lengthFor(world: World): number {
    let bodies = 0;
    for (const body of world.bodies) if (body.present) bodies += 1;
    this.carried = 0;
    for (const { place } of world.items.values()) if (place.at === 'person') this.carried += 1;
    return snapshotLength(this.leaves.fixtures.length, bodies, this.carried);
  }

  /** Follows what happens between snapshots: to be called at every tick, so that doors know who opened them. */
  watch(world: World): void {
    this.leaves.watch(world);
  }

  /** A snapshot in memory of its own, shared when workers are to read it. */
  take(world: World): Float32Array {
    const out = new Float32Array(new SharedArrayBuffer(4 * this.lengthFor(world)));
    this.writeInto(out, world);
    return out;
  }

  /** Writes a snapshot; the array must hold `lengthFor` numbers. */
  writeInto(out: Float32Array, world: World): void {
    this.stock.look(world.items);
    const { timeUs } = world;
    const high = Math.floor(timeUs / TIME_UNIT);
    out[TIME_HIGH] = high;
    out[TIME_LOW] = timeUs - high * TIME_UNIT;
    out[STOCK_ROWS] = this.stock.log.length;
    out[DOORS] = this.leaves.fixtures.length;
    this.leaves.watch(world);
    this.leaves.writeInto(out, HEAD, world);
    const at = HEAD + out[DOORS] * DOOR;
    out[BODIES] = this.writeBodies(out, at, world);
    out[CARRIED] = this.writeCarried(out, at + out[BODIES] * BODY, world);
  }

  private writeBodies(out: Float32Array, from: number, world: World): number {
    let row = 0;
    for (const body of world.bodies) {
      this.rowOf[body.shopperIndex] = -1;
      if (!body.present) continue;
      this.rowOf[body.shopperIndex] = row;
      writeBody(out, from + row * BODY, body, world);
      row += 1;
    }
    return row;
  }

  /** Things in pockets and bags are out of sight. */
  private writeCarried(out: Float32Array, from: number, world: World): number {
    let n = 0;
    for (const { place, product } of world.items.values()) {
      if (place.at !== 'person' || place.keep === 'pocket' || place.keep === 'bag') continue;
      const at = from + n * CARRY;
      out[at] = this.rowOf[place.shopperIndex];
      out[at + 1] = this.products.get(product.sku) ?? -1;
      out[at + 2] = place.keep === 'hand' ? place.hand : IN_BASKET;
      if (out[at] >= 0 && out[at + 1] >= 0) n += 1;
    }
    return n;
  }
}

const elbows = new Float64Array(6);
const gait = new Float64Array(3);

function writeBody(out: Float32Array, at: number, body: Body, world: World): void {
  const head = body.headInWorldM;
  out[at + SHOPPER] = body.shopperIndex;
  out[at + FEET] = body.xM;
  out[at + FEET + 1] = body.yM;
  world.gaitInto(gait, body.shopperIndex);
  world.elbowsInto(elbows, body.shopperIndex);
  out[at + FACING] = cos(body.headingRad);
  out[at + FACING + 1] = sin(body.headingRad);
  out[at + STRIDE] = gait[0];
  out[at + MOVING] = gait[1];
  out[at + LIFT] = gait[2];
  out.set(head, at + HEAD_AT);
  out.set(body.handsInWorldM, at + HANDS_AT);
  out.set(elbows, at + ELBOWS_AT);
}
