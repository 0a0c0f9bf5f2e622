import { element } from '../element.ts';
import type { LiveModel } from '../live-model.ts';
import type { Words } from '../words.ts';

/** The server's word for as fast as it goes. */
const FASTEST = 1000;
const SPEEDS = [0, 0.5, 1, 2, 5, 10, FASTEST];

/** How fast the store itself goes, for everyone who watches; 0 stands still. */
export class PacePicker {
  readonly root: HTMLSelectElement;
  /** Seconds of the store per second. */
  speed: number;

  constructor({ pace }: LiveModel, words: Words, set: (speed: number, isPaused: boolean) => void) {
    this.speed = pace.isPaused ? 0 : pace.speed;
    const offered = SPEEDS.includes(this.speed) ? SPEEDS : [...SPEEDS, this.speed];
    this.root = element(
      'select',
      {
        class: 'pace',
        'aria-label': words.pace,
        title: words.pace,
        onchange: () => {
          this.speed = Number(this.root.value);
          set(this.speed || 1, this.speed === 0);
        },
      },
      ...offered.map((speed) =>
        element(
          'option',
          { value: speed, selected: speed === this.speed },
          speed === 0 ? words.paused : speed >= FASTEST ? words.fastest : `${speed}×`,
        ),
      ),
    );
  }
}
