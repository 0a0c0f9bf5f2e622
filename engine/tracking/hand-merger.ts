import type { FloorGrid } from '../maths/floor-grid.ts';
import type { Anchors, Sightings } from './sightings.ts';
import type { Views } from './views.ts';

/** Furthest a hand is from its owner's body axis between waist and shoulders, metres. */
const ARM_REACH_M = 0.95;
/** The axis runs from this far below the head's centre … */
const AXIS_LOW_M = 0.6;
/** … to this far. */
const AXIS_HIGH_M = 0.2;
/** What the detector's own opinion is worth against nearness, metres. */
const VOTE_M = 0.3;
/** What a body that was not seen now concedes to one that was, metres. */
const UNSEEN_M = 0.15;
/** Views of one hand by several cameras, at different times within the moment, lie within this. */
const SAME_HAND_M = 0.2;
/** Hands of different owners nearer than this are one hand, given to two people by different cameras. */
const CONTESTED_M = 0.1;

export interface HandContext {
  /** Sighting that each head row of the views went into, or −1. */
  readonly sightingOfHead: Int32Array;
  /** Sighting of each anchor, or −1 for a body missed in this moment. */
  readonly sightingOfAnchor: Int32Array;
  /** Sightings by place. */
  readonly near: FloorGrid;
  /** Free for use. */
  readonly handGrid: FloorGrid;
}

/**
 * Gives every seen hand to a body and merges the views of each hand, into `sightings`. The detector's owner is a vote;
 * who is in reach, and how near, decides.
 */
export function mergeHands(views: Views, sightings: Sightings, anchors: Anchors, context: HandContext): void {
  reserve(views.handCount, sightings.count + anchors.count);
  unseenCount = 0;
  for (let anchor = 0; anchor < anchors.count; anchor++)
    if (context.sightingOfAnchor[anchor]! < 0) unseen[unseenCount++] = anchor;
  const bodyCount = sightings.count + anchors.count;
  firstOfBody.fill(-1, 0, bodyCount);
  // From the back, so that each body lists its hands in their order.
  for (let hand = views.handCount - 1; hand >= 0; hand--) {
    const body = ownerOf(views, sightings, anchors, context, hand);
    if (body < 0) continue;
    nextOfBody[hand] = firstOfBody[body]!;
    firstOfBody[body] = hand;
  }
  clusterCount = 0;
  for (let body = 0; body < bodyCount; body++) clusterHands(views, body);
  settleContested(context.handGrid);
  emit(sightings);
}

/** Body of a hand: a sighting, or `sightings.count` + an unseen anchor; −1 if nobody is in reach. */
function ownerOf(views: Views, sightings: Sightings, anchors: Anchors, context: HandContext, hand: number): number {
  const x = views.handInWorldM[3 * hand]!;
  const y = views.handInWorldM[3 * hand + 1]!;
  const z = views.handInWorldM[3 * hand + 2]!;
  const votedHead = views.handOwner[hand]!;
  const voted = votedHead < 0 ? -1 : context.sightingOfHead[votedHead]!;
  let best = -1;
  let bestCost = Number.POSITIVE_INFINITY;
  const nearCount = context.near.nearInto(nearby, x, y);
  for (let i = 0; i < nearCount; i++) {
    const s = nearby[i]!;
    const head = sightings.headInWorldM;
    const reach = axisDistance(x - head[3 * s]!, y - head[3 * s + 1]!, z, head[3 * s + 2]!);
    if (reach > ARM_REACH_M) continue;
    const cost = s === voted ? reach - VOTE_M : reach;
    if (cost < bestCost || (cost === bestCost && s < best)) {
      best = s;
      bestCost = cost;
    }
  }
  for (let i = 0; i < unseenCount; i++) {
    const anchor = unseen[i]!;
    const dx = x - anchors.onFloorM[2 * anchor]!;
    const dy = y - anchors.onFloorM[2 * anchor + 1]!;
    if (dx * dx + dy * dy > ARM_REACH_M * ARM_REACH_M) continue;
    const reach = axisDistance(dx, dy, z, anchors.headZM[anchor]!);
    if (reach <= ARM_REACH_M && reach + UNSEEN_M < bestCost) {
      best = sightings.count + anchor;
      bestCost = reach + UNSEEN_M;
    }
  }
  return best;
}

/** Distance of a hand from the upright axis under a head, metres. */
function axisDistance(dx: number, dy: number, z: number, headZ: number): number {
  const above = z - (headZ - AXIS_HIGH_M);
  const below = headZ - AXIS_LOW_M - z;
  const dz = above > 0 ? above : below > 0 ? below : 0;
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

/** Joins a body's hand views that may show one hand: near each other and from different pictures. */
function clusterHands(views: Views, body: number): void {
  const firstCluster = clusterCount;
  for (let hand = firstOfBody[body]!; hand >= 0; hand = nextOfBody[hand]!) {
    let best = -1;
    let bestM2 = SAME_HAND_M * SAME_HAND_M;
    for (let c = firstCluster; c < clusterCount; c++) {
      if (clusterShows(views, c, views.handSource[hand]!)) continue;
      const m2 = squaredDistance(views.handInWorldM, 3 * hand, clusters, c * CLUSTER_WIDTH + 1, clusterWeight[c]!);
      if (m2 < bestM2) {
        best = c;
        bestM2 = m2;
      }
    }
    if (best < 0) best = openCluster(body);
    addToCluster(views, best, hand);
  }
}

function clusterShows(views: Views, cluster: number, source: number): boolean {
  for (let hand = clusterLast[cluster]!; hand >= 0; hand = clusterBefore[hand]!)
    if (views.handSource[hand] === source) return true;
  return false;
}

function openCluster(body: number): number {
  const c = clusterCount++;
  clusters.fill(0, c * CLUSTER_WIDTH, (c + 1) * CLUSTER_WIDTH);
  clusterWeight[c] = 0;
  clusterAbsent[c] = 1;
  clusterViews[c] = 0;
  clusterLast[c] = -1;
  clusterBody[c] = body;
  return c;
}

function addToCluster(views: Views, c: number, hand: number): void {
  const weight = 1 / views.handVarM2[hand]!;
  const at = c * CLUSTER_WIDTH;
  clusters[at] = clusters[at]! + weight * views.handTimeUs[hand]!;
  for (let k = 0; k < 3; k++) clusters[at + 1 + k] = clusters[at + 1 + k]! + weight * views.handInWorldM[3 * hand + k]!;
  clusterWeight[c] = clusterWeight[c]! + weight;
  clusterAbsent[c] = clusterAbsent[c]! * (1 - views.handScore[hand]!);
  clusterViews[c] = clusterViews[c]! + 1;
  clusterBefore[hand] = clusterLast[c]!;
  clusterLast[c] = hand;
}

/** One hand given to two people goes, with all its views, to whom more pictures gave it. */
function settleContested(grid: FloorGrid): void {
  for (let c = 0; c < clusterCount; c++)
    for (let k = 0; k < 3; k++) means[3 * c + k] = clusters[c * CLUSTER_WIDTH + 1 + k]! / clusterWeight[c]!;
  grid.build(means, clusterCount, 3);
  for (let a = 0; a < clusterCount; a++) {
    const nearCount = grid.nearInto(nearby, means[3 * a]!, means[3 * a + 1]!);
    for (let i = 0; i < nearCount; i++) {
      const b = nearby[i]!;
      // Equal numbers stay apart: nothing says whose hand it is.
      if (clusterBody[a] === clusterBody[b] || clusterViews[a]! <= clusterViews[b]! || clusterViews[b] === 0) continue;
      const dx = means[3 * a]! - means[3 * b]!;
      const dy = means[3 * a + 1]! - means[3 * b + 1]!;
      const dz = means[3 * a + 2]! - means[3 * b + 2]!;
      if (dx * dx + dy * dy + dz * dz <= CONTESTED_M * CONTESTED_M) absorb(a, b);
    }
  }
}

function absorb(winner: number, loser: number): void {
  for (let k = 0; k < CLUSTER_WIDTH; k++)
    clusters[winner * CLUSTER_WIDTH + k] = clusters[winner * CLUSTER_WIDTH + k]! + clusters[loser * CLUSTER_WIDTH + k]!;
  clusterWeight[winner] = clusterWeight[winner]! + clusterWeight[loser]!;
  clusterAbsent[winner] = clusterAbsent[winner]! * clusterAbsent[loser]!;
  clusterViews[winner] = clusterViews[winner]! + clusterViews[loser]!;
  clusterViews[loser] = 0;
}

function emit(sightings: Sightings): void {
  sightings.reserveHands(clusterCount);
  let count = 0;
  for (let c = 0; c < clusterCount; c++) {
    if (clusterViews[c] === 0) continue;
    const scale = 1 / clusterWeight[c]!;
    sightings.hands[5 * count] = Math.round(clusters[c * CLUSTER_WIDTH]! * scale);
    for (let k = 1; k <= 3; k++) sightings.hands[5 * count + k] = clusters[c * CLUSTER_WIDTH + k]! * scale;
    sightings.hands[5 * count + 4] = 1 - clusterAbsent[c]!;
    const body = clusterBody[c]!;
    sightings.handSighting[count] = body < sightings.count ? body : -1;
    sightings.handAnchor[count] = body < sightings.count ? -1 : body - sightings.count;
    count++;
  }
  sightings.handCount = count;
}

function squaredDistance(a: Float64Array, i: number, sums: Float64Array, j: number, weight: number): number {
  const dx = a[i]! - sums[j]! / weight;
  const dy = a[i + 1]! - sums[j + 1]! / weight;
  const dz = a[i + 2]! - sums[j + 2]! / weight;
  return dx * dx + dy * dy + dz * dz;
}

/** Weighted sums of time, x, y, z. */
const CLUSTER_WIDTH = 4;

// Scratch of one call; `reserve` sizes it: per hand view, per cluster (at most one per hand view), per body.
let nearby = new Int32Array(64);
let unseen = new Int32Array(64);
let unseenCount = 0;
let firstOfBody = new Int32Array(64);
let nextOfBody = new Int32Array(128);
let clusterCount = 0;
let means = new Float64Array(3 * 128);
let clusters = new Float64Array(128 * CLUSTER_WIDTH);
let clusterWeight = new Float64Array(128);
let clusterAbsent = new Float64Array(128);
let clusterViews = new Int32Array(128);
let clusterBody = new Int32Array(128);
let clusterLast = new Int32Array(128);
let clusterBefore = new Int32Array(128);

function reserve(hands: number, bodies: number): void {
  if (Math.max(hands, bodies) > nearby.length) nearby = new Int32Array(2 * Math.max(hands, bodies));
  if (bodies > firstOfBody.length) {
    unseen = new Int32Array(2 * bodies);
    firstOfBody = new Int32Array(2 * bodies);
  }
  if (hands <= nextOfBody.length) return;
  const size = 2 * hands;
  nextOfBody = new Int32Array(size);
  clusters = new Float64Array(size * CLUSTER_WIDTH);
  means = new Float64Array(3 * size);
  clusterWeight = new Float64Array(size);
  clusterAbsent = new Float64Array(size);
  clusterViews = new Int32Array(size);
  clusterBody = new Int32Array(size);
  clusterLast = new Int32Array(size);
  clusterBefore = new Int32Array(size);
}
