import type { Person } from './test-cameras.ts';
import type { Dice } from './test-dice.ts';

/** A walker between random goals, with pauses; keeps some distance from others. */
interface Walker {
  xM: number;
  yM: number;
  readonly heightM: number;
  readonly speedMps: number;
  goalM: [number, number];
  pauseUs: number;
  headingX: number;
  headingY: number;
}

/** People who walk and stand about on a floor, none entering or leaving. */
export class TestCrowd {
  readonly walkers: Walker[];
  #sizeM: readonly [number, number];
  #dice: Dice;

  constructor(sizeM: readonly [number, number], count: number, dice: Dice) {
    this.#sizeM = sizeM;
    this.#dice = dice;
    this.walkers = Array.from({ length: count }, () => ({
      xM: dice.between(0.5, sizeM[0] - 0.5),
      yM: dice.between(0.5, sizeM[1] - 0.5),
      heightM: 1.6 + 0.08 * dice.normal(),
      speedMps: dice.between(0.6, 1.2),
      goalM: this.#newGoal(),
      pauseUs: 0,
      headingX: 1,
      headingY: 0,
    }));
  }

  step(seconds: number): void {
    for (const walker of this.walkers) this.#walk(walker, seconds);
    this.#keepApart();
  }

  people(): Person[] {
    return this.walkers.map(({ xM, yM, heightM, headingX, headingY }) => ({
      headInWorldM: [xM, yM, heightM],
      handsInWorldM: [
        [xM - 0.25 * headingY + 0.2 * headingX, yM + 0.25 * headingX + 0.2 * headingY, 1],
        [xM + 0.25 * headingY + 0.2 * headingX, yM - 0.25 * headingX + 0.2 * headingY, 1],
      ],
    }));
  }

  #walk(walker: Walker, seconds: number): void {
    if (walker.pauseUs > 0) {
      walker.pauseUs -= seconds * 1e6;
      return;
    }
    const dx = walker.goalM[0] - walker.xM;
    const dy = walker.goalM[1] - walker.yM;
    const distance = Math.hypot(dx, dy);
    if (distance < 0.2) {
      walker.goalM = this.#newGoal();
      walker.pauseUs = this.#dice.between(1, 8) * 1e6;
      return;
    }
    walker.headingX = dx / distance;
    walker.headingY = dy / distance;
    walker.xM += walker.headingX * walker.speedMps * seconds;
    walker.yM += walker.headingY * walker.speedMps * seconds;
  }

  /** Pushes bodies nearer than 45 cm apart. */
  #keepApart(): void {
    for (const a of this.walkers) {
      for (const b of this.walkers) {
        const dx = b.xM - a.xM;
        const dy = b.yM - a.yM;
        const distance = Math.hypot(dx, dy);
        if (a === b || distance > 0.45 || distance === 0) continue;
        const push = (0.45 - distance) / 4 / distance;
        b.xM += dx * push;
        b.yM += dy * push;
      }
    }
  }

  #newGoal(): [number, number] {
    return [this.#dice.between(0.5, this.#sizeM[0] - 0.5), this.#dice.between(0.5, this.#sizeM[1] - 0.5)];
  }
}
