import { element } from '../element.ts';
import type { LiveModel } from '../live-model.ts';
import type { FaultKind, PlayDoor } from '../play/play-door.ts';
import type { NewsBook } from '../time/news-book.ts';
import type { Words } from '../words.ts';

const ON_CAMERAS: readonly FaultKind[] = ['blind', 'freeze', 'fog'];
const ON_SCALES: readonly FaultKind[] = ['silence', 'shake'];
/** Alerts of so long ago are still shown beside the fault, µs. */
const RECENT_US = 60e6;

interface Struck {
  readonly timeUs: number;
  readonly about: string;
  readonly detail: string;
  readonly untilUs: number;
}

/** Breaks sensors on purpose, and shows what is broken and what the engine says about it. */
export class FaultDesk {
  readonly root = element('div', { class: 'fault-desk' });
  readonly #model: LiveModel;
  readonly #door: PlayDoor;
  readonly #book: NewsBook;
  readonly #words: Words;
  readonly #sensor: HTMLSelectElement;
  readonly #kind: HTMLSelectElement;
  readonly #list = element('ul', { class: 'struck' });
  readonly #said = element('p', { role: 'status' });
  #shown = '';

  constructor(model: LiveModel, door: PlayDoor, book: NewsBook, words: Words) {
    this.#model = model;
    this.#door = door;
    this.#book = book;
    this.#words = words;
    const text = words.faults;
    const options = (ids: readonly string[]) => ids.map((id) => element('option', { value: id }, id));
    const { cameras, scales } = model.run;
    this.#sensor = element(
      'select',
      { 'aria-label': text.sensor, onchange: () => this.#offer() },
      element('optgroup', { label: text.cameras }, ...options(cameras.map(({ id }) => id))),
      element('optgroup', { label: text.scales }, ...options(scales.map(({ id }) => id))),
    );
    this.#kind = element('select', { 'aria-label': text.kind });
    this.#offer();
    this.root.append(
      element('h2', {}, text.title),
      element('p', { class: 'quiet' }, text.hint),
      element(
        'div',
        { class: 'row' },
        this.#sensor,
        this.#kind,
        element('button', { onclick: () => this.#break() }, text.break),
      ),
      this.#said,
      this.#list,
    );
  }

  show(timeUs: number): void {
    const struck = this.#book.truth.filter(
      (event) => event.kind === 'intervention' && event.what === 'fault' && event.timeUs <= timeUs,
    ) as unknown as Struck[];
    const active = struck.filter(({ untilUs }) => untilUs > timeUs);
    const alerts = this.#book.alerts.filter((alert) => alert.timeUs <= timeUs && timeUs - alert.timeUs < RECENT_US);
    const key = JSON.stringify([active.map((one) => [one, secondsLeft(one, timeUs)]), alerts.length]);
    if (key === this.#shown) return;
    this.#shown = key;
    const { faults } = this.#words;
    this.#list.replaceChildren(
      ...active.map((one) =>
        element(
          'li',
          {},
          element('span', { class: 'badge is-review' }, faults.kinds[one.detail as FaultKind] ?? one.detail),
          element('span', {}, one.about),
          element('span', { class: 'quiet' }, faults.left(secondsLeft(one, timeUs))),
        ),
      ),
      ...alerts
        .slice(-5)
        .map(({ what }) => element('li', { class: 'quiet' }, `${faults.engine} ${what.about}: ${what.text}`)),
    );
  }

  /** Faults that the chosen sensor can suffer. */
  #offer(): void {
    const isCamera = this.#model.run.cameras.some(({ id }) => id === this.#sensor.value);
    const kinds = isCamera ? ON_CAMERAS : ON_SCALES;
    this.#kind.replaceChildren(
      ...kinds.map((kind) => element('option', { value: kind }, this.#words.faults.kinds[kind])),
    );
  }

  async #break(): Promise<void> {
    this.#said.textContent = '';
    try {
      await this.#door.suffer(this.#kind.value as FaultKind, this.#sensor.value);
    } catch (error) {
      this.#said.textContent = (error as Error).message;
    }
  }
}

function secondsLeft({ untilUs }: Struck, timeUs: number): number {
  return Math.ceil((untilUs - timeUs) / 1e6);
}
