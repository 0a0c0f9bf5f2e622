import { FloorGrid } from '../maths/floor-grid.ts';
import { SparseAssignment } from '../maths/sparse-assignment.ts';
import type { Store } from '../store.ts';
import { CameraMemory } from './camera-memory.ts';
import { mergeHands } from './hand-merger.ts';
import { Middles } from './middles.ts';
import { headZChi2, mahalanobis2 } from './motion-filter.ts';
import { MERGE_REACH_M, PairJudge } from './pair-judge.ts';
import { type Anchors, Sightings } from './sightings.ts';
import type { Views } from './views.ts';

/** 99.9 % of a χ² with 2 degrees of freedom. */
export const GATE_CHI2 = 13.8;
/** No view lies further from the body it shows, whatever the errors assumed. */
const VIEW_REACH_M = 0.8;
/** Views of one untracked body by several cameras lie within this. */
const CLUSTER_REACH_M = 0.5;
/** A view this close to a body that its camera should have seen, and did not otherwise, is a bad view of that body. */
const STRAY_REACH_M = 0.45;
/** Minus ln|S| of a good view: 10 cm each way. */
const LOG_DET_BASE = 9.2;
/** A view stays alone rather than join a track at a worse cost: the gate, at a spread of 20 cm. */
const ALONE_COST = GATE_CHI2 + 2.8;

/**
 * Merges the views of a moment into one sighting per person. Views first go to the tracks predicted for the moment, at
 * most one per picture and track; what remains clusters among itself. Views that contradict the others are dropped.
 */
export class ViewMerger {
  #sightings = new Sightings();
  #anchorGrid: FloorGrid;
  #headGrid: FloorGrid;
  #sightingGrid: FloorGrid;
  #handGrid: FloorGrid;
  #assignment = new SparseAssignment();
  #memory = new CameraMemory();
  #judge = new PairJudge(this.#memory);
  #middles = new Middles(this.#memory);
  #near = new Int32Array(256);
  /** Group of each head: anchors first, then clusters; −1 = none, `MERGED` = two people's. */
  #groupOfHead = new Int32Array(64);
  /** Places of heads at the moment's end, n × 2. */
  #placeM = new Float64Array(128);
  #groupCount = 0;
  #firstOfGroup = new Int32Array(64);
  #nextInGroup = new Int32Array(64);
  #sightingOfGroup = new Int32Array(64);
  #sightingOfHead = new Int32Array(64);
  #loose = new Int32Array(64);
  #looseM = new Float64Array(128);

  constructor(store: Store) {
    this.#anchorGrid = new FloorGrid(store.sizeM, VIEW_REACH_M);
    this.#headGrid = new FloorGrid(store.sizeM, CLUSTER_REACH_M);
    this.#sightingGrid = new FloorGrid(store.sizeM, 1.2);
    this.#handGrid = new FloorGrid(store.sizeM, 0.4);
  }

  /** Sightings at the anchors' time; borrowed until the next call. */
  merge(views: Views, anchors: Anchors): Sightings {
    const sightings = this.#sightings;
    sightings.timeUs = anchors.timeUs;
    sightings.count = 0;
    this.#reserve(views, anchors);
    this.#anchorGrid.build(anchors.onFloorM, anchors.count, 2);
    for (let source = 0; source < views.sourceCount; source++) {
      this.#memory.begin(views.sourceCamera[source]!, anchors.timeUs);
      this.#seed(views, anchors, source);
    }
    this.#middles.clear(views.headCount);
    this.#judgePairs(views, anchors);
    this.#groupCount = anchors.count;
    this.#linkGroups(views);
    for (let group = 0; group < anchors.count; group++) this.#dropOutliers(views, group);
    this.#noteSeen(views, anchors);
    this.#emit(views, 0, anchors.count);
    this.#middles.use(anchors, sightings, this.#sightingOfGroup);
    this.#clusterLoose(views);
    this.#emit(views, anchors.count, this.#groupCount);
    this.#sightingGrid.build(this.#sightingPlaces(), sightings.count, 3);
    mergeHands(views, sightings, anchors, {
      sightingOfHead: this.#sightingOfHead,
      sightingOfAnchor: this.#sightingOfGroup,
      near: this.#sightingGrid,
      handGrid: this.#handGrid,
    });
    return sightings;
  }

  #sightingPlaces(): Float64Array {
    return this.#sightings.headInWorldM;
  }

  #reserve(views: Views, anchors: Anchors): void {
    const heads = views.headCount;
    const groups = heads + anchors.count;
    if (heads > this.#groupOfHead.length) {
      this.#groupOfHead = new Int32Array(2 * heads);
      this.#placeM = new Float64Array(4 * heads);
      this.#nextInGroup = new Int32Array(2 * heads);
      this.#sightingOfHead = new Int32Array(2 * heads);
      this.#loose = new Int32Array(2 * heads);
      this.#looseM = new Float64Array(4 * heads);
    }
    if (groups > this.#firstOfGroup.length) {
      this.#firstOfGroup = new Int32Array(2 * groups);
      this.#sightingOfGroup = new Int32Array(2 * groups);
    }
    if (groups > this.#near.length) this.#near = new Int32Array(2 * groups);
  }

  /** Gives the heads of one picture to the tracks they fit. */
  #seed(views: Views, anchors: Anchors, source: number): void {
    const from = views.sourceStart[source]!;
    const to = views.sourceStart[source + 1]!;
    const { headInWorldM, headCovM2, headTimeUs } = views;
    const { onFloorM, velocityMps, covM2 } = anchors;
    this.#assignment.reset(to - from, anchors.count);
    for (let head = from; head < to; head++) {
      const x = headInWorldM[3 * head]!;
      const y = headInWorldM[3 * head + 1]!;
      const seconds = (anchors.timeUs - headTimeUs[head]!) / 1e6;
      const nearCount = this.#anchorGrid.nearInto(this.#near, x, y);
      for (let i = 0; i < nearCount; i++) {
        const anchor = this.#near[i]!;
        const dx = x + velocityMps[2 * anchor]! * seconds - onFloorM[2 * anchor]!;
        const dy = y + velocityMps[2 * anchor + 1]! * seconds - onFloorM[2 * anchor + 1]!;
        if (dx * dx + dy * dy > VIEW_REACH_M * VIEW_REACH_M) continue;
        const xx = headCovM2[3 * head]! + covM2[3 * anchor]!;
        const xy = headCovM2[3 * head + 1]! + covM2[3 * anchor + 1]!;
        const yy = headCovM2[3 * head + 2]! + covM2[3 * anchor + 2]!;
        const d2 = mahalanobis2(dx, dy, xx, xy, yy);
        if (d2 > GATE_CHI2) continue;
        const z2 = headZChi2(headInWorldM[3 * head + 2]! - anchors.headZM[anchor]!, anchors.headZVarM2[anchor]!);
        this.#assignment.add(head - from, anchor, d2 + z2 + Math.log(xx * yy - xy * xy) + LOG_DET_BASE);
      }
    }
    const anchorOf = this.#assignment.solve(ALONE_COST);
    for (let head = from; head < to; head++) {
      const anchor = anchorOf[head - from]!;
      const seconds = (anchors.timeUs - headTimeUs[head]!) / 1e6;
      const vx = anchor < 0 ? 0 : velocityMps[2 * anchor]!;
      const vy = anchor < 0 ? 0 : velocityMps[2 * anchor + 1]!;
      this.#placeM[2 * head] = headInWorldM[3 * head]! + vx * seconds;
      this.#placeM[2 * head + 1] = headInWorldM[3 * head + 1]! + vy * seconds;
      this.#groupOfHead[head] = anchor;
    }
  }

  /** Judges the heads of neighbouring bodies together, nearest pairs first. */
  #judgePairs(views: Views, anchors: Anchors): void {
    const pairs: { a: number; b: number; apart2: number }[] = [];
    const { onFloorM } = anchors;
    for (let a = 0; a < anchors.count; a++) {
      const nearCount = this.#anchorGrid.nearInto(this.#near, onFloorM[2 * a]!, onFloorM[2 * a + 1]!);
      for (let i = 0; i < nearCount; i++) {
        const b = this.#near[i]!;
        const apart2 = (onFloorM[2 * a]! - onFloorM[2 * b]!) ** 2 + (onFloorM[2 * a + 1]! - onFloorM[2 * b + 1]!) ** 2;
        if (b > a && apart2 < MERGE_REACH_M * MERGE_REACH_M) pairs.push({ a, b, apart2 });
      }
    }
    pairs.sort((one, other) => one.apart2 - other.apart2 || one.a - other.a || one.b - other.b);
    for (const { a, b } of pairs)
      if (this.#judge.judge(views, anchors, this.#placeM, this.#groupOfHead, a, b))
        this.#middles.take(views, anchors, this.#placeM, this.#groupOfHead, a, b);
  }

  #noteSeen(views: Views, anchors: Anchors): void {
    for (let head = 0; head < views.headCount; head++) {
      const group = this.#groupOfHead[head]!;
      if (group >= 0) this.#memory.note(views.sourceCamera[views.headSource[head]!]!, anchors.key[group]!, false);
    }
  }

  #linkGroups(views: Views): void {
    this.#firstOfGroup.fill(-1, 0, this.#groupCount);
    // From the back, so that each group lists its heads in their order.
    for (let head = views.headCount - 1; head >= 0; head--) {
      const group = this.#groupOfHead[head]!;
      if (group < 0) continue;
      this.#nextInGroup[head] = this.#firstOfGroup[group]!;
      this.#firstOfGroup[group] = head;
    }
  }

  /** Frees the view that contradicts the rest of its group most, until none does. */
  #dropOutliers(views: Views, group: number): void {
    for (;;) {
      const count = this.#fuse(views, group);
      if (count < 2) return;
      let worst = -1;
      let worstD2 = GATE_CHI2;
      for (let head = this.#firstOfGroup[group]!; head >= 0; head = this.#nextInGroup[head]!) {
        const dx = this.#placeM[2 * head]! - fused[0]!;
        const dy = this.#placeM[2 * head + 1]! - fused[1]!;
        const cov = views.headCovM2;
        // A view pulls the mean towards itself; the rest of the group differs from it by n/(n−1) as much.
        const pull = count / (count - 1);
        const d2 = pull * pull * mahalanobis2(dx, dy, cov[3 * head]!, cov[3 * head + 1]!, cov[3 * head + 2]!);
        if (d2 > worstD2) {
          worstD2 = d2;
          worst = head;
        }
      }
      if (worst < 0) return;
      this.#unlink(group, worst);
    }
  }

  #unlink(group: number, head: number): void {
    this.#groupOfHead[head] = -1;
    if (this.#firstOfGroup[group] === head) {
      this.#firstOfGroup[group] = this.#nextInGroup[head]!;
      return;
    }
    let before = this.#firstOfGroup[group]!;
    while (this.#nextInGroup[before] !== head) before = this.#nextInGroup[before]!;
    this.#nextInGroup[before] = this.#nextInGroup[head]!;
  }

  /** Information-weighted mean of a group's views into `fused`: x, y, xx, xy, yy, z, score, cameras; returns their count. */
  #fuse(views: Views, group: number): number {
    let count = 0;
    let ixx = 0;
    let ixy = 0;
    let iyy = 0;
    let bx = 0;
    let by = 0;
    let z = 0;
    let weights = 0;
    let absent = 1;
    let cameras = 0;
    for (let head = this.#firstOfGroup[group]!; head >= 0; head = this.#nextInGroup[head]!) {
      const xx = views.headCovM2[3 * head]!;
      const xy = views.headCovM2[3 * head + 1]!;
      const yy = views.headCovM2[3 * head + 2]!;
      const scale = 1 / (xx * yy - xy * xy);
      const wxx = yy * scale;
      const wxy = -xy * scale;
      const wyy = xx * scale;
      const x = this.#placeM[2 * head]!;
      const y = this.#placeM[2 * head + 1]!;
      ixx += wxx;
      ixy += wxy;
      iyy += wyy;
      bx += wxx * x + wxy * y;
      by += wxy * x + wyy * y;
      const weight = 1 / (xx + yy);
      z += weight * views.headInWorldM[3 * head + 2]!;
      weights += weight;
      absent *= 1 - views.headScore[head]!;
      cameras += views.headCameras[head]!;
      count++;
    }
    if (count === 0) return 0;
    const det = ixx * iyy - ixy * ixy;
    fused[2] = iyy / det;
    fused[3] = -ixy / det;
    fused[4] = ixx / det;
    fused[0] = fused[2] * bx + fused[3] * by;
    fused[1] = fused[3] * bx + fused[4] * by;
    fused[5] = z / weights;
    fused[6] = 1 - absent;
    fused[7] = cameras;
    return count;
  }

  #emit(views: Views, fromGroup: number, toGroup: number): void {
    const out = this.#sightings;
    for (let group = fromGroup; group < toGroup; group++) {
      const count = this.#fuse(views, group);
      this.#sightingOfGroup[group] = -1;
      if (count === 0) continue;
      out.reserve(out.count + 1);
      const at = out.count++;
      out.headInWorldM[3 * at] = fused[0]!;
      out.headInWorldM[3 * at + 1] = fused[1]!;
      out.headInWorldM[3 * at + 2] = fused[5]!;
      out.covM2[3 * at] = fused[2]!;
      out.covM2[3 * at + 1] = fused[3]!;
      out.covM2[3 * at + 2] = fused[4]!;
      out.viewCount[at] = fused[7]!;
      out.score[at] = fused[6]!;
      out.isInferred[at] = 0;
      this.#sightingOfGroup[group] = at;
    }
    for (let head = 0; head < views.headCount; head++) {
      const group = this.#groupOfHead[head]!;
      this.#sightingOfHead[head] = group < 0 || group >= toGroup ? -1 : this.#sightingOfGroup[group]!;
    }
  }

  /** Puts heads without a track into new groups. */
  #clusterLoose(views: Views): void {
    const loose = this.#loose;
    let count = 0;
    this.#sightingGrid.build(this.#sightingPlaces(), this.#sightings.count, 3);
    for (let head = 0; head < views.headCount; head++) {
      if (this.#groupOfHead[head] !== -1 || this.#isStray(views, head)) continue;
      loose[count] = head;
      this.#looseM[2 * count] = this.#placeM[2 * head]!;
      this.#looseM[2 * count + 1] = this.#placeM[2 * head + 1]!;
      count++;
    }
    if (count === 0) return;
    // Every loose head starts as a group of its own.
    for (let i = 0; i < count; i++) {
      const group = this.#groupCount++;
      this.#groupOfHead[loose[i]!] = group;
      this.#firstOfGroup[group] = loose[i]!;
      this.#nextInGroup[loose[i]!] = -1;
    }
    this.#headGrid.build(this.#looseM, count, 2);
    for (const pair of this.#loosePairs(views, count)) this.#join(views, pair.a, pair.b);
  }

  /** True if a camera that does not see a body nearby otherwise sees this head instead. */
  #isStray(views: Views, head: number): boolean {
    const sightings = this.#sightings;
    const x = this.#placeM[2 * head]!;
    const y = this.#placeM[2 * head + 1]!;
    const nearCount = this.#sightingGrid.nearInto(this.#near, x, y);
    for (let i = 0; i < nearCount; i++) {
      const sighting = this.#near[i]!;
      const dx = sightings.headInWorldM[3 * sighting]! - x;
      const dy = sightings.headInWorldM[3 * sighting + 1]! - y;
      if (dx * dx + dy * dy > STRAY_REACH_M * STRAY_REACH_M) continue;
      if (!this.#isSeenBy(views, sighting, views.headSource[head]!)) return true;
    }
    return false;
  }

  #isSeenBy(views: Views, sighting: number, source: number): boolean {
    for (let head = views.sourceStart[source]!; head < views.sourceStart[source + 1]!; head++)
      if (this.#sightingOfHead[head] === sighting) return true;
    return false;
  }

  /** Pairs of loose heads from different pictures that may be one person, most alike first. */
  #loosePairs(views: Views, count: number): { a: number; b: number; d2: number }[] {
    const pairs: { a: number; b: number; d2: number }[] = [];
    const { headSource, headCovM2 } = views;
    for (let i = 0; i < count; i++) {
      const a = this.#loose[i]!;
      const nearCount = this.#headGrid.nearInto(this.#near, this.#looseM[2 * i]!, this.#looseM[2 * i + 1]!);
      for (let k = 0; k < nearCount; k++) {
        const j = this.#near[k]!;
        const b = this.#loose[j]!;
        if (j <= i || headSource[a] === headSource[b]) continue;
        const dx = this.#looseM[2 * i]! - this.#looseM[2 * j]!;
        const dy = this.#looseM[2 * i + 1]! - this.#looseM[2 * j + 1]!;
        if (dx * dx + dy * dy > CLUSTER_REACH_M * CLUSTER_REACH_M) continue;
        const xx = headCovM2[3 * a]! + headCovM2[3 * b]! + WALK_VAR_M2;
        const xy = headCovM2[3 * a + 1]! + headCovM2[3 * b + 1]!;
        const yy = headCovM2[3 * a + 2]! + headCovM2[3 * b + 2]! + WALK_VAR_M2;
        const d2 = mahalanobis2(dx, dy, xx, xy, yy);
        if (d2 <= GATE_CHI2) pairs.push({ a, b, d2 });
      }
    }
    return pairs.sort((one, other) => one.d2 - other.d2 || one.a - other.a || one.b - other.b);
  }

  /** Joins the groups of two heads if no picture shows both and their means lie close. */
  #join(views: Views, a: number, b: number): void {
    const one = Math.min(this.#groupOfHead[a]!, this.#groupOfHead[b]!);
    const other = Math.max(this.#groupOfHead[a]!, this.#groupOfHead[b]!);
    if (one === other) return;
    for (let i = this.#firstOfGroup[one]!; i >= 0; i = this.#nextInGroup[i]!)
      for (let j = this.#firstOfGroup[other]!; j >= 0; j = this.#nextInGroup[j]!)
        if (views.headSource[i] === views.headSource[j]) return;
    this.#fuse(views, one);
    const x = fused[0]!;
    const y = fused[1]!;
    this.#fuse(views, other);
    if ((fused[0]! - x) ** 2 + (fused[1]! - y) ** 2 > CLUSTER_REACH_M * CLUSTER_REACH_M) return;
    let last = this.#firstOfGroup[one]!;
    while (this.#nextInGroup[last]! >= 0) last = this.#nextInGroup[last]!;
    this.#nextInGroup[last] = this.#firstOfGroup[other]!;
    for (let j = this.#firstOfGroup[other]!; j >= 0; j = this.#nextInGroup[j]!) this.#groupOfHead[j] = one;
    this.#firstOfGroup[other] = -1;
  }
}

/** An untracked walker moves up to 12 cm between two pictures of one moment. */
const WALK_VAR_M2 = 0.05 * 0.05;
const fused = new Float64Array(8);
