/** Further ahead than this a sequence number says that the sensor started anew, not that so many readings were lost. */
const RESTART_JUMP = 1_000_000;

/**
 * What has arrived of one sensor's numbered readings: finds duplicates, counts gaps once they have left the window,
 * and knows up to which event time nothing is missing. Memory is fixed by the window.
 */
export class SequenceWindow {
  readonly size: number;
  lostCount = 0;
  /** Event time up to which every reading has arrived or can no longer be hoped for; −∞ at the start. */
  reachedUs = Number.NEGATIVE_INFINITY;
  #mask: number;
  /** Event time of the reading whose sequence is in `#sequences`, both indexed by sequence & mask. */
  #timesUs: Float64Array;
  #sequences: Float64Array;
  /** Next sequence that is not yet reached. */
  #next = 0;
  /** Highest sequence seen; −1 before the first. */
  #highest = -1;
  /** Lowest sequence still in the window. */
  #lowest = 0;
  #newestUs = Number.NEGATIVE_INFINITY;

  /** `size` is rounded up to a power of two. */
  constructor(size: number) {
    this.size = 2 ** Math.ceil(Math.log2(Math.max(size, 2)));
    this.#mask = this.size - 1;
    this.#timesUs = new Float64Array(this.size);
    this.#sequences = new Float64Array(this.size).fill(-1);
  }

  /** True if a later reading of this sensor has already come in. */
  isOvertaken(sequence: number): boolean {
    return sequence < this.#highest;
  }

  /** Notes a reading; false if it is a duplicate or too old to tell. */
  accept(sequence: number, timeUs: number): boolean {
    if (this.#highest < 0) {
      // Numbering need not start at 0, so the first to arrive may itself have overtaken earlier ones.
      this.#lowest = sequence;
      this.#next = Math.max(0, sequence - this.size + 1);
    } else if (sequence < this.#lowest && this.#highest - sequence < this.size && !this.#isNewer(timeUs)) {
      this.#lowest = sequence;
    }
    const at = sequence & this.#mask;
    if (this.#sequences[at] === sequence) {
      if (!this.#isNewer(timeUs) || this.#timesUs[at] === timeUs) return false;
      this.#restart(sequence);
    } else if (sequence < this.#lowest || sequence - this.#highest > RESTART_JUMP) {
      // Far behind, yet newer than everything: the sensor has started counting anew.
      if (!this.#isNewer(timeUs)) return false;
      this.#restart(sequence);
    }
    this.#slideTo(sequence);
    this.#sequences[at] = sequence;
    this.#timesUs[at] = timeUs;
    if (timeUs > this.#newestUs) this.#newestUs = timeUs;
    this.#advance();
    return true;
  }

  /** Gives up on gaps whose missing readings would be older than `floorUs`. */
  giveUpBefore(floorUs: number): void {
    while (this.#next <= this.#highest) {
      let present = this.#next;
      while (present <= this.#highest && this.#sequences[present & this.#mask] !== present) present++;
      if (present > this.#highest || this.#timesUs[present & this.#mask]! > floorUs) return;
      this.#next = present;
      this.#advance();
    }
  }

  /** Counts every gap still open as lost; for the end of the input. */
  close(): void {
    for (let s = this.#lowest; s <= this.#highest; s++) if (this.#sequences[s & this.#mask] !== s) this.lostCount++;
    this.#lowest = this.#highest + 1;
  }

  #isNewer(timeUs: number): boolean {
    return timeUs > this.#newestUs;
  }

  #restart(sequence: number): void {
    this.close();
    this.#sequences.fill(-1);
    this.#highest = -1;
    this.#lowest = sequence;
    this.#next = sequence;
  }

  #slideTo(sequence: number): void {
    if (sequence <= this.#highest) return;
    const lowest = Math.max(this.#lowest, sequence - this.size + 1);
    // What lies above the highest number seen was never there; below it, the window knows.
    const scanned = Math.min(lowest, this.#highest + 1);
    for (let s = this.#lowest; s < scanned; s++) if (this.#sequences[s & this.#mask] !== s) this.lostCount++;
    if (this.#highest >= 0) this.lostCount += Math.max(0, lowest - this.#highest - 1);
    this.#lowest = lowest;
    this.#highest = sequence;
    this.#next = Math.max(this.#next, sequence - this.size + 1);
  }

  #advance(): void {
    while (this.#next <= this.#highest) {
      const at = this.#next & this.#mask;
      if (this.#sequences[at] !== this.#next) return;
      if (this.#timesUs[at]! > this.reachedUs) this.reachedUs = this.#timesUs[at]!;
      this.#next++;
    }
  }
}
