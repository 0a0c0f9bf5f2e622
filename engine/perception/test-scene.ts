import { imageFromWorldInto, Lens, worldFromImageInto } from '../geometry/lens.ts';
import { type Camera, parseStore, type Store } from '../store.ts';

/** An upright box: two corners. */
export type Box = readonly [x0: number, y0: number, z0: number, x1: number, y1: number, z1: number];
/** Two ends and a radius; a sphere where the ends are one. */
export type Capsule = readonly [x0: number, y0: number, z0: number, x1: number, y1: number, z1: number, radius: number];

export interface Person {
  readonly x: number;
  readonly y: number;
  readonly heightM?: number;
  /** Facing, radians. */
  readonly facing?: number;
  /** Where the hands are; hanging where left out. */
  readonly left?: readonly [number, number, number];
  readonly right?: readonly [number, number, number];
}

/** Where a person's head is, by Drillis & Contini's shares of stature. */
export function headOf(person: Person): [number, number, number] {
  return [person.x, person.y, 0.93 * (person.heightM ?? 1.72)];
}

/** Head as an upright ellipsoid of three balls, trunk, arms and legs as capsules. */
export function bodyOf(person: Person): Capsule[] {
  const h = person.heightM ?? 1.72;
  const { x, y } = person;
  const facing = person.facing ?? 0;
  const [fx, fy] = [Math.cos(facing), Math.sin(facing)];
  const s = h / 1.72;
  const at = (forward: number, left: number, z: number): [number, number, number] => [
    x + (forward * fx - left * fy) * s,
    y + (forward * fy + left * fx) * s,
    z * h,
  ];
  const capsule = (a: readonly number[], b: readonly number[], r: number): Capsule =>
    [a[0], a[1], a[2], b[0], b[1], b[2], r * s] as const;
  const head = headOf(person);
  const arm = (side: 1 | -1, hand: readonly [number, number, number]): Capsule[] => {
    const shoulder = at(0, 0.19 * side, 0.81);
    const middle = shoulder.map((v, i) => (v + hand[i]) / 2);
    const elbow = [middle[0] + 0.05 * -fy * side, middle[1] + 0.05 * fx * side, middle[2] - 0.06];
    return [capsule(shoulder, elbow, 0.05), capsule(elbow, hand, 0.04), capsule(hand, hand, 0.05)];
  };
  return [
    // Children's heads are large for their size.
    capsule([head[0], head[1], head[2] - 0.02], [head[0], head[1], head[2] + 0.02], (0.095 * (0.66 + 0.2 * h)) / s),
    capsule(at(0, 0.09, 0.78), at(0, 0.07, 0.55), 0.12),
    capsule(at(0, -0.09, 0.78), at(0, -0.07, 0.55), 0.12),
    capsule(at(0, 0.09, 0.5), at(0.05, 0.09, 0.05), 0.08),
    capsule(at(0, -0.09, 0.5), at(-0.05, -0.09, 0.05), 0.08),
    ...arm(1, person.left ?? at(0.02, 0.26, 0.44)),
    ...arm(-1, person.right ?? at(0.02, -0.26, 0.44)),
  ];
}

/** A camera that looks from one place to another. */
export function cameraAt(
  at: readonly [number, number, number],
  look: readonly [number, number, number],
  size: readonly [number, number] = [320, 240],
  hfovRad = 1.4,
): Camera {
  const forward = unit([look[0] - at[0], look[1] - at[1], look[2] - at[2]]);
  const right = unit([forward[1], -forward[0], 0]);
  const down = [-forward[2] * right[1], forward[2] * right[0], forward[0] * right[1] - forward[1] * right[0]];
  const rows = [right, down, forward];
  const f = size[0] / 2 / Math.tan(hfovRad / 2);
  return {
    id: 'c1',
    widthPx: size[0],
    heightPx: size[1],
    intrinsics: { fx: f, fy: f, cx: size[0] / 2, cy: size[1] / 2, k1: 0, k2: 0 },
    cameraFromWorld: rows.flatMap((r) => [...r, -(r[0] * at[0] + r[1] * at[1] + r[2] * at[2])]),
    rateHz: 10,
  };
}

function unit(v: readonly number[]): number[] {
  const length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  return v.map((one) => one / length);
}

/** A shop of 6 × 5 m with one gondola, 2.4 m long, whose front at y = 0.5 m faces +y. */
export function testStore(camera: Camera): Store {
  return parseStore({
    name: 'test',
    sizeM: [6, 5],
    doors: [{ id: 'in', atM: [0, 2.5], widthM: 1, use: 'both' }],
    fixtures: [
      {
        id: 'G1',
        kind: 'gondola',
        atM: [3, 0.5],
        facingRad: Math.PI / 2,
        lengthM: 2.4,
        depthM: 0.45,
        heightM: 1.8,
        shelves: [0.3, 0.75, 1.2].map((heightM, i) => ({ id: `G1.${i + 1}`, heightM, depthM: 0.45 })),
      },
    ],
    scales: [],
    cameras: [camera],
    slots: [],
    products: [],
  });
}

/** The gondola's back and boards, with goods on them 20 cm behind the front. */
export const GONDOLA: readonly Box[] = [
  [1.8, 0.0, 0, 4.2, 0.05, 1.8],
  ...[0.3, 0.75, 1.2].map((z): Box => [1.8, 0.05, z - 0.03, 4.2, 0.5, z]),
  ...[0.3, 0.75, 1.2].map((z): Box => [1.8, 0.05, z, 4.2, 0.3, z + 0.2]),
];

/** Draws depth pictures by casting rays at boxes and capsules over a floor; noise grows with the square of distance. */
export class TestScene {
  readonly lens: Lens;
  readonly #still: Float64Array;
  readonly #now: Float64Array;
  readonly #rays: Float64Array;
  readonly #noiseAt1M: number;
  #dice = 1;

  constructor(camera: Camera, boxes: readonly Box[] = [], noiseAt1M = 0.0017) {
    this.lens = new Lens(camera);
    this.#noiseAt1M = noiseAt1M;
    const count = camera.widthPx * camera.heightPx;
    this.#rays = new Float64Array(3 * count);
    this.#still = new Float64Array(count);
    this.#now = new Float64Array(count);
    const [cx, cy, cz] = this.lens.centreInWorldM;
    const point = new Float64Array(3);
    for (let k = 0; k < count; k++) {
      worldFromImageInto(point, this.lens, (k % camera.widthPx) + 0.5, Math.floor(k / camera.widthPx) + 0.5, 1);
      this.#rays.set([point[0] - cx, point[1] - cy, point[2] - cz], 3 * k);
    }
    this.setBoxes(boxes);
  }

  /** What stands still. */
  setBoxes(boxes: readonly Box[]): void {
    const rays = this.#rays;
    const centre = this.lens.centreInWorldM;
    for (let k = 0; k < this.#still.length; k++) {
      const down = rays[3 * k + 2];
      let nearest = down < -1e-6 ? -centre[2] / down : 20;
      for (const box of boxes) {
        const t = boxHit(centre, rays, 3 * k, box);
        if (t < nearest) nearest = t;
      }
      this.#still[k] = Math.min(20, nearest);
    }
  }

  /** A picture of depths in millimetres, of what stands still and these capsules. */
  picture(capsules: readonly Capsule[]): Uint16Array {
    this.#now.set(this.#still);
    for (const capsule of capsules) this.#draw(capsule);
    const out = new Uint16Array(this.#now.length);
    for (let k = 0; k < out.length; k++) {
      const d = this.#now[k];
      const noisy = d + this.#noiseAt1M * d * d * this.#normal();
      out[k] = d >= 20 ? 0 : Math.max(1, Math.round(1000 * noisy));
    }
    return out;
  }

  /** Colours of the last picture: people of one, the shop of another, with noise. */
  colours(people: number, shop: number): Uint8Array {
    const rgb = new Uint8Array(3 * this.#now.length);
    for (let i = 0; i < rgb.length; i++) {
      const k = (i / 3) | 0;
      rgb[i] = Math.round((this.#now[k] < this.#still[k] ? people : shop) + 2 * this.#normal());
    }
    return rgb;
  }

  #draw(capsule: Capsule): void {
    const { lens } = this;
    const radius = capsule[6];
    let [left, top, right, bottom] = [lens.widthPx, lens.heightPx, 0, 0];
    for (const end of [0, 3]) {
      if (!imageFromWorldInto(image, lens, capsule[end], capsule[end + 1], capsule[end + 2])) return;
      const reach = (1.3 * radius * lens.fx) / Math.max(0.1, image[2] - radius) + 2;
      left = Math.min(left, image[0] - reach);
      right = Math.max(right, image[0] + reach);
      top = Math.min(top, image[1] - reach);
      bottom = Math.max(bottom, image[1] + reach);
    }
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(lens.heightPx, bottom); y++) {
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(lens.widthPx, right); x++) {
        const k = y * lens.widthPx + x;
        const t = capsuleHit(lens.centreInWorldM, this.#rays, 3 * k, capsule);
        if (t < this.#now[k]) this.#now[k] = t;
      }
    }
  }

  /** About normal: sum of four uniforms. */
  #normal(): number {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      this.#dice = (Math.imul(this.#dice, 1664525) + 1013904223) >>> 0;
      sum += this.#dice / 2 ** 32 - 0.5;
    }
    return sum * Math.sqrt(3);
  }
}

const image = new Float64Array(3);

function boxHit(from: Float64Array, rays: Float64Array, at: number, box: Box): number {
  let [enter, leave] = [0, Number.POSITIVE_INFINITY];
  for (let axis = 0; axis < 3; axis++) {
    const a = (box[axis] - from[axis]) / rays[at + axis];
    const b = (box[axis + 3] - from[axis]) / rays[at + axis];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return enter <= leave && enter > 0 ? enter : Number.POSITIVE_INFINITY;
}

function capsuleHit(from: Float64Array, rays: Float64Array, at: number, c: Capsule): number {
  const d = [rays[at], rays[at + 1], rays[at + 2]];
  const ba = [c[3] - c[0], c[4] - c[1], c[5] - c[2]];
  const oa = [from[0] - c[0], from[1] - c[1], from[2] - c[2]];
  const bb = dot(ba, ba);
  let best = Number.POSITIVE_INFINITY;
  if (bb > 0) {
    const [bd, bo, dd, od, oo] = [dot(ba, d), dot(ba, oa), dot(d, d), dot(d, oa), dot(oa, oa)];
    const a = bb * dd - bd * bd;
    const b = bb * od - bo * bd;
    const q = b * b - a * (bb * oo - bo * bo - c[6] * c[6] * bb);
    if (q >= 0 && a > 0) {
      const t = (-b - Math.sqrt(q)) / a;
      const along = bo + t * bd;
      if (along > 0 && along < bb && t > 0) best = t;
    }
  }
  for (const end of [0, 3]) {
    const oc = [from[0] - c[end], from[1] - c[end + 1], from[2] - c[end + 2]];
    const [a, b] = [dot(d, d), dot(oc, d)];
    const q = b * b - a * (dot(oc, oc) - c[6] * c[6]);
    if (q < 0) continue;
    const t = (-b - Math.sqrt(q)) / a;
    if (t > 0 && t < best) best = t;
  }
  return best;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
