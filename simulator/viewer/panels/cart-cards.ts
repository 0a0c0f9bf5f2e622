import type { Cart } from '../../../engine/index.ts';
import { markOf, surenessOf } from '../confidence.ts';
import { element } from '../element.ts';
import type { Moment, TrackedBody } from '../moment.ts';
import type { People } from '../people.ts';
import type { Prices } from '../prices.ts';
import type { Selection } from '../selection.ts';
import type { ShopCanvas } from '../shop/shop-canvas.ts';
import { moneyText, percentText, type Words } from '../words.ts';

/** Cards float this far above the floor, metres. */
const HEIGHT_M = 2.05;
/** Lines on a card; the rest is a number. */
const MAX_LINES = 4;
/** A picture narrower than this has room for names and sums only, CSS pixels. */
const NARROW_PX = 560;
/** In a crowd only the nearest get a whole card. */
const MAX_WHOLE = 14;

/** A card with the cart over everyone's head. */
export class CartCards {
  readonly root = element('div', { class: 'cards' });
  readonly #cards = new Map<number, { readonly card: HTMLButtonElement; shown: string }>();
  readonly #canvas: ShopCanvas;
  readonly #people: People;
  readonly #prices: Prices;
  readonly #words: Words;
  readonly #selection: Selection;

  constructor(canvas: ShopCanvas, people: People, prices: Prices, words: Words, selection: Selection) {
    this.#canvas = canvas;
    this.#people = people;
    this.#prices = prices;
    this.#words = words;
    this.#selection = selection;
  }

  show({ bodies }: Moment): void {
    const seen = new Set<number>();
    const placed = bodies
      .map((body) => ({ body, at: this.#canvas.project(body.xM, body.yM, HEIGHT_M) }))
      .filter((row): row is { body: TrackedBody; at: readonly [number, number] } => row.at !== null)
      // Nearest to the eye last, on top.
      .sort((a, b) => a.at[1] - b.at[1]);
    const isNarrow = this.#canvas.element.clientWidth < NARROW_PX;
    const shown = nearestOfEach(placed.map(({ body }) => body));
    placed.forEach(({ body, at }, i) => {
      seen.add(body.trackId);
      const isPicked = body.cart !== null && body.cart.tripId === this.#selection.picked.tripId;
      const isWhole = isPicked || (!isNarrow && placed.length - i <= MAX_WHOLE && shown.has(body));
      const entry = this.#cardOf(body.trackId);
      this.#fill(entry, body, isWhole);
      entry.card.style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px) translate(-50%, -100%)`;
      entry.card.style.zIndex = String(i);
    });
    for (const [trackId, { card }] of this.#cards) {
      if (seen.has(trackId)) continue;
      card.remove();
      this.#cards.delete(trackId);
    }
  }

  #cardOf(trackId: number) {
    let entry = this.#cards.get(trackId);
    if (!entry) {
      const card = element('button', { class: 'card', tabindex: -1 });
      entry = { card, shown: '' };
      this.#cards.set(trackId, entry);
      this.root.append(card);
    }
    return entry;
  }

  #fill(entry: { readonly card: HTMLButtonElement; shown: string }, { cart }: TrackedBody, isWhole: boolean): void {
    const isPicked = cart !== null && cart.tripId === this.#selection.picked.tripId;
    const shown = JSON.stringify([cart?.tripId, cart?.lines, cart?.status, isWhole, isPicked]);
    if (shown === entry.shown) return;
    entry.shown = shown;
    entry.card.className = `card${isPicked ? ' is-picked' : ''}${isWhole ? '' : ' is-small'}`;
    entry.card.onclick = () => cart && this.#selection.pick({ tripId: cart.tripId, changeId: null });
    entry.card.replaceChildren(...(cart ? this.#contents(cart, isWhole) : [this.#words.unknownShopper]));
  }

  #contents(cart: Cart, isWhole: boolean): Node[] {
    const { language, emptyCart, confidence } = this.#words;
    const total = moneyText(this.#prices.totalOf(cart), this.#prices.currency, language);
    const head = element(
      'span',
      { class: 'card-head' },
      element('b', {}, this.#people.nameOf(cart)),
      element('span', { class: 'money' }, cart.lines.length > 0 ? total : ''),
    );
    if (!isWhole) return [head];
    if (cart.lines.length === 0) return [head, element('span', { class: 'quiet' }, emptyCart)];
    const lines = cart.lines.slice(-MAX_LINES).map((line) => {
      const sureness = surenessOf(line.confidence);
      const quantity = line.quantity.unit === 'g' ? `${line.quantity.value} g` : `${line.quantity.value}×`;
      return element(
        'span',
        { class: `card-line is-${sureness}`, title: `${confidence[sureness]}, ${percentText(line.confidence)}` },
        element('i', { 'aria-hidden': 'true' }, markOf(sureness)),
        `${quantity} ${this.#prices.nameOf(line.sku)}`,
      );
    });
    const more = cart.lines.length - lines.length;
    return [head, ...lines, ...(more > 0 ? [element('span', { class: 'quiet' }, `+ ${more}`)] : [])];
  }
}

/** Those who shop together have one cart: it is shown over one of them, the last in the list. */
function nearestOfEach(bodies: readonly TrackedBody[]): Set<TrackedBody> {
  const byTrip = new Map(bodies.map((body) => [body.cart?.tripId ?? body.trackId, body]));
  return new Set(byTrip.values());
}
