import { element } from '../element.ts';
import { icon } from '../icons.ts';
import type { Mark, NewsBook } from '../time/news-book.ts';
import type { PlayClock } from '../time/play-clock.ts';
import { timeText, type Words } from '../words.ts';

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10];
/** The bar shows at least so much, µs. */
const LEAST_US = 60e6;
/** Jumping to an event shows what led to it. */
const BEFORE_US = 1.5e6;

/** Time: a scrubber with marks, play and pause, steps from event to event. */
export class TimeBar {
  readonly root: HTMLElement;
  readonly #clock: PlayClock;
  readonly #book: NewsBook;
  readonly #words: Words;
  readonly #range: HTMLInputElement;
  readonly #marks = element('canvas', { class: 'marks', 'aria-hidden': 'true' });
  readonly #now = element('output', { class: 'now' });
  readonly #play: HTMLButtonElement;
  readonly #live: HTMLButtonElement;
  #drawn = '';

  constructor(clock: PlayClock, book: NewsBook, words: Words) {
    this.#clock = clock;
    this.#book = book;
    this.#words = words;
    this.#range = element('input', {
      type: 'range',
      min: 0,
      step: 100,
      'aria-label': words.timeline,
      oninput: () => clock.seek(Number(this.#range.value) * 1000),
    });
    this.#play = element('button', { class: 'icon', onclick: () => this.toggle() });
    this.#live = element('button', { class: 'live', onclick: () => clock.follow() }, words.live);
    const speed = element(
      'select',
      { 'aria-label': words.speed, onchange: () => void (clock.speed = Number(speed.value)) },
      ...SPEEDS.map((value) => element('option', { value, selected: value === 1 }, `${value}×`)),
    );
    this.root = element(
      'section',
      { class: 'time-bar', 'aria-label': words.timeline },
      element(
        'button',
        { class: 'icon', title: words.previousEvent, 'aria-label': words.previousEvent, onclick: () => this.step(-1) },
        icon('previous'),
      ),
      this.#play,
      element(
        'button',
        { class: 'icon', title: words.nextEvent, 'aria-label': words.nextEvent, onclick: () => this.step(1) },
        icon('next'),
      ),
      element('div', { class: 'track' }, this.#marks, this.#range),
      this.#now,
      speed,
      this.#live,
    );
  }

  /** Plays or pauses. */
  toggle(): void {
    if (this.#clock.isPlaying) this.#clock.pause();
    else this.#clock.isPlaying = true;
  }

  /** Goes to the next or the previous event. */
  step(direction: 1 | -1): void {
    const at = this.#clock.timeUs + BEFORE_US;
    const marks = this.#book.marks();
    const next =
      direction > 0
        ? marks.find(({ timeUs }) => timeUs > at + 100_000)
        : marks.findLast(({ timeUs }) => timeUs < at - 100_000);
    if (next) this.goTo(next.timeUs);
  }

  /** Shows what led to a moment. */
  goTo(timeUs: number): void {
    this.#clock.seek(timeUs - BEFORE_US);
    this.#clock.isPlaying = true;
  }

  show(fromUs: number, latestUs: number): void {
    const { timeUs, isLive, isPlaying } = this.#clock;
    const toUs = Math.max(latestUs, fromUs + LEAST_US);
    this.#range.min = String(Math.floor(fromUs / 1000));
    this.#range.max = String(Math.ceil(toUs / 1000));
    if (document.activeElement !== this.#range || isLive || isPlaying) this.#range.value = String(timeUs / 1000);
    this.#range.setAttribute('aria-valuetext', timeText(timeUs));
    this.#now.textContent = timeText(timeUs, true);
    this.#showPlaying(isPlaying);
    this.#live.classList.toggle('is-on', isLive);
    this.#live.setAttribute('aria-pressed', String(isLive));
    this.#drawMarks(fromUs, toUs);
  }

  #showPlaying(isPlaying: boolean): void {
    if (this.#play.dataset.playing === String(isPlaying)) return;
    this.#play.dataset.playing = String(isPlaying);
    const label = isPlaying ? this.#words.pause : this.#words.play;
    this.#play.setAttribute('aria-label', label);
    this.#play.title = label;
    this.#play.replaceChildren(icon(isPlaying ? 'pause' : 'play'));
  }

  #drawMarks(fromUs: number, toUs: number): void {
    const { clientWidth: width, clientHeight: height } = this.#marks;
    const key = `${this.#book.version}/${Math.floor(toUs / 1e6)}/${width}`;
    if (key === this.#drawn || width === 0) return;
    this.#drawn = key;
    this.#marks.width = width * devicePixelRatio;
    this.#marks.height = height * devicePixelRatio;
    const context = this.#marks.getContext('2d')!;
    context.scale(devicePixelRatio, devicePixelRatio);
    const style = getComputedStyle(this.#marks);
    for (const mark of this.#book.marks()) {
      context.fillStyle = style.getPropertyValue(`--mark-${mark.kind}`) || style.color;
      const x = ((mark.timeUs - fromUs) / (toUs - fromUs)) * width;
      const [top, tall] = ROWS[mark.kind];
      context.fillRect(Math.round(x) - 1, top * height, 2, tall * height);
    }
  }
}

/** Where marks stand by kind, so that they differ by more than colour: top and height as shares. */
const ROWS: Readonly<Record<Mark['kind'], readonly [number, number]>> = {
  take: [0.1, 0.32],
  'put-back': [0.58, 0.32],
  entry: [0, 0.15],
  exit: [0.85, 0.15],
  review: [0, 1],
  receipt: [0.3, 0.4],
  alert: [0.35, 0.3],
};
