import { join } from 'node:path';
import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthPose } from '../../simulator/truth.ts';
import { AiCityWriter } from './ai-city.ts';
import { BodyBoxes, cylindersOf } from './body-boxes.ts';
import { CocoWriter } from './coco.ts';
import { MotChallengeWriter } from './mot-challenge.ts';
import type { TruthWriter } from './truth-writer.ts';

/** Writes a run's truth poses as they come: `mot-challenge/`, `ai-city/` and `coco/` under one folder. */
export class TruthExport {
  readonly #run: Run;
  readonly #boxes: BodyBoxes;
  readonly #writers: readonly TruthWriter[];

  /** Makes the folder where it is missing; throws the file system's error where it cannot. */
  constructor(folder: string, run: Run) {
    this.#run = run;
    this.#boxes = new BodyBoxes(run);
    this.#writers = [
      new MotChallengeWriter(join(folder, 'mot-challenge'), run),
      new AiCityWriter(join(folder, 'ai-city'), run),
      new CocoWriter(join(folder, 'coco'), run),
    ];
  }

  pose(pose: TruthPose): void {
    const bodies = cylindersOf(this.#run, pose);
    const boxes = this.#run.cameras.map((_, camera) => this.#boxes.list(camera, bodies));
    for (const writer of this.#writers) writer.write({ timeUs: pose.timeUs, bodies, boxes });
  }

  /** Ends the files; nothing may be added after it. */
  close(): void {
    for (const writer of this.#writers) writer.close();
  }
}
