import type { Claim } from '../../../engine/index.ts';
import { element } from '../element.ts';
import type { DecidedLine, GatewayDesk, OpenReview, ReviewLine } from '../operations/gateway-desk.ts';
import { decided, type RivalCart, rivalCarts } from '../operations/rival-carts.ts';
import type { Prices } from '../prices.ts';
import { moneyText, percentText, type Words } from '../words.ts';

export interface ReviewParts {
  readonly desk: GatewayDesk;
  readonly prices: Prices;
  readonly words: Words;
  readonly review: OpenReview;
  /** What the shopper is called. */
  readonly who: string;
  /** The engine's name of the visit, where it is known. */
  readonly engineTripId: string | null;
  readonly claims: readonly Claim[];
  /** Goods that may be added. */
  readonly skus: readonly string[];
}

/** One cart that waits for a person: the readings that compete, side by side, and a way to write down another. */
export class ReviewCard {
  readonly root = element('article', { class: 'review' });
  readonly #parts: ReviewParts;
  readonly #said = element('p', { role: 'status' });
  readonly #body = element('div', { class: 'rivals' });

  constructor(parts: ReviewParts) {
    this.#parts = parts;
    const { who, review, words } = parts;
    const text = words.operating.review;
    this.root.append(
      element('h3', {}, who, ' ', element('span', { class: 'badge is-review' }, words.review)),
      element('p', { class: 'quiet' }, text.reasons[review.reason as keyof typeof text.reasons] ?? review.reason),
      this.#body,
      this.#said,
    );
    void this.#load();
  }

  async #load(): Promise<void> {
    const { desk, review, claims, engineTripId, words } = this.#parts;
    try {
      const lines = await desk.linesOf(review.tripId);
      const text = words.operating.review;
      this.#body.replaceChildren(
        this.#column(text.engine, decided(lines), text.accept, null),
        ...rivalCarts(lines, claims, engineTripId).map((rival) => this.#rival(rival)),
      );
      this.#body.after(this.#form(lines));
    } catch (error) {
      this.#said.textContent = (error as Error).message;
    }
  }

  #rival(rival: RivalCart): HTMLElement {
    const { words, prices } = this.#parts;
    const text = words.operating.review;
    const title = text.rivals[rival.kind](prices.nameOf(rival.sku));
    return this.#column(title, rival.lines, text.takeThis, rival.prob);
  }

  #column(title: string, lines: readonly DecidedLine[], action: string, prob: number | null): HTMLElement {
    const { prices, words } = this.#parts;
    return element(
      'section',
      { class: 'rival' },
      element('h4', {}, title, prob === null ? null : element('span', { class: 'quiet' }, ` ${percentText(prob)}`)),
      element(
        'ul',
        {},
        ...(lines.length === 0 ? [element('li', { class: 'quiet' }, words.emptyCart)] : []),
        ...lines.map(({ sku, quantity }) => element('li', {}, `${quantity} × ${prices.nameOf(sku)}`)),
      ),
      element('p', { class: 'money' }, this.#total(lines)),
      element('button', { onclick: () => this.#book(lines) }, action),
    );
  }

  #total(lines: readonly DecidedLine[]): string {
    const { prices, words } = this.#parts;
    const minor = lines.reduce(
      (sum, { sku, quantity }) => sum + prices.priceOf(sku, { value: quantity, unit: 'each' }),
      0,
    );
    return moneyText(minor, prices.currency, words.language);
  }

  /** Quantities to be written by hand, and a product to be added. */
  #form(lines: readonly ReviewLine[]): HTMLElement {
    const { words, prices, skus } = this.#parts;
    const text = words.operating.review;
    const list = element('ul', { class: 'corrections' });
    const inputs = new Map<string, HTMLInputElement>();
    const add = (sku: string, quantity: number) => {
      if (inputs.has(sku)) return;
      const input = element('input', { type: 'number', min: 0, max: 999, value: quantity });
      inputs.set(sku, input);
      list.append(element('li', {}, element('label', {}, input, ` ${prices.nameOf(sku)}`)));
    };
    for (const { sku, quantity } of lines) add(sku, quantity.value);
    const more = element(
      'select',
      { 'aria-label': text.add, onchange: () => more.value && add(more.value, 1) },
      element('option', { value: '' }, text.add),
      ...skus.map((sku) => element('option', { value: sku }, prices.nameOf(sku))),
    );
    const book = () =>
      this.#book(
        [...inputs].map(([sku, input]) => ({ sku, quantity: Math.max(0, Math.round(input.valueAsNumber || 0)) })),
      );
    return element(
      'details',
      {},
      element('summary', {}, text.byHand),
      list,
      element('div', { class: 'row' }, more, element('button', { class: 'main', onclick: book }, text.book)),
    );
  }

  async #book(lines: readonly DecidedLine[]): Promise<void> {
    const { desk, review, words } = this.#parts;
    const buttons = this.root.querySelectorAll('button');
    for (const button of buttons) button.disabled = true;
    try {
      await desk.decide(
        review.id,
        lines.filter(({ quantity }) => quantity > 0),
      );
      this.#said.textContent = words.operating.review.done;
    } catch (error) {
      for (const button of buttons) button.disabled = false;
      this.#said.textContent = (error as Error).message;
    }
  }
}
