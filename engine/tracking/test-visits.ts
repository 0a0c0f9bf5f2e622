import type { DetectionReading, GateReading, Reading } from '../readings.ts';
import type { Store } from '../store.ts';
import { GateLink } from './gate-link.ts';
import { Locator } from './locate.ts';
import { type Person, TestCamera, VIEW_NOISE, type ViewNoise } from './test-cameras.ts';
import { Dice } from './test-dice.ts';
import { Tracker } from './tracker.ts';
import { ViewMerger } from './view-merger.ts';

/** Someone who walks along points at a steady speed from a given time, standing at each for a while. */
export interface Visit {
  readonly fromSeconds: number;
  readonly pathM: readonly (readonly [number, number])[];
  readonly speedMps?: number;
  readonly heightM?: number;
  /** Pause at each inner point. */
  readonly standSeconds?: number;
}

/** Place of a visitor, or null before the first and after the last point. */
export function placeOf(visit: Visit, timeUs: number): [number, number] | null {
  const speed = visit.speedMps ?? 0.9;
  let rest = timeUs / 1e6 - visit.fromSeconds;
  if (rest < 0) return null;
  for (let i = 1; i < visit.pathM.length; i++) {
    const [x0, y0] = visit.pathM[i - 1]!;
    const [x1, y1] = visit.pathM[i]!;
    const seconds = Math.hypot(x1 - x0, y1 - y0) / speed;
    const stand = i < visit.pathM.length - 1 ? (visit.standSeconds ?? 0) : 0;
    if (rest < seconds) return [x0 + ((x1 - x0) * rest) / seconds, y0 + ((y1 - y0) * rest) / seconds];
    rest -= seconds;
    if (rest < stand) return [x1, y1];
    rest -= stand;
  }
  return null;
}

export function entry(seconds: number, credential: string | null, admits = 1, gate = 'gate'): GateReading {
  const timeUs = Math.round(seconds * 1e6);
  return {
    kind: 'gate',
    sensorId: gate,
    timeUs,
    arrivalUs: timeUs,
    sequence: timeUs,
    event: 'entry',
    credential,
    admits,
  };
}

export function refusal(seconds: number, credential: string): GateReading {
  return { ...entry(seconds, credential), event: 'refused' };
}

/** The tracking half of the engine over a scripted scene; cameras see only what is inside the store's outline. */
export class TestScene {
  readonly tracker: Tracker;
  readonly gateLink: GateLink;
  readonly #store: Store;
  readonly #locator: Locator;
  readonly #merger: ViewMerger;
  readonly #cameras: TestCamera[];
  #momentCount = 0;

  readonly #alter: (reading: DetectionReading) => DetectionReading;

  constructor(
    store: Store,
    noise: ViewNoise = VIEW_NOISE,
    seed = 1,
    alter: (reading: DetectionReading) => DetectionReading = (reading) => reading,
  ) {
    this.#alter = alter;
    const dice = new Dice(seed);
    this.#store = store;
    this.#locator = new Locator(store);
    this.#merger = new ViewMerger(store);
    this.tracker = new Tracker(store);
    this.gateLink = new GateLink(store);
    this.#cameras = store.cameras.map((camera) => new TestCamera(camera, noise, new Dice(dice.uniform() * 1e9)));
  }

  get timeUs(): number {
    return this.#momentCount * 100_000;
  }

  /** Runs on to `seconds`; calls `each` after every moment. */
  run(visits: readonly Visit[], gates: readonly GateReading[], seconds: number, each?: () => void): this {
    while (this.timeUs < seconds * 1e6) {
      const fromUs = this.timeUs;
      const toUs = fromUs + 100_000;
      const readings: Reading[] = gates.filter((gate) => gate.timeUs >= fromUs && gate.timeUs < toUs);
      for (const camera of this.#cameras)
        readings.push(this.#alter(camera.see(this.#people(visits, fromUs + camera.phaseUs), fromUs + camera.phaseUs)));
      this.step(readings);
      each?.();
    }
    return this;
  }

  /** One moment with the given readings. */
  step(readings: readonly Reading[]): void {
    this.#momentCount++;
    const sightings = this.#merger.merge(this.#locator.locate(readings), this.tracker.predict(this.timeUs));
    this.tracker.update(sightings, this.timeUs);
    this.gateLink.update(readings, this.tracker, this.timeUs);
  }

  /** The body nearest to a place now. */
  bodyAt(xM: number, yM: number): number {
    const { trackIds, onFloorM } = this.tracker.snapshot();
    let best = -1;
    let bestM = 0.5;
    trackIds.forEach((trackId, i) => {
      const distance = Math.hypot(onFloorM[2 * i]! - xM, onFloorM[2 * i + 1]! - yM);
      if (distance < bestM) {
        best = trackId;
        bestM = distance;
      }
    });
    return best;
  }

  #people(visits: readonly Visit[], timeUs: number): (Person | null)[] {
    const [width, depth] = this.#store.sizeM;
    return visits.map((visit) => {
      const place = placeOf(visit, timeUs);
      if (place === null) return null;
      const [x, y] = place;
      if (x < 0 || y < 0 || x > width || y > depth) return null;
      const z = visit.heightM ?? 1.6;
      return {
        headInWorldM: [x, y, z],
        handsInWorldM: [
          [x + 0.25, y + 0.2, z - 0.5],
          [x + 0.25, y - 0.2, z - 0.5],
        ],
      };
    });
  }
}
