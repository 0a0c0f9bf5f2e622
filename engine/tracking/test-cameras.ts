import { imageFromWorldInto, Lens } from '../geometry/lens.ts';
import type { DetectionReading } from '../readings.ts';
import { parseStore, type Store } from '../store.ts';
import type { Dice } from './test-dice.ts';

/** One body as the test cameras see it. */
export interface Person {
  readonly headInWorldM: readonly [number, number, number];
  readonly handsInWorldM: readonly (readonly [number, number, number])[];
}

export interface ViewNoise {
  readonly pixelPx: number;
  readonly depthAt1M: number;
  /** Stationary share of misses and their mean length. */
  readonly missProb: number;
  readonly missSeconds: number;
  readonly falsePerPicture: number;
}

export const VIEW_NOISE: ViewNoise = {
  pixelPx: 2,
  depthAt1M: 0.003,
  missProb: 0.05,
  missSeconds: 0.6,
  falsePerPicture: 0.02,
};

/** 3 × 4 camera from world for a camera at `at` that looks at `look`, z up. */
export function lookAt(at: readonly number[], look: readonly number[]): number[] {
  const unit = (v: number[]) => {
    const length = Math.hypot(...v);
    return v.map((one) => one / length);
  };
  const forward = unit([look[0]! - at[0]!, look[1]! - at[1]!, look[2]! - at[2]!]);
  const right = unit([forward[1]!, -forward[0]!, 0]);
  const down = [
    forward[1]! * right[2]! - forward[2]! * right[1]!,
    forward[2]! * right[0]! - forward[0]! * right[2]!,
    forward[0]! * right[1]! - forward[1]! * right[0]!,
  ];
  return [right, down, forward].flatMap((axis) => [
    ...axis,
    -(axis[0]! * at[0]! + axis[1]! * at[1]! + axis[2]! * at[2]!),
  ]);
}

/** A bare floor with an entry door at the left, an exit door at the right and cameras around the walls. */
export function floorStore(sizeM: readonly [number, number], cameraCount: number): Store {
  const [width, depth] = sizeM;
  const cameras = Array.from({ length: cameraCount }, (_, i) => {
    const share = (i + 0.5) / cameraCount;
    const along = share * 2 * (width + depth);
    const at =
      along < width
        ? [along, 0.2]
        : along < width + depth
          ? [width - 0.2, along - width]
          : along < 2 * width + depth
            ? [2 * width + depth - along, depth - 0.2]
            : [0.2, 2 * (width + depth) - along];
    const look = [at[0]! + 0.5 * (width / 2 - at[0]!), at[1]! + 0.5 * (depth / 2 - at[1]!), 1];
    return {
      id: `camera-${i}`,
      widthPx: 640,
      heightPx: 480,
      intrinsics: { fx: 400, fy: 400, cx: 320, cy: 240, k1: -0.02, k2: 0.001 },
      cameraFromWorld: lookAt([at[0]!, at[1]!, 2.8], look),
      rateHz: 10,
    };
  });
  return parseStore({
    name: 'floor',
    sizeM,
    doors: [
      { id: 'in', atM: [0, depth / 2], widthM: 1, use: 'entry', gateId: 'gate' },
      { id: 'out', atM: [width, depth / 2], widthM: 1, use: 'exit' },
    ],
    fixtures: [],
    scales: [],
    cameras,
    slots: [],
    products: [],
  });
}

/** What one camera makes of people: noise, misses that last, false alarms, rows in random order. */
export class TestCamera {
  readonly id: string;
  readonly phaseUs: number;
  #lens: Lens;
  #noise: ViewNoise;
  #dice: Dice;
  #missing: boolean[] = [];
  #sequence = 0;

  constructor(camera: Store['cameras'][number], noise: ViewNoise, dice: Dice) {
    this.id = camera.id;
    this.phaseUs = Math.floor(dice.between(0, 100_000));
    this.#lens = new Lens(camera);
    this.#noise = noise;
    this.#dice = dice;
  }

  see(people: readonly (Person | null)[], timeUs: number): DetectionReading {
    const heads: number[][] = [];
    const hands: number[][] = [];
    people.forEach((person, i) => {
      if (person === null || this.#isMissed(i)) return;
      const head = this.#project(person.headInWorldM);
      if (head === null) return;
      heads.push([...head, i]);
      for (const hand of person.handsInWorldM) {
        const seen = this.#project(hand);
        if (seen !== null) hands.push([...seen, i]);
      }
    });
    if (this.#dice.uniform() < this.#noise.falsePerPicture)
      heads.push([this.#dice.between(0, 640), this.#dice.between(0, 480), this.#dice.between(1.5, 8), -1]);
    heads.sort(() => this.#dice.uniform() - 0.5);
    const n = heads.length;
    return {
      kind: 'detection',
      sensorId: this.id,
      timeUs,
      arrivalUs: timeUs + 60_000,
      sequence: this.#sequence++,
      detections: {
        headsInImagePx: Float32Array.from(heads.flatMap((row) => [row[0]!, row[1]!])),
        headDepthM: Float32Array.from(heads, (row) => row[2]!),
        headScore: new Float32Array(n).fill(0.8),
        handsInImagePx: Float32Array.from(hands.flatMap((row) => [row[0]!, row[1]!])),
        handDepthM: Float32Array.from(hands, (row) => row[2]!),
        handScore: new Float32Array(hands.length).fill(0.7),
        handOwner: Int16Array.from(hands, (row) => heads.findIndex((head) => head[3] === row[3])),
      },
    };
  }

  /** Two-state chain: a miss begins at the rate that gives the stationary share. */
  #isMissed(i: number): boolean {
    const { missProb, missSeconds } = this.#noise;
    const ends = 0.1 / missSeconds;
    const begins = (ends * missProb) / (1 - missProb);
    const before = this.#missing[i] ?? false;
    return (this.#missing[i] = this.#dice.uniform() < (before ? 1 - ends : begins));
  }

  #project(point: readonly [number, number, number]): [number, number, number] | null {
    if (!imageFromWorldInto(projected, this.#lens, ...point)) return null;
    const [u, v, depth] = projected as unknown as [number, number, number];
    if (u < 0 || v < 0 || u >= 640 || v >= 480 || depth > 9) return null;
    const noise = this.#noise;
    return [
      u + noise.pixelPx * this.#dice.normal(),
      v + noise.pixelPx * this.#dice.normal(),
      depth + noise.depthAt1M * depth * depth * this.#dice.normal(),
    ];
  }
}

const projected = new Float64Array(3);
