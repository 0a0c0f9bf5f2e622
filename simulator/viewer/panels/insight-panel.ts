import type { Cart } from '../../../engine/index.ts';
import { element } from '../element.ts';
import type { LiveModel } from '../live-model.ts';
import type { Moment } from '../moment.ts';
import type { Prices } from '../prices.ts';
import { drawDwell, drawFlows } from '../shop/floor-plan.ts';
import type { FloorUse } from '../shop/floor-use.ts';
import type { NewsBook } from '../time/news-book.ts';
import { differenceOf, type TrueCarts } from '../time/true-carts.ts';
import { moneyText, percentText, timeText, type Words } from '../words.ts';

/** Slots shown in the table. */
const MAX_SLOTS = 8;
/** Bins of the reliability diagram. */
const BINS = 5;

/** Numbers of the shop so far: baskets, dwell, what is taken and put back, and how right the carts were. */
export class InsightPanel {
  readonly root = element('section', { class: 'insights' });
  readonly #model: LiveModel;
  readonly #book: NewsBook;
  readonly #truth: TrueCarts;
  readonly #floor: FloorUse;
  readonly #prices: Prices;
  readonly #words: Words;
  readonly #plan = element('canvas', { class: 'plan', width: 348, role: 'img' });
  readonly #figures = element('dl', { class: 'figures' });
  readonly #slots = element('tbody');
  readonly #right = element('div');
  readonly #map: HTMLSelectElement;
  #shown = '';

  constructor(
    parts: {
      readonly model: LiveModel;
      readonly book: NewsBook;
      readonly truth: TrueCarts;
      readonly floor: FloorUse;
      readonly prices: Prices;
    },
    words: Words,
  ) {
    this.#model = parts.model;
    this.#book = parts.book;
    this.#truth = parts.truth;
    this.#floor = parts.floor;
    this.#prices = parts.prices;
    this.#words = words;
    this.#plan.setAttribute('aria-label', words.dwell);
    this.#map = element(
      'select',
      {
        'aria-label': words.mapOf,
        onchange: () => {
          this.#shown = '';
          this.#plan.setAttribute('aria-label', this.#map.selectedOptions[0].text);
        },
      },
      element('option', { value: 'dwell' }, words.dwell),
      element('option', { value: 'flows' }, words.flows),
    );
    this.root.append(
      this.#figures,
      element('div', { class: 'row map-row' }, this.#map),
      this.#plan,
      element('h2', {}, words.slots),
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element('tr', {}, ...words.slotColumns.map((text) => element('th', { scope: 'col' }, text))),
        ),
        this.#slots,
      ),
      this.#right,
    );
  }

  show(moment: Moment): void {
    const key = `${this.#book.version}/${Math.floor(moment.timeUs / 1e6)}`;
    if (key === this.#shown) return;
    this.#shown = key;
    const style = getComputedStyle(this.root);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const draw = this.#map.value === 'flows' ? drawFlows : drawDwell;
    draw(this.#plan, this.#model.run, this.#floor, {
      floor: colour('--panel'),
      heat: colour('--likely'),
      fixture: colour('--quiet'),
      ink: colour('--ink'),
    });
    const finished = moment.carts.filter((cart) => cart.exitedAtUs !== null && cart.status !== 'draft');
    this.#showFigures(moment, finished);
    this.#showSlots(moment.timeUs);
    if (this.#model.hasTruth) this.#showRight(finished);
  }

  #showFigures({ carts }: Moment, finished: readonly Cart[]): void {
    const { figures, language } = this.#words;
    const bought = finished.filter((cart) => cart.lines.length > 0);
    const units = (cart: Cart) =>
      cart.lines.reduce((n, { quantity }) => n + (quantity.unit === 'g' ? 1 : quantity.value), 0);
    const money = mean(bought.map((cart) => this.#prices.totalOf(cart)));
    const rows: (readonly [string, string])[] = [
      [figures.visits, String(carts.length)],
      [figures.buyers, finished.length === 0 ? '–' : percentText(bought.length / finished.length)],
      [figures.basket, money === null ? '–' : moneyText(money, this.#prices.currency, language)],
      [figures.units, mean(bought.map(units))?.toFixed(1) ?? '–'],
      [figures.stay, timeOrDash(mean(finished.map((cart) => cart.exitedAtUs! - cart.enteredAtUs)))],
      [
        figures.review,
        finished.length === 0
          ? '–'
          : percentText(finished.filter((cart) => cart.status === 'review').length / finished.length),
      ],
    ];
    this.#figures.replaceChildren(
      ...rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
    );
  }

  #showSlots(timeUs: number): void {
    const slots = new Map<string, { takes: number; returns: number }>();
    for (const claim of this.#book.claims) {
      if (claim.timeUs > timeUs) continue;
      const change = this.#book.changes.get(claim.changeId);
      const place = change?.slotId ?? change?.shelfId;
      if (!place) continue;
      const row = slots.get(place) ?? { takes: 0, returns: 0 };
      slots.set(place, row);
      if (claim.quantity > 0) row.takes += claim.quantity;
      else row.returns -= claim.quantity;
    }
    const rows = [...slots].sort((a, b) => b[1].takes - a[1].takes).slice(0, MAX_SLOTS);
    this.#slots.replaceChildren(
      ...rows.map(([place, { takes, returns }]) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, place),
          element('td', {}, String(takes)),
          element('td', {}, String(returns)),
        ),
      ),
    );
  }

  /** How right the finished carts were, and whether their probabilities meant something. */
  #showRight(finished: readonly Cart[]): void {
    const judged = finished.flatMap((cart) => {
      const truth = this.#truth.of(cart, cart.exitedAtUs!);
      return truth ? [{ confidence: cart.confidence, ...differenceOf(cart, truth) }] : [];
    });
    if (judged.length === 0) {
      this.#right.replaceChildren();
      return;
    }
    const exact = judged.filter(({ over, under }) => over + under === 0);
    const words = this.#words.right;
    this.#right.replaceChildren(
      element('h2', {}, words.title),
      element('p', {}, words.sentence(exact.length, judged.length, sum(judged, 'over'), sum(judged, 'under'))),
      reliability(judged, words),
    );
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

function sum(rows: readonly { over: number; under: number }[], key: 'over' | 'under'): number {
  return rows.reduce((total, row) => total + row[key], 0);
}

function timeOrDash(us: number | null): string {
  return us === null ? '–' : timeText(us);
}

/** Said against came true, in bins: dots on the diagonal are honest. */
function reliability(
  judged: readonly { readonly confidence: number; readonly over: number; readonly under: number }[],
  words: Words['right'],
): SVGSVGElement {
  const dots = Array.from({ length: BINS }, (_, bin) => {
    const rows = judged.filter(({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin);
    const said = mean(rows.map((row) => row.confidence));
    const true_ = mean(rows.map(({ over, under }) => Number(over + under === 0)));
    return said === null || true_ === null
      ? ''
      : `<circle cx="${said * 100}" cy="${100 - true_ * 100}" r="${2 + Math.min(5, Math.sqrt(rows.length))}"/>`;
  });
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '-4 -4 108 108');
  svg.setAttribute('class', 'reliability');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', words.plot);
  svg.innerHTML = `<path class="frame" d="M0 0V100H100"/><path class="honest" d="M0 100L100 0"/>${dots.join('')}`;
  return svg;
}
