import type { Cart, CartLine, Evidence, Rival } from '../../../engine/index.ts';
import type { CameraPlan } from '../../scenario/run.ts';
import { markOf, surenessOf } from '../confidence.ts';
import { element } from '../element.ts';
import type { Moment } from '../moment.ts';
import type { People } from '../people.ts';
import type { Prices } from '../prices.ts';
import type { Selection } from '../selection.ts';
import { type HandPath, handPaths } from '../shop/hand-paths.ts';
import type { NewsBook } from '../time/news-book.ts';
import type { RecentScenes } from '../time/recent-scenes.ts';
import { percentText, timeText, type Words } from '../words.ts';
import { HandStrips, handRows } from './hand-rows.ts';
import { otherwiseOf } from './otherwise.ts';
import { PLOT_AFTER_US, PLOT_BEFORE_US, WeightPlot } from './weight-plot.ts';

/** What may be asked of the rest of the page. */
export interface EvidenceActions {
  readonly goTo: (timeUs: number) => void;
  readonly visit: (xM: number, yM: number, zM: number) => void;
  /** Draws a change and the hands that were near it; null draws none. */
  readonly trace: (
    placeM: readonly [number, number, number] | null,
    paths: readonly HandPath[],
    isOwner: (onFloorM: readonly [number, number]) => boolean,
  ) => void;
}

interface Shown {
  readonly plot: WeightPlot;
  readonly strips: HandStrips;
  readonly evidence: Evidence;
  samples: number;
}

/** A track nearer to a body than this is its own, metres. */
const BODY_M = 0.6;
/** Who is less likely than this is no rival worth a ring. */
const LEAST_PROB = 0.02;

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
  readonly #cameras: readonly CameraPlan[];
  #plots: Shown[] = [];
  #shown = '';
  #traced = '';
  #rivals: ReadonlyMap<string, number> = new Map();

  constructor(
    parts: {
      people: People;
      prices: Prices;
      words: Words;
      selection: Selection;
      book: NewsBook;
      scenes: RecentScenes;
      cameras: readonly CameraPlan[];
    },
    actions: EvidenceActions,
  ) {
    this.#cameras = parts.cameras;
    this.#people = parts.people;
    this.#prices = parts.prices;
    this.#words = parts.words;
    this.#selection = parts.selection;
    this.#book = parts.book;
    this.#scenes = parts.scenes;
    this.#actions = actions;
  }

  /** Trips that may have done what is shown, and how likely. */
  get rivals(): ReadonlyMap<string, number> {
    return this.#rivals;
  }

  /** Shows the picked line as it stood at the moment; hides itself when none is picked. */
  show({ timeUs }: Moment): void {
    const { tripId, changeId } = this.#selection.picked;
    // Before it stood in the cart it is shown as it came to stand there: that is what one goes back to look at.
    const carts = tripId === null ? [] : [this.#book.cartAt(tripId, timeUs), this.#book.lastCart(tripId)];
    const lineOf = (one: Cart | null) =>
      one?.lines.find((row) => row.evidence.some((evidence) => evidence.changeId === changeId)) ?? null;
    const cart = carts.find((one) => lineOf(one) !== null) ?? null;
    const line = lineOf(cart);
    this.root.hidden = !cart || !line;
    if (!cart || !line) {
      this.#shown = '';
      this.#rivals = new Map();
      this.#trace(null);
      return;
    }
    const picked = line.evidence.find((one) => one.changeId === changeId)!;
    this.#trace(picked);
    const shown = JSON.stringify([cart.tripId, line]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#plots = [];
      this.#rivals = new Map(
        picked.rivals.flatMap(({ tripId: rival, prob }) =>
          rival !== null && prob >= LEAST_PROB ? [[rival, prob]] : [],
        ),
      );
      this.root.replaceChildren(...this.#contents(cart, line));
    }
    for (const row of this.#plots) this.#feed(row);
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
    const strips = new HandStrips(words);
    this.#plots.push({ plot, strips, evidence, samples: -1 });
    const otherwise = otherwiseOf(evidence, this.#prices, words);
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
        strips.root,
        element('p', {}, this.#sentence(evidence, sku)),
        // The engine's own sentences are English.
        evidence.why ? element('p', { class: 'quiet', lang: 'en' }, this.#named(evidence.why)) : null,
        element('h3', {}, words.whoElse),
        bars(evidence.rivals.map((rival) => [this.#rivalName(rival), rival.prob])),
        element('h3', {}, words.whatElse),
        bars(
          evidence.products.map(({ sku: other, count, prob }) => [
            `${count < 0 ? '−' : '+'}${Math.abs(count)} ${this.#prices.nameOf(other)}`,
            prob,
          ]),
        ),
        otherwise ? element('p', { class: 'quiet' }, otherwise) : null,
      ),
    ];
  }

  #sentence(evidence: Evidence, sku: string): string {
    const { deltaGrams, handDistanceM, scaleIds } = evidence;
    const weight = scaleIds.length > 0 ? this.#words.felt(Math.round(deltaGrams), this.#prices.gramsOf(sku)) : '';
    const hand = handDistanceM === null ? this.#words.noHand : this.#words.hand(Math.round(handDistanceM * 100));
    return `${weight} ${hand}`.trim();
  }

  /** The engine calls people by their trips. */
  #named(text: string): string {
    return text.replace(/\btrip-\d+\b/g, (tripId) => this.#rivalName({ tripId, prob: 1 }));
  }

  #rivalName({ tripId }: Rival): string {
    if (tripId === null) return this.#words.nobody;
    const cart = this.#book.lastCart(tripId);
    return cart ? this.#people.nameOf(cart) : this.#words.unknownShopper;
  }

  #feed(row: Shown): void {
    const { changeId, scaleIds, timeUs } = row.evidence;
    const change = this.#book.changes.get(changeId);
    const toUs = change?.toUs ?? timeUs;
    const samples = this.#scenes.samplesBetween(toUs - PLOT_BEFORE_US, toUs + PLOT_AFTER_US);
    if (scaleIds.length > 0) row.plot.show(samples, scaleIds, change?.fromUs ?? timeUs, toUs);
    if (!change || samples.length === row.samples) return;
    row.samples = samples.length;
    row.strips.show(handRows(samples, this.#cameras, change.inWorldM), toUs);
  }

  /** Draws the hands near a change, once all scenes around it are there. */
  #trace(evidence: Evidence | null): void {
    const change = evidence && this.#book.changes.get(evidence.changeId);
    if (!change) {
      if (this.#traced !== '') this.#actions.trace(null, [], () => false);
      this.#traced = '';
      return;
    }
    if (this.#traced === `${change.changeId}/all`) return;
    const { paths, isWhole } = handPaths(this.#scenes, change.inWorldM, change.fromUs, change.toUs);
    const key = `${change.changeId}/${isWhole ? 'all' : paths.length}`;
    if (key === this.#traced) return;
    this.#traced = key;
    const { tripId } = this.#selection.picked;
    this.#actions.trace(change.inWorldM, paths, (onFloorM) => this.#tripAt(onFloorM, change.toUs) === tripId);
  }

  /** The likeliest trip of the body that stood at a place. */
  #tripAt([xM, yM]: readonly [number, number], timeUs: number): string | null {
    const tracks = this.#scenes.tracksAt(timeUs);
    if (!tracks) return null;
    let best = -1;
    let bestM = BODY_M;
    tracks.trackIds.forEach((trackId, i) => {
      const away = Math.hypot(tracks.onFloorM[2 * i] - xM, tracks.onFloorM[2 * i + 1] - yM);
      if (away < bestM) [best, bestM] = [trackId, away];
    });
    const link = this.#book.linksAt(timeUs).find(({ trackId }) => trackId === best);
    return link?.trips.reduce((most, row) => (row.prob > most.prob ? row : most)).tripId ?? null;
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
