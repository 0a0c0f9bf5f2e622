import { type CameraMemory, SEEN, SEEN_MERGED, type Shown, UNSEEN } from './camera-memory.ts';
import { headZChi2, mahalanobis2 } from './motion-filter.ts';
import type { Anchors } from './sightings.ts';
import type { Views } from './views.ts';

/** Instead of a head's group: it stands for two people and says nothing of where either is. */
export const MERGED = -2;
const LOOSE = -1;

/** Detectors join two heads nearer than about this into one, halfway between them. */
export const MERGE_REACH_M = 0.9;
/** Heads further than this from where either body is expected are not theirs. */
const HEAD_REACH_M = 0.6;
/** 99.9 % of a χ² with 2 degrees of freedom: what a head costs that nobody explains, and the most that a place may cost. */
const UNEXPLAINED_COST = 13.8;
/**
 * Costs are −2 ln of chances, per picture. Who was seen in the camera's last picture is missed in this one 1 time in 20,
 * and 1 in 7 after being merged; who was not is seen again 1 in 4. Of heads that look like the middle between two
 * bodies, 1 in 7 is one; where another picture shows the two merged, more than half are.
 */
const MISSED_COST = 6;
const LOST_AFTER_MERGING_COST = 4;
const FOUND_COST = 2.8;
const MERGES_COST = 4;
const MERGES_TOO_COST = 1;
/** People bend and straighten up: height alone does not say whose a head is. */
const HEIGHT_COST_MAX = 6;
/** A head this near to where its body is expected is beyond doubt. */
const SURE_M = 0.1;
/** A body that stops or bends is off its expected place by this much more, SD. */
const EXPECTED_SD_M = 0.05;
/** Width of a body across, and how much two give way to each other, SD. */
const BODY_M = 0.35;
const BODY_SD_M = 0.07;
const HEADS_MAX = 32;
/** Pictures of a pair's merging this old still make the next one likely. */
const MERGED_LATELY_US = 300_000;
const PAIRS_MAX = 4096;

/**
 * Decides which heads around two neighbouring bodies are the one's, the other's or both in one, from all pictures of
 * the moment together: it seeks the two places that explain all heads best, among the heads themselves, the places
 * expected, and where one body must be if a head is the middle between it and the other.
 */
export class PairJudge {
  /** Where the two are by the judgement: x, y of a, then of b. */
  readonly foundM = new Float64Array(4);
  #memory: CameraMemory;
  #mergedUs = new Map<number, number>();
  #views!: Views;
  #anchors!: Anchors;
  #placeM!: Float64Array;
  #a = 0;
  #b = 0;
  #wasMerged = false;
  #count = 0;
  #heads = new Int32Array(HEADS_MAX);
  #owner = new Int32Array(HEADS_MAX);
  #bestOwner = new Int32Array(HEADS_MAX);
  #shownA = new Uint8Array(HEADS_MAX);
  #shownB = new Uint8Array(HEADS_MAX);
  /** Candidate places: first the two expected, then the heads; x, y each. */
  #places = new Float64Array(2 * HEADS_MAX + 4);
  #bestCost = 0;

  constructor(memory: CameraMemory) {
    this.#memory = memory;
  }

  /** Relabels the heads of anchors `a` and `b` in `groupOfHead`, whose places at the moment's end are `placeM`; true if any is both's. */
  judge(views: Views, anchors: Anchors, placeM: Float64Array, groupOfHead: Int32Array, a: number, b: number): boolean {
    this.#views = views;
    this.#anchors = anchors;
    this.#placeM = placeM;
    this.#a = a;
    this.#b = b;
    this.#gather(groupOfHead);
    const pair = Math.min(anchors.key[a]!, anchors.key[b]!) * 2 ** 26 + Math.max(anchors.key[a]!, anchors.key[b]!);
    this.#wasMerged = anchors.timeUs - (this.#mergedUs.get(pair) ?? Number.NEGATIVE_INFINITY) <= MERGED_LATELY_US;
    if (this.#count === 0 || !(this.#wasMerged || this.#isDoubtful(groupOfHead))) return false;
    this.#search();
    if (this.#bestCost === Number.POSITIVE_INFINITY) return false;
    let isMerged = false;
    for (let i = 0; i < this.#count; i++) {
      groupOfHead[this.#heads[i]!] = this.#bestOwner[i]!;
      if (this.#bestOwner[i] === MERGED) isMerged = true;
    }
    if (isMerged) this.#remember(pair);
    return isMerged;
  }

  #remember(pair: number): void {
    const nowUs = this.#anchors.timeUs;
    if (this.#mergedUs.size >= PAIRS_MAX)
      for (const [one, timeUs] of this.#mergedUs) if (nowUs - timeUs > MERGED_LATELY_US) this.#mergedUs.delete(one);
    this.#mergedUs.set(pair, nowUs);
  }

  /** Heads of the two and loose ones near them, picture by picture. */
  #gather(groupOfHead: Int32Array): void {
    const { onFloorM, key } = this.#anchors;
    const [a, b] = [this.#a, this.#b];
    this.#count = 0;
    for (let head = 0; head < this.#views.headCount && this.#count < HEADS_MAX; head++) {
      const group = groupOfHead[head]!;
      if (group !== a && group !== b) {
        if (group !== LOOSE) continue;
        const x = this.#placeM[2 * head]!;
        const y = this.#placeM[2 * head + 1]!;
        const fromA = (x - onFloorM[2 * a]!) ** 2 + (y - onFloorM[2 * a + 1]!) ** 2;
        const fromB = (x - onFloorM[2 * b]!) ** 2 + (y - onFloorM[2 * b + 1]!) ** 2;
        if (Math.min(fromA, fromB) > HEAD_REACH_M * HEAD_REACH_M) continue;
      }
      const camera = this.#views.sourceCamera[this.#views.headSource[head]!]!;
      this.#shownA[this.#count] = this.#memory.shownBefore(camera, key[a]!);
      this.#shownB[this.#count] = this.#memory.shownBefore(camera, key[b]!);
      this.#heads[this.#count++] = head;
    }
  }

  /** False where each head lies at its body's expected place. */
  #isDoubtful(groupOfHead: Int32Array): boolean {
    const { onFloorM } = this.#anchors;
    for (let i = 0; i < this.#count; i++) {
      const head = this.#heads[i]!;
      const group = groupOfHead[head]!;
      if (group < 0) return true;
      const dx = this.#placeM[2 * head]! - onFloorM[2 * group]!;
      const dy = this.#placeM[2 * head + 1]! - onFloorM[2 * group + 1]!;
      if (dx * dx + dy * dy > SURE_M * SURE_M) return true;
    }
    return false;
  }

  #search(): void {
    const { onFloorM } = this.#anchors;
    const places = this.#places;
    const n = this.#count + 2;
    places[0] = onFloorM[2 * this.#a]!;
    places[1] = onFloorM[2 * this.#a + 1]!;
    places[2] = onFloorM[2 * this.#b]!;
    places[3] = onFloorM[2 * this.#b + 1]!;
    for (let i = 2; i < n; i++) {
      places[2 * i] = this.#placeM[2 * this.#heads[i - 2]!]!;
      places[2 * i + 1] = this.#placeM[2 * this.#heads[i - 2]! + 1]!;
    }
    this.#bestCost = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      const x = places[2 * i]!;
      const y = places[2 * i + 1]!;
      const costA = this.#placeCost(this.#a, x, y);
      const costB = this.#placeCost(this.#b, x, y);
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        const otherX = places[2 * j]!;
        const otherY = places[2 * j + 1]!;
        if (costA < this.#bestCost) this.#try(costA + this.#placeCost(this.#b, otherX, otherY), x, y, otherX, otherY);
        if (j < 2) continue;
        // The head at j as the middle: the other body lies as far beyond it.
        const beyondX = 2 * otherX - x;
        const beyondY = 2 * otherY - y;
        if (costA < this.#bestCost)
          this.#try(costA + this.#placeCost(this.#b, beyondX, beyondY), x, y, beyondX, beyondY);
        if (costB < this.#bestCost)
          this.#try(costB + this.#placeCost(this.#a, beyondX, beyondY), beyondX, beyondY, x, y);
      }
    }
  }

  #try(placesCost: number, ax: number, ay: number, bx: number, by: number): void {
    let cost = placesCost + crowdedCost((ax - bx) ** 2 + (ay - by) ** 2);
    const { headSource } = this.#views;
    const canMerge = (ax - bx) ** 2 + (ay - by) ** 2 < MERGE_REACH_M * MERGE_REACH_M;
    let isMerged = this.#wasMerged;
    for (let from = 0; from < this.#count && cost < this.#bestCost; ) {
      const source = headSource[this.#heads[from]!]!;
      let to = from + 1;
      while (to < this.#count && headSource[this.#heads[to]!] === source) to++;
      cost += this.#explain(from, to, ax, ay, bx, by, canMerge ? (isMerged ? MERGES_TOO_COST : MERGES_COST) : 1e9);
      for (let i = from; i < to; i++) if (this.#owner[i] === MERGED) isMerged = true;
      from = to;
    }
    if (cost >= this.#bestCost) return;
    this.#bestCost = cost;
    this.#bestOwner.set(this.#owner.subarray(0, this.#count));
    this.foundM[0] = ax;
    this.foundM[1] = ay;
    this.foundM[2] = bx;
    this.foundM[3] = by;
  }

  /** Cheapest labels for the heads [from, to) of one picture: at most one is a's, one b's, or one both's. */
  #explain(from: number, to: number, ax: number, ay: number, bx: number, by: number, mergesCost: number): number {
    const shownA = this.#shownA[from]! as Shown;
    const shownB = this.#shownB[from]! as Shown;
    const missA = missedCost(shownA);
    const missB = missedCost(shownB);
    const seeA = foundCost(shownA);
    const seeB = foundCost(shownB);
    const merges = shownA === SEEN_MERGED && shownB === SEEN_MERGED ? 0 : mergesCost + Math.max(seeA, seeB);
    const rest = UNEXPLAINED_COST * (to - from);
    let best = rest + missA + missB;
    let ofA = -1;
    let ofB = -1;
    let ofBoth = -1;
    for (let i = from; i < to; i++) {
      const gainA = this.#headCost(i, this.#a, ax, ay) - UNEXPLAINED_COST + seeA;
      const gainB = this.#headCost(i, this.#b, bx, by) - UNEXPLAINED_COST + seeB;
      if (rest + gainA + missB < best) {
        best = rest + gainA + missB;
        [ofA, ofB, ofBoth] = [i, -1, -1];
      }
      if (rest + gainB + missA < best) {
        best = rest + gainB + missA;
        [ofA, ofB, ofBoth] = [-1, i, -1];
      }
      for (let j = from; j < to; j++) {
        if (j === i) continue;
        const both = rest + gainA + this.#headCost(j, this.#b, bx, by) - UNEXPLAINED_COST + seeB;
        if (both >= best) continue;
        best = both;
        [ofA, ofB, ofBoth] = [i, j, -1];
      }
      if (merges > 1e8) continue;
      const gainBoth = this.#mergedCost(i, (ax + bx) / 2, (ay + by) / 2) + merges - UNEXPLAINED_COST;
      if (rest + gainBoth >= best) continue;
      best = rest + gainBoth;
      [ofA, ofB, ofBoth] = [-1, -1, i];
    }
    for (let i = from; i < to; i++)
      this.#owner[i] = i === ofA ? this.#a : i === ofB ? this.#b : i === ofBoth ? MERGED : LOOSE;
    return best;
  }

  #placeCost(anchor: number, x: number, y: number): number {
    const { onFloorM, covM2 } = this.#anchors;
    const slack = EXPECTED_SD_M * EXPECTED_SD_M;
    const dx = x - onFloorM[2 * anchor]!;
    const dy = y - onFloorM[2 * anchor + 1]!;
    const d2 = mahalanobis2(dx, dy, covM2[3 * anchor]! + slack, covM2[3 * anchor + 1]!, covM2[3 * anchor + 2]! + slack);
    return Math.min(2 * UNEXPLAINED_COST, d2);
  }

  /** χ² of a head at a candidate place, which is a view's itself and so as uncertain again. */
  #headCost(i: number, anchor: number, x: number, y: number): number {
    const head = this.#heads[i]!;
    const dz = this.#views.headInWorldM[3 * head + 2]! - this.#anchors.headZM[anchor]!;
    return Math.min(
      UNEXPLAINED_COST,
      this.#apart2(head, x, y) + Math.min(HEIGHT_COST_MAX, headZChi2(dz, this.#anchors.headZVarM2[anchor]!)),
    );
  }

  #mergedCost(i: number, x: number, y: number): number {
    const head = this.#heads[i]!;
    const { headZM, headZVarM2 } = this.#anchors;
    const dz = this.#views.headInWorldM[3 * head + 2]! - (headZM[this.#a]! + headZM[this.#b]!) / 2;
    const varM2 = (headZVarM2[this.#a]! + headZVarM2[this.#b]!) / 4;
    return Math.min(UNEXPLAINED_COST, this.#apart2(head, x, y) + Math.min(HEIGHT_COST_MAX, headZChi2(dz, varM2)));
  }

  #apart2(head: number, x: number, y: number): number {
    const { headCovM2 } = this.#views;
    const dx = this.#placeM[2 * head]! - x;
    const dy = this.#placeM[2 * head + 1]! - y;
    return mahalanobis2(dx, dy, headCovM2[3 * head]!, headCovM2[3 * head + 1]!, headCovM2[3 * head + 2]!) / 2;
  }
}

/** Two people's heads are hardly ever nearer than bodies are wide. */
function crowdedCost(apart2M2: number): number {
  if (apart2M2 >= BODY_M * BODY_M) return 0;
  const squeezed = (BODY_M - Math.sqrt(apart2M2)) / BODY_SD_M;
  return squeezed * squeezed;
}

function missedCost(shown: Shown): number {
  return shown === SEEN ? MISSED_COST : shown === SEEN_MERGED ? LOST_AFTER_MERGING_COST : 0;
}

function foundCost(shown: Shown): number {
  return shown === UNSEEN || shown === SEEN_MERGED ? FOUND_COST : 0;
}
