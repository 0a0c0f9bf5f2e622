import { Engine } from '../../engine/index.ts';
import { ALIGN_DEFAULTS, Aligner } from '../../engine/ingest/align.ts';
import type { DetectionReading } from '../../engine/readings.ts';
import { Locator } from '../../engine/tracking/locate.ts';
import { Tracker } from '../../engine/tracking/tracker.ts';
import { ViewMerger } from '../../engine/tracking/view-merger.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { Simulation, SimulationStep } from '../../simulator/simulate.ts';
import type { TruthPose } from '../../simulator/truth.ts';
import { ScoreKeeper } from '../score/score-keeper.ts';
import { HandEvents, type HandScore, median, scoreHands } from './hand-events.ts';

export interface PerceptionQuality {
  readonly cameras: 'detections' | 'pixels';
  readonly simulatedSeconds: number;
  readonly hota: number | null;
  readonly idf1: number | null;
  readonly mota: number | null;
  readonly itemF1: number | null;
  readonly associationAccuracy: number | null;
  /** Median distance of a single view's head from the true one, metres; views further off than `HEAD_MATCH_M` are others'. */
  readonly headErrorM: number;
  /** Hands in shelves for at least 0.3 s. */
  readonly hands: HandScore;
}

/** Views of heads further from any true head are false alarms. */
const HEAD_MATCH_M = 0.4;
const HAND_LEAST_US = 300_000;

/** Measures what cameras make of people against the truth while a run goes by: feed it every step in order. */
export class QualityMeter {
  readonly #run: Run;
  readonly #simulation: Simulation;
  readonly #engine: Engine;
  readonly #score: ScoreKeeper;
  readonly #aligner: Aligner;
  readonly #locator: Locator;
  readonly #merger: ViewMerger;
  readonly #tracker: Tracker;
  readonly #trueHands: HandEvents;
  readonly #seenHands: HandEvents;
  readonly #headErrors: number[] = [];
  readonly #poses: TruthPose[] = [];
  #handsUntilUs = 0;
  #timeUs = 0;

  constructor(run: Run, simulation: Simulation) {
    const { store } = simulation;
    this.#run = run;
    this.#simulation = simulation;
    this.#engine = new Engine(store);
    this.#score = new ScoreKeeper(run);
    this.#aligner = new Aligner(store, ALIGN_DEFAULTS);
    this.#locator = new Locator(store);
    this.#merger = new ViewMerger(store);
    this.#tracker = new Tracker(store);
    this.#trueHands = new HandEvents(store);
    this.#seenHands = new HandEvents(store);
  }

  step({ timeUs, readings, truth, pose }: SimulationStep): void {
    this.#timeUs = timeUs;
    for (const event of truth) this.#score.truth(event);
    if (pose) this.#pose(pose);
    for (const reading of readings) {
      this.#engine.push(reading);
      if (reading.kind !== 'scale') this.#aligner.push(reading);
      if (reading.kind === 'detection') this.#compareHeads(reading);
    }
    for (const output of this.#engine.take()) this.#score.output(output);
    for (let moment = this.#aligner.take(); moment; moment = this.#aligner.take()) {
      const views = this.#locator.locate(moment.readings);
      this.#tracker.update(this.#merger.merge(views, this.#tracker.predict(moment.timeUs)), moment.timeUs);
      this.#gatherHands(moment.timeUs);
    }
  }

  finish(): PerceptionQuality {
    for (const output of this.#engine.finish()) this.#score.output(output);
    const { scores } = this.#score.finish(this.#simulation.carts());
    const { hota, idf1, mota, itemF1, associationAccuracy } = scores;
    return {
      cameras: this.#run.cameras.some(({ output }) => output === 'pixels') ? 'pixels' : 'detections',
      simulatedSeconds: this.#timeUs / 1e6,
      ...{ hota, idf1, mota, itemF1, associationAccuracy },
      headErrorM: median(this.#headErrors),
      hands: scoreHands(this.#trueHands.events, this.#seenHands.events, HAND_LEAST_US),
    };
  }

  #pose(pose: TruthPose): void {
    this.#score.pose(pose);
    this.#poses.push(pose);
    if (this.#poses.length > 30) this.#poses.shift();
    for (let i = 0; i < pose.shopperIndex.length; i++)
      for (const at of [9 * i + 3, 9 * i + 6])
        this.#trueHands.add(pose.timeUs, pose.inWorldM[at], pose.inWorldM[at + 1], pose.inWorldM[at + 2]);
  }

  #compareHeads(reading: DetectionReading): void {
    const pose = this.#poses.find(({ timeUs }) => Math.abs(timeUs - reading.timeUs) <= 50_000);
    if (!pose) return;
    const views = this.#locator.locate([reading]);
    for (let row = 0; row < views.headCount; row++) {
      let nearest = HEAD_MATCH_M;
      for (let i = 0; i < pose.shopperIndex.length; i++) {
        const [dx, dy, dz] = [0, 1, 2].map((k) => views.headInWorldM[3 * row + k] - pose.inWorldM[9 * i + k]);
        nearest = Math.min(nearest, Math.sqrt(dx * dx + dy * dy + dz * dz));
      }
      if (nearest < HEAD_MATCH_M) this.#headErrors.push(nearest);
    }
  }

  #gatherHands(untilUs: number): void {
    for (const trackId of this.#tracker.idsBetween(this.#handsUntilUs, untilUs)) {
      const hands = this.#tracker.handsBetween(trackId, this.#handsUntilUs + 1, untilUs);
      for (let row = 0; row < hands.length; row += 5)
        this.#seenHands.add(hands[row], hands[row + 1], hands[row + 2], hands[row + 3]);
    }
    this.#handsUntilUs = untilUs;
  }
}

/** One row of text. */
export function qualityLine(name: string, quality: PerceptionQuality): string {
  const share = (value: number | null) => (value === null ? '–' : value.toFixed(3));
  const { hands, headErrorM } = quality;
  return [
    `${name.padEnd(14)} ${quality.cameras.padEnd(10)} ${quality.simulatedSeconds.toFixed(0).padStart(4)} s`,
    `HOTA ${share(quality.hota)}  IDF1 ${share(quality.idf1)}  MOTA ${share(quality.mota)}`,
    `itemF1 ${share(quality.itemF1)}  owner ${share(quality.associationAccuracy)}`,
    `head ${(100 * headErrorM).toFixed(1)} cm`,
    `hands P ${share(hands.precision)} R ${share(hands.recall)} at ${(100 * hands.placeErrorM).toFixed(1)} cm (${hands.events})`,
  ].join('   ');
}
