import { grown } from './views.ts';

/** Predicted places of the tracker's active tracks at one moment: seeds for merging views. Flat, in track order. */
export class Anchors {
  timeUs = 0;
  count = 0;
  /** n × 2, floor. */
  onFloorM = new Float64Array(128);
  /** n × 2. */
  velocityMps = new Float64Array(128);
  /** n × 3: xx, xy, yy. */
  covM2 = new Float64Array(192);
  /** Height of the head as last seen, and how uncertain it is by now. */
  headZM = new Float64Array(64);
  headZVarM2 = new Float64Array(64);
  unseenUs = new Float64Array(64);
  /** Number of the track, for what is remembered of it; never compared. */
  key = new Int32Array(64);

  reserve(count: number): void {
    if (count <= this.headZM.length) return;
    this.onFloorM = new Float64Array(4 * count);
    this.velocityMps = new Float64Array(4 * count);
    this.covM2 = new Float64Array(6 * count);
    this.headZM = new Float64Array(2 * count);
    this.headZVarM2 = new Float64Array(2 * count);
    this.unseenUs = new Float64Array(2 * count);
    this.key = new Int32Array(2 * count);
  }
}

/** People of one moment, each merged from all views of it, and their hands. Filled anew for each moment. */
export class Sightings {
  timeUs = 0;
  count = 0;
  /** n × 3: head's centre; the body stands under it. */
  headInWorldM = new Float64Array(192);
  /** n × 3: xx, xy, yy on the floor. */
  covM2 = new Float64Array(192);
  viewCount = new Int32Array(64);
  /** Probability-like score that somebody is there at all: 1 − ∏(1 − view's score). */
  score = new Float64Array(64);
  /** 1 where nobody saw the head by itself: its place follows from a head merged with it, its height is the last known. */
  isInferred = new Uint8Array(64);

  handCount = 0;
  /** m × 5: timeUs, x, y, z (world metres), score. */
  hands = new Float64Array(640);
  /** Sighting each hand belongs to, or −1. */
  handSighting = new Int32Array(128);
  /** Anchor (a track not sighted now) each hand belongs to, or −1. */
  handAnchor = new Int32Array(128);

  reserve(count: number): void {
    if (count <= this.score.length) return;
    const size = 2 * count;
    this.headInWorldM = grown(this.headInWorldM, new Float64Array(3 * size));
    this.covM2 = grown(this.covM2, new Float64Array(3 * size));
    this.viewCount = grown(this.viewCount, new Int32Array(size));
    this.score = grown(this.score, new Float64Array(size));
    this.isInferred = grown(this.isInferred, new Uint8Array(size));
  }

  reserveHands(count: number): void {
    if (count <= this.handSighting.length) return;
    const size = 2 * count;
    this.hands = grown(this.hands, new Float64Array(5 * size));
    this.handSighting = grown(this.handSighting, new Int32Array(size));
    this.handAnchor = grown(this.handAnchor, new Int32Array(size));
  }
}
