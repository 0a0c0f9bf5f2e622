import { join } from 'node:path';
import type { Run } from '../../simulator/scenario/run.ts';
import type { BodyCylinder } from './body-boxes.ts';
import { TextFile } from './text-file.ts';
import type { TruthFrame, TruthWriter } from './truth-writer.ts';

const PERSON = 0;
/** Shortest step that shows where somebody is heading, metres. */
const STEP_M = 0.02;

/**
 * The line format of the AI City Challenge 2025, track 1 (`track1.txt`): scene, class, object, frame, x, y, z, width,
 * length, height, yaw, separated by spaces; metres and radians, the centre of the body's box, frames from 0, objects
 * from 1. The scene is the run's seed. Yaw is the direction of the last step, 0 before the first.
 */
export class AiCityWriter implements TruthWriter {
  readonly #scene: number;
  readonly #file: TextFile;
  readonly #headings = new Map<number, { xM: number; yM: number; yawRad: number }>();
  #frame = 0;

  constructor(folder: string, run: Run) {
    this.#scene = run.seed;
    this.#file = new TextFile(join(folder, 'track1.txt'));
  }

  write({ bodies }: TruthFrame): void {
    for (const body of bodies) {
      const height = body.topM - body.bottomM;
      const centre = [body.xM, body.yM, body.bottomM + height / 2];
      const size = [2 * body.radiusM, 2 * body.radiusM, height];
      const figures = [...centre, ...size, this.#yaw(body)].map((value) => value.toFixed(3)).join(' ');
      this.#file.write(`${this.#scene} ${PERSON} ${body.shopperIndex + 1} ${this.#frame} ${figures}\n`);
    }
    this.#frame++;
  }

  close(): void {
    this.#file.close();
  }

  #yaw({ shopperIndex, xM, yM }: BodyCylinder): number {
    const before = this.#headings.get(shopperIndex) ?? { xM, yM, yawRad: 0 };
    const [dx, dy] = [xM - before.xM, yM - before.yM];
    const stepped = Math.hypot(dx, dy) >= STEP_M;
    const now = stepped ? { xM, yM, yawRad: Math.atan2(dy, dx) } : before;
    this.#headings.set(shopperIndex, now);
    return now.yawRad;
  }
}
