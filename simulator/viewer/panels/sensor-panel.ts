import type { LiveMessage } from '../../../api/live.ts';
import type { CameraPlan } from '../../scenario/run.ts';
import { element } from '../element.ts';
import type { LiveModel } from '../live-model.ts';
import type { Moment } from '../moment.ts';
import { type Coverage, coverageOf } from '../shop/coverage.ts';
import { drawCoverage } from '../shop/floor-plan.ts';
import type { ShopCanvas } from '../shop/shop-canvas.ts';
import type { NewsBook } from '../time/news-book.ts';
import type { RecentScenes } from '../time/recent-scenes.ts';
import { percentText, timeText, type Words } from '../words.ts';

/** Pictures are drawn this wide, pixels. */
const PICTURE_PX = 336;
/** Detections older than this are not of the picture any more, µs. */
const FRESH_US = 300_000;
/** Length of the strips of scales. */
const STRIP_US = 20e6;
const MOST_ALERTS = 5;
/** A sensor that said nothing for so long is marked as silent. */
const SILENT_US = 3e6;

/** What the sensors have: a camera's view with what it detected, strips of the scales that moved lately, who is silent. */
export class SensorPanel {
  readonly root = element('section', { class: 'sensors' });
  readonly #canvas: ShopCanvas;
  readonly #scenes: RecentScenes;
  readonly #model: LiveModel;
  readonly #words: Words;
  readonly #picture = element('canvas', { class: 'camera-picture', role: 'img' });
  readonly #caption = element('p', { class: 'quiet' });
  readonly #strips = element('ul', { class: 'strips' });
  readonly #choose: HTMLSelectElement;
  #camera: CameraPlan | undefined;
  readonly #book: NewsBook;
  readonly #faults = element('ul', { class: 'fault-list' });
  readonly #plan = element('canvas', { class: 'plan', width: 348, role: 'img' });
  readonly #covered = element('p', { class: 'quiet' });
  #coverage: Coverage | null = null;
  #faultsShown = '';
  #drawn = '';

  constructor(canvas: ShopCanvas, scenes: RecentScenes, book: NewsBook, model: LiveModel, words: Words) {
    this.#book = book;
    this.#canvas = canvas;
    this.#scenes = scenes;
    this.#model = model;
    this.#words = words;
    this.#camera = model.run.cameras[0];
    this.#picture.setAttribute('aria-label', words.camera);
    this.#choose = element(
      'select',
      { 'aria-label': words.camera, onchange: () => this.#pick(this.#choose.value) },
      ...model.run.cameras.map(({ id }) => element('option', { value: id }, id)),
    );
    const frusta = element('input', {
      type: 'checkbox',
      onchange: () => canvas.showFrusta(frusta.checked ? model.run.cameras : []),
    });
    this.root.append(
      element(
        'div',
        { class: 'row' },
        element('label', {}, `${words.camera} `, this.#choose),
        element('label', {}, frusta, ` ${words.frusta}`),
      ),
      this.#picture,
      this.#caption,
      element('h2', {}, words.scales),
      this.#strips,
      element('h2', {}, words.sensorFaults),
      this.#faults,
      element('h2', {}, words.coverage),
      this.#plan,
      this.#covered,
    );
    this.#plan.setAttribute('aria-label', words.coverage);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#showCoverage());
  }

  show({ timeUs }: Moment): void {
    const samples = this.#scenes.samplesBetween(timeUs - STRIP_US, timeUs);
    if (this.#camera) this.#showCamera(this.#camera, samples, timeUs);
    this.#showStrips(samples, timeUs);
    this.#showFaults(timeUs);
    if (!this.#coverage) this.#showCoverage();
  }

  /** Who is silent, and the engine's last alerts. */
  #showFaults(timeUs: number): void {
    const silent = [...this.#book.silentAt(timeUs)].map(([id, sinceUs]) =>
      this.#words.silentSince(id, timeText(sinceUs)),
    );
    const alerts = this.#book.alerts
      .filter((alert) => alert.timeUs <= timeUs)
      .slice(-MOST_ALERTS)
      .map((alert) => `${timeText(alert.timeUs)}  ${alert.what.about}: ${alert.what.text}`);
    const key = JSON.stringify([silent, alerts]);
    if (key === this.#faultsShown) return;
    this.#faultsShown = key;
    const rows = [
      ...silent.map((text) =>
        element('li', { class: 'is-silent' }, element('span', { 'aria-hidden': 'true' }, '⚠ '), text),
      ),
      ...(silent.length === 0 ? [element('li', {}, this.#words.noFaults)] : []),
      ...alerts.reverse().map((text) => element('li', { class: 'quiet', lang: 'en' }, text)),
    ];
    this.#faults.replaceChildren(...rows);
  }

  #showCoverage(): void {
    const { run } = this.#model;
    this.#coverage ??= coverageOf(run);
    const style = getComputedStyle(this.root);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    drawCoverage(this.#plan, run, this.#coverage, {
      floor: colour('--panel'),
      heat: colour('--sure'),
      fixture: colour('--quiet'),
      ink: colour('--ink'),
    });
    const floor = this.#coverage.cameras.filter((count) => count >= 0);
    const share = (least: number) => percentText(floor.filter((count) => count >= least).length / floor.length);
    this.#covered.textContent = `${this.#words.coverageSentence(share(1), share(2))} (${this.#words.coverageLegend(4)})`;
  }

  #pick(id: string): void {
    this.#camera = this.#model.run.cameras.find((plan) => plan.id === id);
  }

  #showCamera(plan: CameraPlan, samples: readonly LiveMessage[], timeUs: number): void {
    const height = Math.round((PICTURE_PX * plan.heightPx) / plan.widthPx);
    if (this.#picture.width !== PICTURE_PX || this.#picture.height !== height) {
      this.#picture.width = PICTURE_PX;
      this.#picture.height = height;
    }
    const seen = lastOf(samples, plan.id);
    // Drawing is dear where WebGL is done in software: not again what stands there already.
    const key = `${plan.id}/${timeUs}/${seen?.timeUs}/${this.#canvas.shownUs}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    const context = this.#picture.getContext('2d')!;
    this.#canvas.drawFrom(plan, context, PICTURE_PX, height);
    const isFresh = seen !== null && timeUs - seen.timeUs < FRESH_US;
    if (isFresh) {
      const scale = PICTURE_PX / plan.widthPx;
      circles(context, seen.headsInImagePx, scale, 9, '#d55e00');
      circles(context, seen.handsInImagePx, scale, 4, '#009e73');
    }
    const silent = seen === null || timeUs - seen.timeUs > SILENT_US;
    const text = silent
      ? this.#words.silent
      : this.#words.detected(seen.headsInImagePx.length / 2, seen.handsInImagePx.length / 2);
    this.#caption.textContent = `${plan.id}: ${text}`;
    this.#picture.setAttribute('aria-label', this.#caption.textContent);
  }

  #showStrips(samples: readonly LiveMessage[], timeUs: number): void {
    const byScale = new Map<string, number[]>();
    for (const { news } of samples as readonly (LiveMessage & { kind: 'news' })[]) {
      if (news.type !== 'scale') continue;
      const row = byScale.get(news.scaleId) ?? [];
      byScale.set(news.scaleId, row);
      news.grams.forEach((grams, i) => {
        row.push((news.timeUs - (news.grams.length - 1 - i) * news.periodUs - timeUs) / STRIP_US + 1, grams);
      });
    }
    const rows = [...byScale]
      .map(([id, points]) => ({ id, points, span: spanOf(points) }))
      .sort((a, b) => b.span - a.span)
      .slice(0, 8);
    this.#strips.replaceChildren(...rows.map(({ id, points, span }) => strip(id, points, span)));
  }
}

function lastOf(samples: readonly LiveMessage[], cameraId: string) {
  for (let i = samples.length - 1; i >= 0; i--) {
    const message = samples[i];
    if (message.kind === 'news' && message.news.type === 'camera' && message.news.cameraId === cameraId)
      return message.news;
  }
  return null;
}

function circles(
  context: CanvasRenderingContext2D,
  places: readonly number[],
  scale: number,
  radius: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  for (let i = 0; i < places.length; i += 2) {
    context.beginPath();
    context.arc(places[i] * scale, places[i + 1] * scale, radius, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** Most minus least of every second number, from the first on. */
function spanOf(points: readonly number[]): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < points.length; i += 2) {
    low = Math.min(low, points[i]);
    high = Math.max(high, points[i]);
  }
  return high - low;
}

/** One scale's last seconds as a line; the number is how far it moved. */
function strip(id: string, points: readonly number[], span: number): HTMLLIElement {
  const top = Math.max(...points.filter((_, i) => i % 2 === 1));
  const range = Math.max(20, span);
  const path = points.reduce(
    (text, value, i) =>
      i % 2 === 0
        ? `${text}${i === 0 ? 'M' : 'L'}${(value * 200).toFixed(1)} `
        : `${text}${(2 + ((top - value) / range) * 26).toFixed(1)} `,
    '',
  );
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 200 30');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return element(
    'li',
    {},
    element('span', { class: 'name' }, id),
    svg,
    element('span', { class: 'money' }, `${Math.round(span)} g`),
  );
}
