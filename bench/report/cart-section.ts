import type { Cart } from '../../engine/cart.ts';
import type { RunResult, TripResult } from '../score/run-result.ts';
import { clock, percent } from './figures.ts';
import { html, type Markup } from './markup.ts';
import { skippedLines } from './skipped-lines.ts';

/** One run: verdict, what failed, and each cart with the truth beside it; open where something failed. */
export function runSection(result: RunResult): Markup {
  const { scenario, seed, attribution, verdict, failures, speed } = result;
  const skipped = skippedLines(result.skipped);
  const open = verdict === 'fail' ? html` open` : html``;
  const phantoms = result.carts.filter((cart) => !result.trips.some((trip) => trip.tripId === cart.tripId));
  return html`<details${open}><summary><span class="verdict ${verdict}">${verdict === 'pass' ? '✓ pass' : '✗ fail'}</span>
<strong>${scenario}</strong> <span class="note">seed ${seed} · ${attribution} · ${Math.round(speed.simulatedSeconds)} s at ${speed.realTimeFactor.toFixed(1)} × real time</span></summary>
${failures.length > 0 ? html`<ul class="bad">${failures.map((failure) => html`<li>${failure}</li>`)}</ul>` : null}
${skipped.length > 0 ? html`<ul>${skipped.map((line) => html`<li>${line}</li>`)}</ul>` : null}
<div class="wide"><table><thead><tr><th>shopper</th><th>status</th><th class="number">cart confidence</th><th>product</th><th class="number">charged</th><th class="number">taken</th><th class="number">confidence</th><th class="number">left</th><th class="number">receipt</th></tr></thead>
<tbody>${result.trips.map((trip) => tripRows(trip, result.carts.find((cart) => cart.tripId === trip.tripId) ?? null))}
${phantoms.map((cart) => tripRows(null, cart))}</tbody></table></div></details>`;
}

/** Confidence as a mark a colour-blind reader can tell apart. */
function confidence(value: number | undefined): string {
  if (value === undefined) return '–';
  return `${value >= 0.95 ? '●' : value >= 0.75 ? '◐' : '○'} ${value.toFixed(2)}`;
}

function nameOf(trip: TripResult | null, cart: Cart | null): string {
  if (trip?.shopper == null) return `nobody (trip ${cart?.tripId ?? '?'})`;
  const others = trip.members.filter((member) => member !== trip.shopper);
  const name = others.length > 0 ? `${trip.shopper} with ${others.join(', ')}` : trip.shopper;
  return trip.role === 'staff' ? `${name} (staff)` : name;
}

function tripRows(trip: TripResult | null, cart: Cart | null): Markup[] {
  const truth = new Map(trip?.lines.map(({ sku, count }) => [sku, count]));
  const charged = new Map(cart?.lines.map((line) => [line.sku, line]));
  const skus = [...new Set([...truth.keys(), ...charged.keys()])].sort();
  const rows = skus.length > 0 ? skus : [null];
  return rows.map((sku, i) => {
    const line = sku === null ? undefined : charged.get(sku);
    const unit = line?.quantity.unit === 'g' ? ' g' : '';
    const pred = line?.quantity.value ?? 0;
    const really = sku === null ? 0 : (truth.get(sku) ?? 0);
    const wrong = unit === '' && pred !== really && (trip === null || trip.scored);
    const head =
      i === 0
        ? html`<td>${nameOf(trip, cart)}</td><td>${cart?.status ?? 'no cart'}${trip && !trip.scored ? ', not scored' : ''}</td><td class="number">${confidence(cart?.confidence)}</td>`
        : html`<td></td><td></td><td></td>`;
    const times =
      i === 0
        ? html`<td class="number">${clock(trip?.exitedAtUs ?? null)}</td><td class="number">${clock(cart?.finalAtUs ?? null)}</td>`
        : html`<td></td><td></td>`;
    return html`<tr class="${wrong ? 'wrong' : ''}">${head}<td>${sku ?? '(nothing)'}${wrong ? ' ✗' : ''}</td><td class="number">${pred}${unit}</td><td class="number">${really}</td><td class="number">${confidence(line?.confidence)}</td>${times}</tr>`;
  });
}

/** The share of carts that are exact among those scored, in words. */
export function exactCarts(result: Pick<RunResult, 'counts'>): string {
  const { exact, carts } = result.counts;
  return carts === 0 ? 'no cart scored' : `${exact} of ${carts} carts exact (${percent(exact / carts)})`;
}
