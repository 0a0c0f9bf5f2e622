import type { Cart, CartLine, Evidence, Rival } from '../../../engine/index.ts';
import { markOf, surenessOf } from '../confidence.ts';
import { element } from '../element.ts';
import type { Moment } from '../moment.ts';
import type { People } from '../people.ts';
import type { Prices } from '../prices.ts';
import type { Selection } from '../selection.ts';
import type { NewsBook } from '../time/news-book.ts';
import type { RecentScenes } from '../time/recent-scenes.ts';
import { percentText, timeText, type Words } from '../words.ts';
import { PLOT_AFTER_US, PLOT_BEFORE_US, WeightPlot } from './weight-plot.ts';

/** What may be asked of the rest of the page. */
export interface EvidenceActions {
  readonly goTo: (timeUs: number) => void;
  readonly visit: (xM: number, yM: number, zM: number) => void;
}

/** Why a line stands in a cart: what the scales felt, whose hand was near, who else it may have been, what else. */
export class EvidencePanel {
  readonly root = element('section', { class: 'evidence', 'aria-live': 'polite' });
  readonly #people: People;
  readonly #prices: Prices;
  readonly #words: Words;
  readonly #selection: Selection;
  readonly #book: NewsBook;
  readonly #scenes: RecentScenes;
  readonly #actions: EvidenceActions;
  #plots: { readonly plot: WeightPlot; readonly evidence: Evidence }[] = [];
  #shown = '';

  constructor(
    parts: { people: People; prices: Prices; words: Words; selection: Selection; book: NewsBook; scenes: RecentScenes },
    actions: EvidenceActions,
  ) {
    this.#people = parts.people;
    this.#prices = parts.prices;
    this.#words = parts.words;
    this.#selection = parts.selection;
    this.#book = parts.book;
    this.#scenes = parts.scenes;
    this.#actions = actions;
  }

  /** Shows the picked line as it stood at the moment; hides itself when none is picked. */
  show({ timeUs }: Moment): void {
    const { tripId, changeId } = this.#selection.picked;
    const cart = tripId === null ? null : (this.#book.cartAt(tripId, timeUs) ?? this.#book.lastCart(tripId));
    const line = cart?.lines.find((row) => row.evidence.some((one) => one.changeId === changeId)) ?? null;
    this.root.hidden = !cart || !line;
    if (!cart || !line) {
      this.#shown = '';
      return;
    }
    const shown = JSON.stringify([cart.tripId, line]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#plots = [];
      this.root.replaceChildren(...this.#contents(cart, line));
    }
    for (const { plot, evidence } of this.#plots) this.#feed(plot, evidence);
  }

  #contents(cart: Cart, line: CartLine): Node[] {
    const words = this.#words;
    const sureness = surenessOf(line.confidence);
    const quantity = line.quantity.unit === 'g' ? `${line.quantity.value} g` : `${line.quantity.value} ×`;
    return [
      element(
        'button',
        { class: 'back', onclick: () => this.#selection.pick({ tripId: cart.tripId, changeId: null }) },
        `← ${words.back}`,
      ),
      element('h2', {}, `${quantity} ${this.#prices.nameOf(line.sku)}`),
      element(
        'p',
        { class: `sure is-${sureness}` },
        `${markOf(sureness)} ${words.confidence[sureness]}, ${percentText(line.confidence)} · ${this.#people.nameOf(cart)}`,
      ),
      ...line.evidence.flatMap((evidence) => this.#event(evidence, line.sku)),
    ];
  }

  #event(evidence: Evidence, sku: string): Node[] {
    const words = this.#words;
    const change = this.#book.changes.get(evidence.changeId);
    const plot = new WeightPlot(words.weight);
    if (evidence.scaleIds.length > 0) this.#plots.push({ plot, evidence });
    const verb = evidence.quantity > 0 ? words.marks.take : words.marks['put-back'];
    const place = evidence.slotId ?? evidence.shelfId;
    return [
      element(
        'article',
        { class: 'event' },
        element(
          'div',
          { class: 'event-head' },
          element('b', {}, `${Math.abs(evidence.quantity)} × ${verb}`),
          element('span', { class: 'quiet' }, `${place} · ${timeText(evidence.timeUs, true)}`),
          element(
            'button',
            {
              onclick: () => {
                this.#actions.goTo(evidence.timeUs);
                if (change) this.#actions.visit(...change.inWorldM);
              },
            },
            words.showMe,
          ),
        ),
        evidence.scaleIds.length > 0 ? plot.root : null,
        element('p', {}, this.#sentence(evidence, sku)),
        element('h3', {}, words.whoElse),
        bars(evidence.rivals.map((rival) => [this.#rivalName(rival), rival.prob])),
        element('h3', {}, words.whatElse),
        bars(
          evidence.products.map(({ sku: other, count, prob }) => [
            `${count < 0 ? '−' : '+'}${Math.abs(count)} ${this.#prices.nameOf(other)}`,
            prob,
          ]),
        ),
      ),
    ];
  }

  #sentence(evidence: Evidence, sku: string): string {
    const { deltaGrams, handDistanceM, scaleIds } = evidence;
    const weight = scaleIds.length > 0 ? this.#words.felt(Math.round(deltaGrams), this.#prices.gramsOf(sku)) : '';
    const hand = handDistanceM === null ? this.#words.noHand : this.#words.hand(Math.round(handDistanceM * 100));
    return `${weight} ${hand}`.trim();
  }

  #rivalName({ tripId }: Rival): string {
    if (tripId === null) return this.#words.nobody;
    const cart = this.#book.lastCart(tripId);
    return cart ? this.#people.nameOf(cart) : this.#words.unknownShopper;
  }

  #feed(plot: WeightPlot, { changeId, scaleIds, timeUs }: Evidence): void {
    const change = this.#book.changes.get(changeId);
    const toUs = change?.toUs ?? timeUs;
    const samples = this.#scenes.samplesBetween(toUs - PLOT_BEFORE_US, toUs + PLOT_AFTER_US);
    plot.show(samples, scaleIds, change?.fromUs ?? timeUs, toUs);
  }
}

/** Names with their probabilities as bars, best first; what is below half a percent is left out. */
function bars(rows: readonly (readonly [string, number])[]): HTMLUListElement {
  const worth = rows.filter(([, prob]) => prob >= 0.005).sort((a, b) => b[1] - a[1]);
  return element(
    'ul',
    { class: 'bars' },
    ...worth.map(([name, prob]) =>
      element(
        'li',
        {},
        element('span', { class: 'name' }, name),
        element('span', { class: 'bar', style: `--share: ${prob}` }),
        element('span', { class: 'money' }, percentText(prob)),
      ),
    ),
  );
}
