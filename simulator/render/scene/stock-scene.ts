import type { Run } from '../../scenario/run.ts';
import { productId } from './ids.ts';
import { ABSENT, colourOf, type Instances, MATRIX } from './instances.ts';
import { packageShape } from './package-shape.ts';
import { SHAPE } from './shapes.ts';
import { DIRECTION, KEY, LIGHT, LYING, PLACE, PRODUCT, ROW, SIZE } from './stock-log.ts';

/** Fruit and the like have no print. */
const fruitColours: readonly (readonly [RegExp, number])[] = [
  [/orange/i, 0xe8862a],
  [/pear/i, 0xb9b43c],
  [/lemon|banana/i, 0xe9d23f],
  [/./, 0xb52b33],
];

/** How a product is drawn. */
export interface PackageLook {
  readonly shape: number;
  readonly tile: number;
  readonly colour: number;
  readonly id: number;
  readonly sizeM: readonly [number, number, number];
}

/** Looks by place in the run; tiles are numbered like products. */
export function packageLooks(run: Run): PackageLook[] {
  return run.products.map((product, index) => {
    const name = packageShape(product);
    const rgb = fruitColours.find(([word]) => word.test(product.name))?.[1] ?? 0;
    const tile = name === 'fruit' ? -1 : index;
    return { shape: SHAPE[name], tile, colour: colourOf(rgb), id: productId(index), sizeM: product.sizeM };
  });
}

/** Goods on shelves and on the floor as instances, kept up with the stock log. */
export class StockScene {
  private readonly out: Instances;
  private readonly looks: readonly PackageLook[];
  private readonly rows: Float32Array;
  private readonly instanceOf: number[] = [];
  private applied = 0;

  constructor(out: Instances, looks: readonly PackageLook[], log: ArrayBufferLike) {
    this.out = out;
    this.looks = looks;
    this.rows = new Float32Array(log);
  }

  /**
   * Brings the instances to where the log stood after so many rows; earlier pictures may follow later ones. `changed`
   * hears of each instance before and after its change.
   */
  advanceTo(rows: number, changed: (instance: number) => void): void {
    if (rows < this.applied) this.rewind(changed);
    for (; this.applied < rows; this.applied++) this.apply(this.applied * ROW, changed);
  }

  private rewind(changed: (instance: number) => void): void {
    for (const instance of this.instanceOf) {
      if (instance === undefined) continue;
      changed(instance);
      this.out.shape[instance] = ABSENT;
    }
    this.applied = 0;
  }

  private apply(at: number, changed: (instance: number) => void): void {
    const { rows, out } = this;
    const key = rows[at + KEY];
    const known = this.instanceOf[key];
    const product = rows[at + PRODUCT];
    if (known !== undefined) changed(known);
    if (product < 0) {
      if (known !== undefined) out.shape[known] = ABSENT;
      return;
    }
    const { shape, tile, colour, id } = this.looks[product];
    const light = rows[at + LIGHT];
    const instance = known ?? out.add(shape, id, tile, colour, light);
    this.instanceOf[key] = instance;
    out.shape[instance] = shape;
    out.light[instance] = light;
    const [x, y, z] = rows.subarray(at + PLACE, at + PLACE + 3);
    const [cx, cy] = rows.subarray(at + DIRECTION, at + DIRECTION + 2);
    const [sx, sy, sz] = rows.subarray(at + SIZE, at + SIZE + 3);
    out.place(instance, x, y, z, cx, cy, sx, sy, sz);
    if (rows[at + LYING] === 1) this.layDown(instance, cx, cy, sy, sz);
    changed(instance);
  }

  /** Turns what stands onto its back, its front upwards. */
  private layDown(instance: number, cx: number, cy: number, depthM: number, heightM: number): void {
    const at = instance * MATRIX;
    const column = [0, 0, -depthM, -cy * heightM, cx * heightM, 0];
    this.out.matrix.set(column, at + 3);
    this.out.matrix[at + 9] += (cy * heightM) / 2;
    this.out.matrix[at + 10] -= (cx * heightM) / 2;
    this.out.matrix[at + 11] += depthM / 2;
  }
}
