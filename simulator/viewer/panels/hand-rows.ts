import { Vector3 } from 'three';
import type { LiveMessage } from '../../../api/live.ts';
import type { CameraPlan } from '../../scenario/run.ts';
import { element } from '../element.ts';
import { cameraEye } from '../shop/camera-eye.ts';
import type { Words } from '../words.ts';
import { PLOT_AFTER_US, PLOT_BEFORE_US } from './weight-plot.ts';

/** A hand detected this near to where a place stands in the picture may be at it, metres at the place's depth. */
const NEAR_M = 0.3;

/** When one camera saw a hand at a place. */
export interface HandRow {
  readonly cameraId: string;
  readonly timesUs: readonly number[];
}

/** Per camera that has a place in its picture, when it detected a hand there. */
export function handRows(
  samples: readonly LiveMessage[],
  cameras: readonly CameraPlan[],
  placeM: readonly [number, number, number],
): HandRow[] {
  const rows: HandRow[] = [];
  for (const plan of cameras) {
    const spot = placeInPicture(plan, placeM);
    if (!spot) continue;
    const timesUs: number[] = [];
    for (const message of samples) {
      if (message.kind !== 'news' || message.news.type !== 'camera' || message.news.cameraId !== plan.id) continue;
      const { handsInImagePx: hands } = message.news;
      for (let i = 0; i < hands.length; i += 2) {
        if (Math.hypot(hands[i] - spot.uPx, hands[i + 1] - spot.vPx) > spot.nearPx) continue;
        timesUs.push(message.timeUs);
        break;
      }
    }
    rows.push({ cameraId: plan.id, timesUs });
  }
  return rows;
}

/** Where a place stands in a camera's picture, without the lens's distortion; null outside it. */
function placeInPicture(plan: CameraPlan, placeM: readonly [number, number, number]) {
  const eye = cameraEye(plan);
  const place = new Vector3(...placeM);
  const depthM = -place.clone().applyMatrix4(eye.matrixWorldInverse).z;
  const { x, y } = place.project(eye);
  if (depthM <= 0 || Math.abs(x) > 1 || Math.abs(y) > 1) return null;
  const focalPx = plan.widthPx / 2 / Math.tan(plan.hfovRad / 2);
  return {
    uPx: ((x + 1) / 2) * plan.widthPx,
    vPx: ((1 - y) / 2) * plan.heightPx,
    nearPx: (NEAR_M * focalPx) / depthM,
  };
}

/** A strip per camera on the time axis of the weight plot: hands in and out of the place. */
export class HandStrips {
  readonly root: HTMLElement;
  readonly #list = element('ul', { class: 'hand-rows' });
  readonly #words: Words;
  #shown = '';

  constructor(words: Words) {
    this.#words = words;
    this.root = element('div', { hidden: true }, element('h3', {}, words.handsSeen), this.#list);
  }

  /** `toUs`: end of the change, where the plot has its 0. */
  show(rows: readonly HandRow[], toUs: number): void {
    const key = JSON.stringify(rows);
    if (key === this.#shown) return;
    this.#shown = key;
    this.root.hidden = rows.length === 0;
    this.#list.replaceChildren(
      ...rows.map(({ cameraId, timesUs }) => {
        const span = PLOT_BEFORE_US + PLOT_AFTER_US;
        const bars = timesUs.map((timeUs) => `M${((timeUs - toUs + PLOT_BEFORE_US) / span) * 200} 0v10`).join('');
        const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
        svg.setAttribute('viewBox', '0 0 200 10');
        svg.setAttribute('preserveAspectRatio', 'none');
        svg.setAttribute('role', 'img');
        const [first, last] = [timesUs[0], timesUs.at(-1)];
        const text =
          first === undefined || last === undefined
            ? this.#words.noHandSeen
            : this.#words.handSeen(((first - toUs) / 1e6).toFixed(1), ((last - toUs) / 1e6).toFixed(1));
        svg.setAttribute('aria-label', text);
        svg.innerHTML = `<path d="${bars}"/>`;
        return element('li', { title: text }, element('span', { class: 'name' }, cameraId), svg);
      }),
    );
  }
}
