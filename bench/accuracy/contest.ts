import type { CartLine, EngineOutput } from '../../engine/cart.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthPose } from '../../simulator/truth.ts';

/** An arm's reach (0.75 m) and a lean: who stands nearer to a place could have touched it. */
const REACH_M = 1.2;
/** People look where they were within half a second of the change. */
const AROUND_US = 500_000;

/**
 * Tells which lines are contested: at the time of one of their changes, people of two parties or more stood within reach of
 * it. Who stood where is the truth's, so that the same lines count whatever a method thinks of its rivals, right or wrong.
 */
export class ContestKeeper {
  readonly #partyOf: readonly string[];
  readonly #poses: TruthPose[] = [];
  readonly #placeOf = new Map<string, readonly [number, number, number]>();

  constructor(run: Pick<Run, 'shoppers'>) {
    this.#partyOf = run.shoppers.map((shopper) => shopper.party);
  }

  pose(pose: TruthPose): void {
    this.#poses.push(pose);
  }

  /** Places of changes, which evidence names by id. */
  output(output: EngineOutput): void {
    if (output.kind === 'change' || output.kind === 'claim')
      this.#placeOf.set(output.change.changeId, output.change.inWorldM);
  }

  isContested(line: Pick<CartLine, 'evidence'>): boolean {
    return line.evidence.some(({ changeId, timeUs }) => {
      const place = this.#placeOf.get(changeId);
      return place !== undefined && this.#partiesNear(place, timeUs) >= 2;
    });
  }

  #partiesNear(place: readonly [number, number, number], timeUs: number): number {
    const parties = new Set<string>();
    for (let i = this.#firstFrom(timeUs - AROUND_US); i < this.#poses.length; i++) {
      const pose = this.#poses[i]!;
      if (pose.timeUs > timeUs + AROUND_US) break;
      pose.shopperIndex.forEach((index, row) => {
        const x = pose.onFloorM[2 * row]! - place[0];
        const y = pose.onFloorM[2 * row + 1]! - place[1];
        if (x * x + y * y <= REACH_M * REACH_M) parties.add(this.#partyOf[index]!);
      });
    }
    return parties.size;
  }

  /** Index of the first pose not before a time. */
  #firstFrom(timeUs: number): number {
    let [low, high] = [0, this.#poses.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#poses[middle]!.timeUs < timeUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
