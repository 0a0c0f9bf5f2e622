import { createHash } from 'node:crypto';
import type { Cart } from '../cart.ts';

/** SHA-256 (hex) over the carts as canonical JSON, sorted by trip; `finalAtUs` is left out, for arrival is not content. */
export function cartsHash(carts: readonly Cart[]): string {
  const rows = carts.map(({ finalAtUs: _, ...content }) => ({ tripId: content.tripId, text: canonical(content) }));
  rows.sort((a, b) => compare(a.tripId, b.tripId) || compare(a.text, b.text));
  const hash = createHash('sha256');
  for (const { text } of rows) hash.update(`${text}\n`);
  return hash.digest('hex');
}

/** JSON with the keys of every object sorted. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key as keyof typeof value])}`).join(',')}}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
