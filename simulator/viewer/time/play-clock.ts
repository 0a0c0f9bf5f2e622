/** How far behind the newest scene the page plays, so that there is always one to move towards. */
const LAG_US = 200_000;
/** A store that runs fast is further ahead with every message, but no more than so many times. */
const MOST_LAGS = 10;

/** Where in time the page looks: along with the store, or somewhere before at a pace of its own. */
export class PlayClock {
  /** The time being looked at. */
  timeUs = 0;
  isLive = true;
  isPlaying = true;
  /** Seconds of the store per second, when not live. */
  speed = 1;

  /** Moves on by `elapsedMs` of the page's time. */
  advance(elapsedMs: number, latestUs: number, liveSpeed: number): void {
    const lag = LAG_US * Math.min(MOST_LAGS, Math.max(1, liveSpeed));
    const newest = Math.max(0, latestUs - lag);
    if (this.isLive) {
      // Glides towards where it should be rather than jumping with every message.
      const ahead = newest - this.timeUs;
      const step = elapsedMs * 1000 * liveSpeed;
      this.timeUs =
        Math.abs(ahead) > 2e6 * Math.max(1, liveSpeed)
          ? newest
          : this.timeUs + Math.max(0, step + (ahead - step) * 0.1);
      if (this.timeUs > latestUs) this.timeUs = latestUs;
      return;
    }
    if (this.isPlaying) this.timeUs += elapsedMs * 1000 * this.speed;
    if (this.timeUs >= newest) this.follow();
  }

  follow(): void {
    this.isLive = true;
    this.isPlaying = true;
  }

  seek(timeUs: number): void {
    this.timeUs = Math.max(0, timeUs);
    this.isLive = false;
  }

  pause(): void {
    this.isLive = false;
    this.isPlaying = false;
  }
}
