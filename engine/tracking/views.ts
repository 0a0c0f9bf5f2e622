/**
 * Heads and hands of one moment, each as one camera saw it, in world space; flat arrays that `Locator` fills anew for
 * each moment. Order depends on times and on what was seen, never on ids or on the order of rows and sensors.
 */
export class Views {
  headCount = 0;
  /** Which picture saw it: equal for heads of one reading. Readings are numbered 0 … sourceCount − 1. */
  headSource = new Int32Array(64);
  headTimeUs = new Float64Array(64);
  /** n × 3. */
  headInWorldM = new Float64Array(192);
  /** n × 3: variances and covariance xx, xy, yy on the floor. */
  headCovM2 = new Float64Array(192);
  headScore = new Float64Array(64);
  /** Cameras behind each head: 1, or 2 for a foreign tracker, which does not see with a single one. */
  headCameras = new Int32Array(64);

  handCount = 0;
  handSource = new Int32Array(128);
  handTimeUs = new Float64Array(128);
  /** m × 3. */
  handInWorldM = new Float64Array(384);
  /** Mean variance per axis. */
  handVarM2 = new Float64Array(128);
  handScore = new Float64Array(128);
  /** Row of the head the detector gave it to, or −1. */
  handOwner = new Int32Array(128);

  sourceCount = 0;
  /** First head of each source, and the end. */
  sourceStart = new Int32Array(64);
  /** Number of the camera (or foreign tracker) behind each source, and the time of its picture. */
  sourceCamera = new Int32Array(64);
  sourceTimeUs = new Float64Array(64);

  clear(): void {
    this.headCount = 0;
    this.handCount = 0;
    this.sourceCount = 0;
    this.sourceStart[0] = 0;
  }

  reserveHeads(count: number): void {
    if (count <= this.headSource.length) return;
    const size = 2 * count;
    this.headSource = grown(this.headSource, new Int32Array(size));
    this.headTimeUs = grown(this.headTimeUs, new Float64Array(size));
    this.headInWorldM = grown(this.headInWorldM, new Float64Array(3 * size));
    this.headCovM2 = grown(this.headCovM2, new Float64Array(3 * size));
    this.headScore = grown(this.headScore, new Float64Array(size));
    this.headCameras = grown(this.headCameras, new Int32Array(size));
  }

  reserveHands(count: number): void {
    if (count <= this.handSource.length) return;
    const size = 2 * count;
    this.handSource = grown(this.handSource, new Int32Array(size));
    this.handTimeUs = grown(this.handTimeUs, new Float64Array(size));
    this.handInWorldM = grown(this.handInWorldM, new Float64Array(3 * size));
    this.handVarM2 = grown(this.handVarM2, new Float64Array(size));
    this.handScore = grown(this.handScore, new Float64Array(size));
    this.handOwner = grown(this.handOwner, new Int32Array(size));
  }

  /** Ends the current source, a picture of `camera`; the next heads and hands belong to a new one. */
  endSource(camera: number, timeUs: number): void {
    this.sourceCamera[this.sourceCount] = camera;
    this.sourceTimeUs[this.sourceCount] = timeUs;
    this.sourceCount++;
    if (this.sourceCount >= this.sourceStart.length) {
      const size = 2 * this.sourceStart.length;
      this.sourceStart = grown(this.sourceStart, new Int32Array(size));
      this.sourceCamera = grown(this.sourceCamera, new Int32Array(size));
      this.sourceTimeUs = grown(this.sourceTimeUs, new Float64Array(size));
    }
    this.sourceStart[this.sourceCount] = this.headCount;
  }
}

/** Copies `from` to the front of `to`. */
export function grown<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
