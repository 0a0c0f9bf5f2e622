import type { LiveMessage } from '../../api/live.ts';
import { element } from './element.ts';
import { fetchFloor, fetchModel, type LiveModel } from './live-model.ts';
import type { Moment, TrackedBody } from './moment.ts';
import { GatewayDesk } from './operations/gateway-desk.ts';
import { Announcer } from './panels/announcer.ts';
import { CartCards } from './panels/cart-cards.ts';
import { CartList } from './panels/cart-list.ts';
import { EvidencePanel } from './panels/evidence-panel.ts';
import { FaultBadges } from './panels/fault-badges.ts';
import { HelpDialog } from './panels/help-dialog.ts';
import { InsightPanel } from './panels/insight-panel.ts';
import { intro } from './panels/intro.ts';
import { OperationsPanel } from './panels/operations-panel.ts';
import { PacePicker } from './panels/pace-picker.ts';
import { PlayPanel } from './panels/play-panel.ts';
import { SensorPanel } from './panels/sensor-panel.ts';
import { Tabs } from './panels/tabs.ts';
import { TimeBar } from './panels/time-bar.ts';
import { People } from './people.ts';
import { PlayDoor } from './play/play-door.ts';
import { Prices } from './prices.ts';
import { Pursuit, type PursuitMode } from './pursuit.ts';
import { RecordingDrop } from './recording-drop.ts';
import { Selection } from './selection.ts';
import { FloorUse, type FloorUseSoFar } from './shop/floor-use.ts';
import { loadAtlas, ShopCanvas } from './shop/shop-canvas.ts';
import { LiveConnection } from './time/live-connection.ts';
import { NewsBook } from './time/news-book.ts';
import { PlayClock } from './time/play-clock.ts';
import { RecentScenes } from './time/recent-scenes.ts';
import { TrueCarts } from './time/true-carts.ts';
import type { Words } from './words.ts';

/** Panels of text need no more than this, ms. */
const PANEL_MS = 100;
/** Keys that open tabs. */
const TAB_KEYS: Readonly<Record<string, string>> = {
  ...{ c: 'carts', s: 'sensors', i: 'insights' },
  ...{ g: 'play', o: 'operations' },
};

/** Builds the page and starts it. Throws when the server does not answer. */
export async function openViewer(app: HTMLElement, words: Words): Promise<void> {
  const [model, floor, atlas] = await Promise.all([fetchModel(), fetchFloor(), loadAtlas()]);
  new Viewer(app, words, model, new ShopCanvas(model, atlas, isMotionReduced())).start(floor);
}

function isMotionReduced(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The page: messages in, one moment of the store out to everything that shows it. */
class Viewer {
  readonly #model: LiveModel;
  readonly #canvas: ShopCanvas;
  readonly #clock = new PlayClock();
  readonly #scenes = new RecentScenes();
  readonly #book = new NewsBook();
  readonly #selection = new Selection();
  readonly #connection: LiveConnection;
  readonly #cards: CartCards;
  readonly #list: CartList;
  readonly #evidence: EvidencePanel;
  readonly #sensors: SensorPanel;
  readonly #insights: InsightPanel;
  readonly #floor: FloorUse;
  readonly #faults: FaultBadges;
  readonly #play: PlayPanel | null;
  readonly #operations: OperationsPanel | null;
  readonly #pace: PacePicker;
  readonly #help: HelpDialog;
  readonly #pursuitButtons = new Map<PursuitMode, HTMLButtonElement>();
  readonly #tabs: Tabs;
  readonly #timeBar: TimeBar;
  readonly #pursuit: Pursuit;
  readonly #announcer: Announcer;
  readonly #truthButton: HTMLButtonElement;
  readonly #status = element('p', { class: 'status', role: 'status', 'aria-live': 'polite' });
  #lastMs = 0;
  #panelsMs = 0;

  constructor(app: HTMLElement, words: Words, model: LiveModel, canvas: ShopCanvas) {
    this.#model = model;
    this.#canvas = canvas;
    const prices = new Prices(model);
    const people = new People(this.#book, words);
    this.#cards = new CartCards(canvas, people, prices, words, this.#selection);
    const truth = new TrueCarts(this.#book.truth);
    this.#list = new CartList(people, prices, words, this.#selection, truth);
    this.#timeBar = new TimeBar(this.#clock, this.#book, words);
    this.#evidence = new EvidencePanel(
      {
        people,
        prices,
        words,
        selection: this.#selection,
        book: this.#book,
        scenes: this.#scenes,
        cameras: model.run.cameras,
      },
      {
        goTo: (timeUs) => this.#timeBar.goTo(timeUs),
        visit: (...place) => canvas.visit(...place),
        trace: (...what) => canvas.trace(...what),
      },
    );
    this.#sensors = new SensorPanel(canvas, this.#scenes, this.#book, model, words);
    this.#floor = new FloorUse(model.run.store.sizeM);
    this.#faults = new FaultBadges(canvas, this.#book, model.run, words);
    this.#insights = new InsightPanel({ model, book: this.#book, truth, floor: this.#floor, prices }, words);
    this.#connection = new LiveConnection(
      (message) => this.#take(message),
      (state) => void (this.#status.textContent = state === 'live' ? '' : words[state]),
    );
    const door = new PlayDoor(this.#connection);
    const goLive = () => this.#clock.follow();
    this.#play = model.canIntervene
      ? new PlayPanel({ model, canvas, door, book: this.#book, prices, words, goLive })
      : null;
    this.#operations = model.hasGateway
      ? new OperationsPanel({ model, book: this.#book, people, prices, words, desk: new GatewayDesk() })
      : null;
    this.#pace = new PacePicker(model, words, (...pace) => this.#connection.setPace(...pace));
    this.#help = new HelpDialog(words);
    this.#tabs = new Tabs(
      [
        { id: 'carts', title: words.carts, root: element('div', {}, this.#evidence.root, this.#list.root) },
        { id: 'sensors', title: words.sensors, root: this.#sensors.root },
        { id: 'insights', title: words.insights, root: this.#insights.root },
        ...(this.#play ? [{ id: 'play', title: words.playing.tab, root: this.#play.root }] : []),
        ...(this.#operations ? [{ id: 'operations', title: words.operating.tab, root: this.#operations.root }] : []),
      ],
      words.panels,
    );
    this.#pursuit = new Pursuit(canvas);
    this.#announcer = new Announcer(this.#book, people, prices, words);
    this.#truthButton = element(
      'button',
      { 'aria-pressed': 'false', title: words.truthHint, onclick: () => this.#toggleTruth() },
      words.truth,
    );
    const stage = element(
      'section',
      { class: 'stage', 'aria-label': words.overview },
      canvas.element,
      this.#faults.root,
      this.#cards.root,
    );
    const pursuitButton = (mode: PursuitMode, title: string, hint: string) => {
      const button = element(
        'button',
        {
          'aria-pressed': 'false',
          title: hint,
          onclick: () => {
            this.#pursuit.mode = this.#pursuit.mode === mode ? 'off' : mode;
            for (const [of, one] of this.#pursuitButtons)
              one.setAttribute('aria-pressed', String(of === this.#pursuit.mode));
          },
        },
        title,
      );
      this.#pursuitButtons.set(mode, button);
      return button;
    };
    const views = element(
      'div',
      { class: 'views' },
      element('button', { onclick: () => canvas.look('overview') }, words.overview),
      element('button', { onclick: () => canvas.look('plan') }, words.plan),
      pursuitButton('follow', words.follow, words.followHint),
      pursuitButton('eyes', words.eyes, words.eyesHint),
      model.hasTruth ? this.#truthButton : null,
    );
    const header = element(
      'header',
      {},
      element('h1', {}, words.title),
      element('p', { class: 'store' }, model.run.scenario),
    );
    header.append(this.#pace.root, this.#help.button);
    stage.append(views, this.#status, this.#announcer.root);
    if (this.#play) stage.append(this.#play.tip);
    if (model.takesRecordings)
      header.append(new RecordingDrop(words, (text) => void (this.#status.textContent = text)).root);
    const welcome = intro(words);
    if (welcome) stage.append(welcome);
    app.replaceChildren(header, stage, element('aside', {}, this.#tabs.root), this.#timeBar.root, this.#help.root);
    new ResizeObserver(() => canvas.resize(stage.clientWidth, stage.clientHeight)).observe(stage);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const paint = () => canvas.setBackground(getComputedStyle(app).getPropertyValue('--stage').trim());
    scheme.addEventListener('change', paint);
    paint();
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  start(floor: FloorUseSoFar): void {
    this.#floor.restore(floor);
    this.#clock.timeUs = this.#model.nowUs;
    this.#scenes.latestUs = this.#model.nowUs;
    // `?at=40`: a moment to look at, in seconds.
    const at = Number(new URLSearchParams(location.search).get('at') ?? Number.NaN);
    if (at >= 0) {
      this.#clock.seek(at * 1e6);
      this.#clock.pause();
    }
    this.#connection.open();
    requestAnimationFrame((ms) => this.#frame(ms));
  }

  #toggleTruth(): void {
    this.#list.showsTruth = !this.#list.showsTruth;
    this.#truthButton.setAttribute('aria-pressed', String(this.#list.showsTruth));
  }

  #take(message: LiveMessage): void {
    if (message.kind === 'stock') this.#canvas.stock(message.firstRow, message.rows);
    else if (message.kind !== 'news') {
      this.#scenes.take(message);
      if (message.kind === 'tracks') this.#floor.add(message.timeUs, message.trackIds, message.onFloorM);
    } else if (message.news.type === 'scale' || message.news.type === 'camera') this.#scenes.take(message);
    else this.#book.take(message.news);
  }

  #frame(ms: number): void {
    const elapsedMs = Math.min(250, ms - this.#lastMs);
    this.#lastMs = ms;
    this.#clock.advance(elapsedMs, this.#scenes.latestUs, this.#pace.speed);
    const snapshot = this.#scenes.sceneAt(this.#clock.timeUs);
    if (snapshot) this.#canvas.show(snapshot);
    const moment = this.#moment();
    const { tripId } = this.#selection.picked;
    this.#canvas.mark(moment.bodies, tripId, this.#evidence.rivals);
    this.#pursuit.show(snapshot, moment.bodies, tripId);
    this.#play?.frame(snapshot, this.#tabs.isOpen('play'));
    if (ms - this.#panelsMs >= PANEL_MS) {
      this.#panelsMs = ms;
      this.#announcer.show(moment.timeUs);
      this.#evidence.show(moment);
      this.#list.root.hidden = !this.#evidence.root.hidden;
      this.#list.show(moment);
      if (this.#tabs.isOpen('sensors')) this.#sensors.show(moment);
      if (this.#tabs.isOpen('insights')) this.#insights.show(moment);
      if (this.#tabs.isOpen('play') || this.#play?.isBeing) this.#play?.show(moment);
      if (this.#tabs.isOpen('operations')) this.#operations?.show(moment);
      this.#timeBar.show(this.#model.fromUs ?? 0, this.#scenes.latestUs);
    }
    this.#canvas.draw(elapsedMs);
    this.#cards.show(moment);
    this.#faults.show(moment.timeUs);
    requestAnimationFrame((next) => this.#frame(next));
  }

  #moment(): Moment {
    const { timeUs, isLive, isPlaying } = this.#clock;
    const carts = this.#book.cartsAt(timeUs);
    const links = this.#book.linksAt(timeUs);
    const tracks = this.#scenes.tracksAt(timeUs);
    const bodies = Array.from(tracks?.trackIds ?? [], (trackId, i): TrackedBody => {
      const link = links.find((row) => row.trackId === trackId) ?? null;
      const tripId = link?.trips.reduce((best, row) => (row.prob > best.prob ? row : best)).tripId ?? null;
      const cart = carts.find((row) => row.tripId === tripId) ?? null;
      return { trackId, xM: tracks!.onFloorM[2 * i], yM: tracks!.onFloorM[2 * i + 1], link, cart };
    });
    return { timeUs, isLive, isPlaying, bodies, carts };
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.#help.root.open) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) this.#timeBar.toggle();
    else if (event.key === 'n') this.#timeBar.step(1);
    else if (event.key === 'p') this.#timeBar.step(-1);
    else if (event.key === 'l') this.#clock.follow();
    else if (event.key === '1') this.#canvas.look('overview');
    else if (event.key === '2') this.#canvas.look('plan');
    else if (event.key === 't' && this.#model.hasTruth) this.#toggleTruth();
    else if (event.key === '?') this.#help.show();
    else if (event.key === 'f' || event.key === 'e')
      this.#pursuitButtons.get(event.key === 'f' ? 'follow' : 'eyes')?.click();
    else if (event.key in TAB_KEYS) this.#tabs.open(TAB_KEYS[event.key]);
    else if (event.key === 'Escape') this.#selection.pick({ tripId: null, changeId: null });
    else return;
    event.preventDefault();
  }
}
