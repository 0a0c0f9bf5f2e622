import { Subject } from 'rxjs';
import { encodeLive, type LiveMessage, type LiveNews, packLive } from '../../api/live.ts';
import type { Cart, Engine, EngineOutput, Reading, Store } from '../../engine/index.ts';
import { packSnapshot } from '../../simulator/render/scene/packed-snapshot.ts';
import { ROW, type StockLog } from '../../simulator/render/scene/stock-log.ts';
import type { TruthEvent } from '../../simulator/truth.ts';
import { FloorUse, type FloorUseSoFar } from '../../simulator/viewer/shop/floor-use.ts';
import type { Intervention } from './interventions.ts';
import { LiveTimeline } from './live-timeline.ts';

/** Scenes per second that a watcher gets; the page draws what lies between. */
const SCENE_US = 66_667;
/** Drafts of carts, links and silent sensors are looked at this often. */
const DRAFT_US = 500_000;
/** A sensor that sends nothing for so long is told to be silent; no batch of samples takes longer. */
const SILENT_US = 3_000_000;

/**
 * Gets each message. `sensorId` names the scale or camera whose samples these are, null for what everyone wants. Tells by
 * its own means when it cannot keep up.
 */
export type LiveListener = (bytes: Uint8Array, kind: LiveMessage['kind'], sensorId: string | null) => void;

/** What watchers of a store are told, from the world (where it is a simulated one), its readings and the engine. */
export class LiveFeed {
  readonly timeline = new LiveTimeline();
  readonly #log: StockLog;
  readonly #messages = new Subject<Parameters<LiveListener>>();
  /** What a draft looked like when it was last told of. */
  readonly #told = new Map<string, string>();
  #stockRows = 0;
  #nextSceneUs = 0;
  #nextDraftUs = 0;
  #linksTold = '';
  #nowUs = 0;
  /** Cells of each scale unit. */
  readonly #cells: ReadonlyMap<string, number>;
  readonly #floor: FloorUse;
  /** Per camera and scale, when it was last heard of. */
  readonly #heardUs: Map<string, number>;
  readonly #silent = new Set<string>();

  /** `log`: where the scenes' stock stands. */
  constructor(store: Store, log: StockLog) {
    this.#log = log;
    this.#cells = new Map(store.scales.map((unit) => [unit.id, unit.cells.length]));
    this.#floor = new FloorUse(store.sizeM);
    this.#heardUs = new Map([...store.scales, ...store.cameras].map(({ id }) => [id, 0]));
  }

  /** The time that the feed has reached. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** Adds a listener; returns how to take it away. */
  listen(listener: LiveListener): () => void {
    const subscription = this.#messages.subscribe((message) => listener(...message));
    return () => subscription.unsubscribe();
  }

  /** Every row of stock so far, as one body of messages. */
  stock(): Uint8Array {
    return packLive([encodeLive(this.#stockSince(0))]);
  }

  /** How the floor was used from the beginning on. */
  floor(): FloorUseSoFar {
    return this.#floor.soFar();
  }

  /** Whether watchers should get a scene of this moment. */
  isSceneDue(timeUs: number): boolean {
    return timeUs >= this.#nextSceneUs;
  }

  /** Shows a moment, and what has changed on the shelves by then. */
  scene(timeUs: number, snapshot: Float32Array): void {
    this.#nextSceneUs = Math.max(this.#nextSceneUs + SCENE_US, timeUs - SCENE_US);
    this.#nowUs = timeUs;
    const bytes = packSnapshot(snapshot);
    const stock = this.#stockSince(this.#stockRows);
    if (stock.kind === 'stock' && stock.rows.length > 0) {
      this.#stockRows += stock.rows.length / ROW;
      this.#tell(stock, false);
    }
    this.#tell({ kind: 'scene', timeUs, bytes });
  }

  /** What really happened, and what watchers did to the store. */
  truth(event: TruthEvent | Intervention): void {
    this.#news({ type: 'truth', timeUs: event.timeUs, event: { ...event } });
  }

  /** Sensor traces, before the engine has them. */
  reading(reading: Reading): void {
    const { timeUs } = reading;
    if (this.#heardUs.has(reading.sensorId)) this.#heardUs.set(reading.sensorId, timeUs);
    if (reading.kind === 'scale') {
      const scaleId = reading.sensorId;
      const cells = this.#cells.get(scaleId);
      if (cells === undefined) return;
      const sampling = thinned(reading, cells);
      this.#sample(scaleId, { type: 'scale', timeUs, scaleId, ...sampling });
    } else if (reading.kind === 'detection') {
      const { headsInImagePx, handsInImagePx } = reading.detections;
      this.#sample(reading.sensorId, {
        type: 'camera',
        timeUs,
        cameraId: reading.sensorId,
        headsInImagePx: Array.from(headsInImagePx, Math.round),
        handsInImagePx: Array.from(handsInImagePx, Math.round),
      });
    }
  }

  /** What the engine put out, and how the carts of those inside stand. */
  outputs(outputs: readonly EngineOutput[], engine: Pick<Engine, 'drafts' | 'tripsOf'>): void {
    let trackIds: Int32Array | null = null;
    for (const output of outputs) {
      if (output.kind === 'tracks') {
        trackIds = output.tracks.trackIds;
        this.#floor.add(output.tracks.timeUs, trackIds, output.tracks.onFloorM);
        this.#tell({ ...output.tracks, kind: 'tracks' });
      } else if (output.kind === 'change')
        this.#news({ type: 'change', timeUs: output.change.toUs, change: output.change });
      else if (output.kind === 'claim') this.#news({ type: 'claim', timeUs: output.claim.timeUs, claim: output.claim });
      else if (output.kind === 'cart') this.#cart(output.cart, output.cart.finalAtUs ?? this.#nowUs);
      else if (output.kind === 'alert') this.alert(output.timeUs, output.about, output.text);
    }
    if (this.#nowUs < this.#nextDraftUs || trackIds === null) return;
    this.#nextDraftUs = this.#nowUs + DRAFT_US;
    this.#tellSilent();
    for (const cart of engine.drafts()) this.#cart(cart, this.#nowUs);
    const links = Array.from(trackIds, (trackId) => ({ trackId, trips: engine.tripsOf(trackId) }));
    const text = JSON.stringify(links);
    if (text === this.#linksTold) return;
    this.#linksTold = text;
    this.#news({ type: 'links', timeUs: this.#nowUs, links });
  }

  alert(timeUs: number, about: string, text: string): void {
    this.#news({ type: 'alert', timeUs, about, text });
  }

  /** Something the gateway did. */
  business(event: string, data: unknown): void {
    this.#news({ type: 'business', timeUs: this.#nowUs, event, data });
  }

  #tellSilent(): void {
    for (const [sensorId, heardUs] of this.#heardUs) {
      const isSilent = this.#nowUs - heardUs > SILENT_US;
      if (isSilent === this.#silent.has(sensorId)) continue;
      if (isSilent) this.#silent.add(sensorId);
      else this.#silent.delete(sensorId);
      this.#news({ type: 'silence', timeUs: this.#nowUs, sensorId, isSilent });
    }
  }

  /** Tells of a cart when it is another than last time. */
  #cart(cart: Cart, timeUs: number): void {
    const text = JSON.stringify([cart.status, cart.confidence.toFixed(3), cart.lines]);
    if (this.#told.get(cart.tripId) === text) return;
    this.#told.set(cart.tripId, text);
    if (cart.status !== 'draft') this.#told.delete(cart.tripId);
    this.#news({ type: 'cart', timeUs, cart });
  }

  #stockSince(firstRow: number): LiveMessage {
    const { shared, length } = this.#log;
    const rows = new Float32Array(shared, firstRow * ROW * 4, (length - firstRow) * ROW).slice();
    return { kind: 'stock', timeUs: this.#nowUs, firstRow, rows };
  }

  #news(news: LiveNews): void {
    const bytes = encodeLive({ kind: 'news', timeUs: news.timeUs, news });
    this.timeline.keep(news.timeUs, bytes, true);
    this.#send(bytes, 'news', null);
  }

  #sample(sensorId: string, news: LiveNews): void {
    const bytes = encodeLive({ kind: 'news', timeUs: news.timeUs, news });
    this.timeline.keep(news.timeUs, bytes, false);
    this.#send(bytes, 'news', sensorId);
  }

  #tell(message: LiveMessage, isKept = true): void {
    const bytes = encodeLive(message);
    if (isKept) this.timeline.keep(message.timeUs, bytes, false);
    this.#send(bytes, message.kind, null);
  }

  #send(bytes: Uint8Array, kind: LiveMessage['kind'], sensorId: string | null): void {
    this.#messages.next([bytes, kind, sensorId]);
  }
}

/** Loads of a whole unit at no more than about 15 Hz: means of so many samples as it takes. */
function thinned({ grams, periodUs }: Reading & { kind: 'scale' }, cells: number) {
  const samples = grams.length / cells;
  const every = Math.min(samples, Math.max(1, Math.round(SCENE_US / periodUs)));
  const means: number[] = [];
  for (let end = samples; end >= every; end -= every) {
    let sum = 0;
    for (let i = (end - every) * cells; i < end * cells; i++) sum += grams[i];
    means.unshift(Math.round((10 * sum) / every) / 10);
  }
  return { periodUs: periodUs * every, grams: means };
}
