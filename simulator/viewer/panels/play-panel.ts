import { element } from '../element.ts';
import type { LiveModel } from '../live-model.ts';
import type { Moment } from '../moment.ts';
import { Guest } from '../play/guest.ts';
import type { GuestOrder, PlayDoor } from '../play/play-door.ts';
import { type SlotHit, SlotPicker } from '../play/slot-picker.ts';
import { WalkingKeys } from '../play/walking-keys.ts';
import type { Prices } from '../prices.ts';
import type { ShopCanvas } from '../shop/shop-canvas.ts';
import type { NewsBook } from '../time/news-book.ts';
import type { Words } from '../words.ts';
import { FaultDesk } from './fault-desk.ts';

/** A pointer that moved less than this between down and up has clicked, CSS pixels. */
const CLICK_PX = 5;
/** A hand is held out to places no further from the feet than this, metres. */
const REACH_M = 1.5;

export interface PlayParts {
  readonly model: LiveModel;
  readonly canvas: ShopCanvas;
  readonly door: PlayDoor;
  readonly book: NewsBook;
  readonly prices: Prices;
  readonly words: Words;
  /** Brings the page to the present, where the store can be acted on. */
  readonly goLive: () => void;
}

/** Acting on the store: a shopper of one's own, told what to take or walked by hand, and sensors that fail. */
export class PlayPanel {
  readonly root = element('section', { class: 'play' });
  readonly #parts: PlayParts;
  readonly #picker: SlotPicker;
  readonly #keys = new WalkingKeys(document);
  readonly #faults: FaultDesk;
  readonly #send: HTMLButtonElement;
  readonly #be: HTMLButtonElement;
  readonly #leave: HTMLButtonElement;
  readonly #take: HTMLButtonElement;
  readonly #place: HTMLSelectElement;
  readonly #held = element('ul', { class: 'held' });
  readonly #status = element('p', { class: 'guest-status', role: 'status' });
  readonly #tip = element('div', { class: 'slot-tip', hidden: true });
  #guest: Guest | null = null;
  /** Goods that the next click on a shelf puts there. */
  #armed: string | null = null;
  #heldShown = '';
  #down: readonly [number, number] | null = null;
  #pointer: readonly [number, number] | null = null;
  #isOpen = false;

  constructor(parts: PlayParts) {
    this.#parts = parts;
    const { words, model, prices } = parts;
    const text = words.playing;
    this.#picker = new SlotPicker(model.run);
    this.#faults = new FaultDesk(model, parts.door, parts.book, words);
    this.#send = element('button', { class: 'main', onclick: () => this.#admit() }, text.send);
    this.#be = element(
      'button',
      { 'aria-pressed': 'false', title: text.beHint, onclick: () => this.#setBeing(!this.isBeing) },
      text.be,
    );
    this.#leave = element('button', { onclick: () => this.#order({ verb: 'leave' }) }, text.leave);
    this.#place = element(
      'select',
      { 'aria-label': text.place },
      ...this.#picker.slots.map(({ plan }) =>
        element('option', { value: plan.id }, `${prices.nameOf(plan.skus[0])} · ${plan.id}`),
      ),
    );
    this.#take = element('button', { onclick: () => this.#takeFrom(this.#place.value) }, text.take);
    this.root.append(
      element('h2', {}, text.title),
      element('p', { class: 'quiet' }, text.hint),
      element('div', { class: 'row' }, this.#send, this.#be, this.#leave),
      element('div', { class: 'row' }, this.#place, this.#take),
      this.#status,
      this.#held,
      this.#faults.root,
    );
    this.#listen();
    this.#update();
  }

  /** Walked by hand: the view stays with the guest. */
  get isBeing(): boolean {
    return this.#keys.isOn;
  }

  /** Where the pointer's tip belongs: above the picture. */
  get tip(): HTMLElement {
    return this.#tip;
  }

  /** To be shown every frame, whether its tab is open or not. */
  frame(snapshot: Float32Array | null, isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#point();
    const guest = this.#guest;
    const place = guest?.placeIn(snapshot) ?? null;
    if (!guest || !this.isBeing) return;
    const { canvas, door } = this.#parts;
    if (place) canvas.follow(place[0], place[1]);
    door.steer(guest.key, ...this.#keys.direction(...canvas.lookOnFloor()));
  }

  show({ timeUs }: Moment): void {
    this.#faults.show(timeUs);
    if (this.#guest?.follow(this.#parts.book.truth)) this.#update();
  }

  async #admit(): Promise<void> {
    const { door, model, goLive } = this.#parts;
    goLive();
    await this.#attempt(async () => {
      this.#guest = new Guest(await door.admit(), model);
    });
    this.#update();
  }

  /** Walks by hand, or stops doing so; a guest is called where there is none. */
  async #setBeing(isOn: boolean): Promise<void> {
    if (isOn && (this.#guest === null || this.#guest.stage === 'gone')) await this.#admit();
    this.#keys.isOn = isOn && this.#guest !== null;
    if (!this.#keys.isOn && this.#guest) {
      this.#parts.door.steer(this.#guest.key, 0, 0);
      this.#parts.door.reach(this.#guest.key, null);
    }
    if (this.#keys.isOn) {
      this.#parts.goLive();
      this.#parts.canvas.approach();
    }
    this.#update();
  }

  #takeFrom(slotId: string): void {
    const slot = this.#picker.slots.find(({ plan }) => plan.id === slotId);
    if (slot) this.#order({ verb: 'take', sku: slot.plan.skus[0], slot: slot.plan.id });
  }

  async #order(order: GuestOrder): Promise<void> {
    const guest = this.#guest;
    if (!guest) return;
    this.#parts.goLive();
    guest.trouble = null;
    if (order.verb === 'leave') this.#keys.isOn = false;
    await this.#attempt(() => this.#parts.door.order(guest.key, order));
    this.#update();
  }

  /** What the server says against it is shown in place of what the guest does. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (this.#guest) this.#guest.trouble = (error as Error).message;
      this.#status.textContent = (error as Error).message;
    }
  }

  #update(): void {
    const { words, prices } = this.#parts;
    const text = words.playing;
    const guest = this.#guest;
    const isHere = guest !== null && guest.stage !== 'gone';
    this.#send.disabled = isHere;
    this.#leave.disabled = !isHere;
    this.#take.disabled = !isHere;
    this.#be.setAttribute('aria-pressed', String(this.isBeing));
    if (guest?.stage === 'gone') this.#keys.isOn = false;
    this.#status.textContent =
      guest === null ? '' : guest.trouble ? text.trouble(guest.key, guest.trouble) : text.stage[guest.stage](guest.key);
    if (this.isBeing) this.#status.append(element('span', { class: 'quiet' }, ` ${text.keys}`));
    const key = JSON.stringify([guest?.held, this.#armed]);
    if (key === this.#heldShown) return;
    this.#heldShown = key;
    this.#held.replaceChildren(
      ...[...new Set(guest?.held ?? [])].map((sku) => {
        const count = guest!.held.filter((one) => one === sku).length;
        return element(
          'li',
          {},
          element('span', {}, `${count} × ${prices.nameOf(sku)}`),
          element('button', { onclick: () => this.#putBack(sku) }, text.putBack),
          element(
            'button',
            {
              'aria-pressed': String(this.#armed === sku),
              title: text.elsewhereHint,
              onclick: () => this.#arm(this.#armed === sku ? null : sku),
            },
            text.elsewhere,
          ),
        );
      }),
    );
  }

  #putBack(sku: string): void {
    const home = this.#picker.slots.find(({ plan }) => plan.skus.includes(sku));
    if (home) this.#order({ verb: 'putback', sku, slot: home.plan.id });
  }

  #arm(sku: string | null): void {
    this.#armed = sku;
    this.#update();
  }

  #listen(): void {
    const { element: picture } = this.#parts.canvas;
    picture.addEventListener('pointermove', ({ offsetX, offsetY }) => {
      this.#pointer = [offsetX, offsetY];
    });
    picture.addEventListener('pointerleave', () => {
      this.#pointer = null;
    });
    picture.addEventListener('pointerdown', ({ offsetX, offsetY, button }) => {
      this.#down = button === 0 ? [offsetX, offsetY] : null;
    });
    picture.addEventListener('pointerup', ({ offsetX, offsetY }) => {
      const down = this.#down;
      this.#down = null;
      const isClick = down && Math.hypot(offsetX - down[0], offsetY - down[1]) < CLICK_PX;
      if (isClick && this.#isOpen) this.#click(this.#hitAt(offsetX, offsetY));
    });
  }

  #click(hit: SlotHit | null): void {
    if (!hit || !this.#guest) return;
    const { plan } = hit.slot;
    this.#place.value = plan.id;
    const armed = this.#armed;
    if (armed !== null) {
      this.#order({ verb: 'putback', sku: armed, slot: plan.id });
      this.#arm(null);
    } else if (plan.skus.length > 0) this.#order({ verb: 'take', sku: plan.skus[0], slot: plan.id });
  }

  #hitAt(x: number, y: number): SlotHit | null {
    return this.#picker.hit(this.#parts.canvas.sightLine(x, y));
  }

  /** Shows which place the pointer is at, and holds the hand out to it. */
  #point(): void {
    const { canvas, prices, door } = this.#parts;
    const guest = this.#guest;
    const hit = this.#isOpen && guest && this.#pointer ? this.#hitAt(...this.#pointer) : null;
    canvas.outline(hit ? this.#picker.corners(hit.slot) : null);
    this.#tip.hidden = hit === null;
    if (hit && this.#pointer) {
      const { plan } = hit.slot;
      this.#tip.textContent = `${plan.skus.map((sku) => prices.nameOf(sku)).join(', ')} · ${plan.id}`;
      this.#tip.style.transform = `translate(${this.#pointer[0] + 14}px, ${this.#pointer[1] + 14}px)`;
    }
    if (!guest || !this.isBeing) return;
    const place = guest.placeIn(this.#parts.canvas.shown);
    const isNear = hit && place && Math.hypot(hit.atM[0] - place[0], hit.atM[1] - place[1]) < REACH_M;
    door.reach(guest.key, isNear ? hit.atM : null);
  }
}
