import type { Evidence } from '../../engine/cart.ts';
import type { ChangeOutcome } from '../score/match-changes.ts';
import type { WrongLine } from '../score/wrong-lines.ts';
import { clock, percent, plain } from './figures.ts';
import { html, type Markup } from './markup.ts';

/** One wrong line: what was charged on what evidence, beside what really happened. */
export function wrongLineSection(line: WrongLine): Markup {
  const { shopper, sku, expected, got, confidence, status } = line;
  const sure = confidence === null ? 'no such line' : `confidence ${confidence.toFixed(2)}`;
  return html`<article><h3>${shopper ?? 'nobody'}: ${sku}, <span class="bad">charged ${got}, took ${expected}</span> <span class="note">${sure} · ${status ?? 'no cart'}</span></h3>
${evidenceTable(line.evidence)}${truthTable(line.changes)}</article>`;
}

function evidenceTable(evidence: readonly Evidence[]): Markup {
  if (evidence.length === 0) return html`<p class="note">The cart holds no evidence for this product.</p>`;
  const rows = evidence.map(
    (e) =>
      html`<tr><td>${clock(e.timeUs)}</td><td>${e.slotId ?? e.shelfId}</td><td class="number">${plain(e.deltaGrams, 4)} g</td><td class="number">${e.quantity}</td><td class="number">${e.handDistanceM === null ? 'not seen' : `${plain(e.handDistanceM, 2)} m`}</td><td>${e.rivals.map(({ tripId, prob }) => `${tripId ?? 'nobody'} ${percent(prob)}`).join(', ')}</td><td>${e.products.map(({ sku, count, prob }) => `${count} × ${sku} ${percent(prob)}`).join(', ')}</td></tr>`,
  );
  return html`<div class="wide"><table><thead><tr><th>evidence at</th><th>place</th><th class="number">weight</th><th class="number">items</th><th class="number">hand</th><th>who it may have been</th><th>what it may have been</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

const listed = (skus: Readonly<Record<string, number>>) =>
  Object.entries(skus)
    .map(([sku, count]) => `${count > 0 ? '+' : ''}${count} × ${sku}`)
    .join(', ');

function verdictOf(change: ChangeOutcome): string {
  if (change.changeId === null) return '✗ no change reported';
  if (!change.productRight) return `✗ taken for ${listed(change.claimed) || 'nothing'}`;
  return change.ownerRight ? '✓ right product and owner' : '✗ right product, wrong owner';
}

function truthTable(changes: readonly ChangeOutcome[]): Markup {
  if (changes.length === 0)
    return html`<p class="note">In truth nobody of this trip moved this product on a shelf.</p>`;
  const rows = changes.map(
    (change) =>
      html`<tr><td>${clock(change.timeUs)}</td><td>${change.shelfId}</td><td>${change.by}</td><td>${listed(change.skus)}</td><td>${verdictOf(change)}</td></tr>`,
  );
  return html`<div class="wide"><table><thead><tr><th>truth at</th><th>shelf</th><th>by</th><th>on the shelf</th><th>what the engine made of it</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
