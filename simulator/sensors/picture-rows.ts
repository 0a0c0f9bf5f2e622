import type { Detections } from '../../engine/readings.ts';

/** Bits of a sort key that hold the row's number: at most 8,192 rows. */
const ROW_LIMIT = 8192;

/** Rows of one kind in one picture, in the order they were found. */
class Rows {
  count = 0;
  /** Body behind each row, −1 for a false alarm. For hands: whose the detector says it is. */
  readonly body: number[] = [];
  readonly u: number[] = [];
  readonly v: number[] = [];
  readonly depthM: number[] = [];
  readonly score: number[] = [];
  readonly key: number[] = [];

  add(body: number, u: number, v: number, depthM: number, score: number, key: number): void {
    const i = this.count++;
    this.body[i] = body;
    this.u[i] = u;
    this.v[i] = v;
    this.depthM[i] = depthM;
    this.score[i] = score;
    this.key[i] = key;
  }

  /** Row numbers in the order of their random keys. */
  shuffled(skip: (row: number) => boolean): number[] {
    const keys = new Float64Array(this.count);
    let n = 0;
    for (let i = 0; i < this.count; i++) if (!skip(i)) keys[n++] = this.key[i]! * ROW_LIMIT + i;
    return Array.from(keys.subarray(0, n).sort(), (key) => key % ROW_LIMIT);
  }
}

/** One picture in the making; used again for the next. */
export class PictureRows {
  private readonly heads = new Rows();
  private readonly hands = new Rows();
  /** Head row that a head row was merged into, or −1. */
  private readonly mergedInto: number[] = [];

  clear(): void {
    this.heads.count = 0;
    this.hands.count = 0;
  }

  addHead(body: number, u: number, v: number, depthM: number, score: number, key: number): void {
    this.mergedInto[this.heads.count] = -1;
    this.heads.add(body, u, v, depthM, score, key);
  }

  addHand(body: number, u: number, v: number, depthM: number, score: number, key: number): void {
    this.hands.add(body, u, v, depthM, score, key);
  }

  private headOf(body: number): number {
    for (let i = 0; i < this.heads.count; i++) if (this.heads.body[i] === body) return this.root(i);
    return -1;
  }

  private root(row: number): number {
    let at = row;
    while (this.mergedInto[at]! >= 0) at = this.mergedInto[at]!;
    return at;
  }

  /** Leaves one head between two bodies, where both are in the picture. */
  merge(a: number, b: number): void {
    const { heads } = this;
    const kept = this.headOf(a);
    const gone = this.headOf(b);
    if (kept < 0 || gone < 0 || kept === gone) return;
    heads.u[kept] = (heads.u[kept]! + heads.u[gone]!) / 2;
    heads.v[kept] = (heads.v[kept]! + heads.v[gone]!) / 2;
    heads.depthM[kept] = (heads.depthM[kept]! + heads.depthM[gone]!) / 2;
    heads.score[kept] = Math.min(heads.score[kept]!, heads.score[gone]!);
    this.mergedInto[gone] = kept;
  }

  /** Copies the picture out, its rows in random order. */
  detections(): Detections {
    const { heads, hands } = this;
    const headOrder = heads.shuffled((row) => this.mergedInto[row]! >= 0);
    const handOrder = hands.shuffled(() => false);
    const rowOfHead = new Int16Array(heads.count).fill(-1);
    headOrder.forEach((row, i) => {
      rowOfHead[row] = i;
    });
    return {
      headsInImagePx: pixels(heads, headOrder),
      headDepthM: column(heads.depthM, headOrder),
      headScore: column(heads.score, headOrder),
      handsInImagePx: pixels(hands, handOrder),
      handDepthM: column(hands.depthM, handOrder),
      handScore: column(hands.score, handOrder),
      handOwner: Int16Array.from(handOrder, (row) => {
        const body = hands.body[row]!;
        const head = body < 0 ? -1 : this.headOf(body);
        return head < 0 ? -1 : rowOfHead[head]!;
      }),
    };
  }
}

function column(values: readonly number[], order: readonly number[]): Float32Array {
  const out = new Float32Array(order.length);
  for (let i = 0; i < order.length; i++) out[i] = values[order[i]!]!;
  return out;
}

function pixels(rows: Rows, order: readonly number[]): Float32Array {
  const out = new Float32Array(2 * order.length);
  for (let i = 0; i < order.length; i++) {
    out[2 * i] = rows.u[order[i]!]!;
    out[2 * i + 1] = rows.v[order[i]!]!;
  }
  return out;
}
