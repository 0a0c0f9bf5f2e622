import type { Run } from '../../scenario/run.ts';
import { Layout } from '../../world/layout.ts';
import { element } from '../element.ts';
import type { ShopCanvas } from '../shop/shop-canvas.ts';
import type { NewsBook } from '../time/news-book.ts';
import type { Words } from '../words.ts';

/** Badges in the picture where a sensor is silent, cameras at their place and scales at their shelf. */
export class FaultBadges {
  readonly root = element('div', { class: 'faults' });
  readonly #canvas: ShopCanvas;
  readonly #book: NewsBook;
  readonly #words: Words;
  readonly #places: ReadonlyMap<string, readonly [number, number, number]>;
  readonly #badges = new Map<string, HTMLElement>();

  constructor(canvas: ShopCanvas, book: NewsBook, run: Run, words: Words) {
    this.#canvas = canvas;
    this.#book = book;
    this.#words = words;
    this.#places = sensorPlaces(run);
  }

  show(timeUs: number): void {
    const silent = this.#book.silentAt(timeUs);
    for (const [id, badge] of this.#badges) {
      if (silent.has(id)) continue;
      badge.remove();
      this.#badges.delete(id);
    }
    for (const id of silent.keys()) {
      const place = this.#places.get(id);
      const at = place && this.#canvas.project(...place);
      const badge = this.#badgeOf(id);
      badge.hidden = !at;
      if (at) badge.style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px) translate(-50%, -50%)`;
    }
  }

  #badgeOf(id: string): HTMLElement {
    let badge = this.#badges.get(id);
    if (!badge) {
      const sign = element('span', { 'aria-hidden': 'true' }, '⚠');
      badge = element('span', { class: 'fault', title: `${id}: ${this.#words.silent}` }, sign, ` ${id}`);
      this.#badges.set(id, badge);
      this.root.append(badge);
    }
    return badge;
  }
}

/** Cameras, and the middle of the front edge of each scale's shelf. */
function sensorPlaces(run: Run): Map<string, readonly [number, number, number]> {
  const places = new Map<string, readonly [number, number, number]>(run.cameras.map(({ id, atM }) => [id, atM]));
  const shelves = new Map(
    new Layout(run).slots.map(({ fixture, shelf }) => [shelf.id, [...fixture.plan.atM, shelf.heightM] as const]),
  );
  for (const { id, shelfId } of run.scales) {
    const place = shelves.get(shelfId);
    if (place) places.set(id, place);
  }
  return places;
}
