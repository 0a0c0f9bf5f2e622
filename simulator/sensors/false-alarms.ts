import { cos, sin } from '../maths.ts';
import type { RandomStream } from '../random.ts';
import type { CameraPlan, Run } from '../scenario/run.ts';

/** How many pictures in a row show the same false alarm, on average. */
const MEAN_PICTURES = 3;
/** Hands are mistaken more often than heads, where nothing else is said. */
const HAND_SHARE = 0.6;

export interface FalseAlarm {
  readonly isHand: boolean;
  readonly inWorldM: readonly [number, number, number];
  readonly score: number;
  picturesLeft: number;
}

/** Things a camera takes for a head or a hand: goods at a shelf's front, something at head height on the floor. */
export class FalseAlarms {
  readonly now: FalseAlarm[] = [];
  private readonly run: Run;
  private readonly stream: RandomStream;
  private readonly begunPerPicture: number;
  private readonly handShare: number;

  constructor(run: Run, plan: CameraPlan, stream: RandomStream) {
    this.run = run;
    this.stream = stream;
    this.begunPerPicture = plan.noise.falsePerFrame / MEAN_PICTURES;
    this.handShare = plan.noise.falseHandShare ?? HAND_SHARE;
  }

  /** Moves on to the next picture. */
  advance(): void {
    if (this.begunPerPicture <= 0) return;
    let kept = 0;
    for (const alarm of this.now) {
      alarm.picturesLeft -= 1;
      if (alarm.picturesLeft > 0) this.now[kept++] = alarm;
    }
    this.now.length = kept;
    for (let left = this.stream.poisson(this.begunPerPicture); left > 0; left--) this.now.push(this.begin());
  }

  private begin(): FalseAlarm {
    const { stream } = this;
    const isHand = stream.chance(this.handShare);
    const inWorldM = isHand ? this.atShelf() : this.onFloor();
    // Overlaps the true scores' lower end.
    const score = Math.min(0.97, Math.max(0.3, 0.65 + 0.13 * stream.normal()));
    return { isHand, inWorldM, score, picturesLeft: stream.draw({ geometric: { mean: MEAN_PICTURES } }) };
  }

  private onFloor(): [number, number, number] {
    const [width, depth] = this.run.store.sizeM;
    return [this.stream.uniform() * width, this.stream.uniform() * depth, this.stream.between(1.2, 1.8)];
  }

  private atShelf(): [number, number, number] {
    const { fixtures } = this.run.store;
    if (fixtures.length === 0) return this.onFloor();
    const fixture = fixtures[this.stream.below(fixtures.length)]!;
    const along = this.stream.between(-0.5, 0.5) * fixture.lengthM;
    const c = cos(fixture.facingRad);
    const s = sin(fixture.facingRad);
    const x = fixture.atM[0] - s * along + 0.05 * c;
    const y = fixture.atM[1] + c * along + 0.05 * s;
    return [x, y, this.stream.between(0.2, 1) * fixture.heightM];
  }
}
