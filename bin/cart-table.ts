import { styleText } from 'node:util';
import type { Cart } from '../engine/cart.ts';

/** Confidence as a mark a colour-blind reader can tell apart: ● sure, ◐ likely, ○ doubtful. */
export function confidenceMark(confidence: number): string {
  const text = confidence.toFixed(2);
  if (confidence >= 0.95) return styleText('green', `● ${text}`);
  if (confidence >= 0.75) return styleText('yellow', `◐ ${text}`);
  return styleText('red', `○ ${text}`);
}

/** One line per cart line, carts under their shopper, for a terminal. */
export function cartTable(carts: readonly Cart[]): string {
  const rows: string[] = [];
  const width = Math.max(8, ...carts.map((cart) => (cart.credential ?? 'unknown').length));
  for (const cart of carts) {
    const who = (cart.credential ?? 'unknown').padEnd(width);
    const head = `${who}  ${cart.status.padEnd(8)} ${confidenceMark(cart.confidence)}`;
    if (cart.lines.length === 0) rows.push(`${head}  (nothing)`);
    cart.lines.forEach((line, i) => {
      const lead = i === 0 ? head : `${' '.repeat(width)}  ${' '.repeat(8)} ${' '.repeat(6)}`;
      rows.push(
        `${lead}  ${String(line.quantity.value).padStart(2)} × ${line.sku}  ${confidenceMark(line.confidence)}`,
      );
    });
  }
  return rows.join('\n');
}
