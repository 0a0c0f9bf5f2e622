import type { Cart, CartLine } from '../../../engine/index.ts';
import { markOf, surenessOf } from '../confidence.ts';
import { element } from '../element.ts';
import type { Moment } from '../moment.ts';
import type { People } from '../people.ts';
import type { Prices } from '../prices.ts';
import type { Selection } from '../selection.ts';
import { differenceOf, type TrueCart, type TrueCarts } from '../time/true-carts.ts';
import { moneyText, percentText, timeText, type Words } from '../words.ts';

/** Finished carts stay in the list this long, µs. */
const KEEP_US = 180e6;

/** Carts of those inside and of those who just left, as a list for eyes, keyboards and screen readers. */
export class CartList {
  readonly root = element('section', { class: 'cart-list', 'aria-labelledby': 'carts-title' });
  readonly #list = element('ol', { class: 'carts' });
  readonly #count = element('span', { class: 'count' });
  readonly #people: People;
  readonly #prices: Prices;
  readonly #words: Words;
  readonly #selection: Selection;
  readonly #truth: TrueCarts;
  /** Whether what people really have stands beside what the engine thinks. */
  showsTruth = false;
  readonly #rows = new Map<string, { readonly key: string; readonly row: HTMLLIElement }>();
  readonly #empty: HTMLLIElement;
  #timeUs = 0;

  constructor(people: People, prices: Prices, words: Words, selection: Selection, truth: TrueCarts) {
    this.#truth = truth;
    this.#people = people;
    this.#prices = prices;
    this.#words = words;
    this.#selection = selection;
    this.#empty = element('li', { class: 'empty' }, words.noCarts);
    this.root.append(element('h2', { id: 'carts-title' }, words.carts, ' ', this.#count), this.#list);
  }

  show({ carts, timeUs }: Moment): void {
    this.#timeUs = timeUs;
    const inside = carts.filter((cart) => cart.status === 'draft' && cart.exitedAtUs === null);
    const left = carts
      .filter((cart) => cart.exitedAtUs !== null && timeUs - cart.exitedAtUs < KEEP_US)
      .sort((a, b) => b.exitedAtUs! - a.exitedAtUs!);
    const { tripId } = this.#selection.picked;
    this.#count.textContent = String(inside.length);
    const rows = [...inside, ...left].map((cart) => this.#cached(cart, cart.tripId === tripId));
    if (rows.length === 0) rows.push(this.#empty);
    // Rows that stay where they are keep the keyboard's focus.
    const isSame = rows.length === this.#list.children.length && rows.every((row, i) => this.#list.children[i] === row);
    if (!isSame) this.#list.replaceChildren(...rows);
  }

  /** A cart's row, made anew only when it shows something else. */
  #cached(cart: Cart, isPicked: boolean): HTMLLIElement {
    const truth = this.showsTruth
      ? this.#truth.of(cart, Math.min(this.#timeUs, cart.exitedAtUs ?? this.#timeUs))
      : null;
    const { status, confidence, lines, exitedAtUs } = cart;
    const key = JSON.stringify([isPicked, status, confidence, lines, exitedAtUs, truth && [...truth]]);
    const known = this.#rows.get(cart.tripId);
    if (known?.key === key) return known.row;
    const row = this.#row(cart, isPicked);
    if (truth) row.append(this.#really(cart, truth));
    this.#rows.set(cart.tripId, { key, row });
    return row;
  }

  /** What the party really has, and whether the cart is right about it. */
  #really(cart: Cart, truth: TrueCart): HTMLParagraphElement {
    const { over, under } = differenceOf(cart, truth);
    const goods = [...truth].map(([sku, count]) => `${count}× ${this.#prices.nameOf(sku)}`).join(', ');
    const isRight = over + under === 0;
    return element(
      'p',
      { class: `really ${isRight ? 'is-right' : 'is-wrong'}` },
      element('i', { 'aria-hidden': 'true' }, isRight ? '✓' : '✗'),
      ` ${this.#words.really}: ${goods || this.#words.emptyCart}`,
    );
  }

  #row(cart: Cart, isPicked: boolean): HTMLLIElement {
    const { language, emptyCart } = this.#words;
    const sureness = surenessOf(cart.confidence);
    const head = element(
      'button',
      {
        class: 'cart-head',
        'aria-expanded': String(isPicked),
        onclick: () => this.#selection.pick({ tripId: isPicked ? null : cart.tripId, changeId: null }),
      },
      element('span', { class: 'who' }, this.#people.nameOf(cart)),
      element('span', { class: `badge is-${cart.status}` }, this.#words[cart.status]),
      element('span', { class: `sure is-${sureness}` }, `${markOf(sureness)} ${percentText(cart.confidence)}`),
      element('span', { class: 'money' }, moneyText(this.#prices.totalOf(cart), this.#prices.currency, language)),
    );
    const lines =
      cart.lines.length === 0
        ? element('p', { class: 'quiet' }, emptyCart)
        : element('ul', { class: 'lines' }, ...cart.lines.map((line) => this.#line(cart, line)));
    const times = element(
      'p',
      { class: 'quiet' },
      timeText(cart.enteredAtUs),
      cart.exitedAtUs === null ? ' –' : ` – ${timeText(cart.exitedAtUs)}`,
    );
    return element('li', { class: `cart${isPicked ? ' is-picked' : ''}` }, head, lines, times);
  }

  #line(cart: Cart, line: CartLine): HTMLLIElement {
    const { language, confidence, why } = this.#words;
    const sureness = surenessOf(line.confidence);
    const { value, unit } = line.quantity;
    const changeId = line.evidence.at(-1)?.changeId ?? null;
    return element(
      'li',
      {},
      element(
        'button',
        {
          class: `line is-${sureness}`,
          title: why,
          onclick: () => this.#selection.pick({ tripId: cart.tripId, changeId }),
        },
        element('i', { 'aria-hidden': 'true' }, markOf(sureness)),
        element('span', { class: 'quantity' }, unit === 'g' ? `${value} g` : `${value}×`),
        element('span', { class: 'name' }, this.#prices.nameOf(line.sku)),
        element('span', { class: 'sure' }, `${confidence[sureness]} ${percentText(line.confidence)}`),
        element(
          'span',
          { class: 'money' },
          moneyText(this.#prices.priceOf(line.sku, line.quantity), this.#prices.currency, language),
        ),
      ),
    );
  }
}
