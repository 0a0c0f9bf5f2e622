import type { Cart } from '../../engine/index.ts';
import type { CartItem } from '../orders/order.ts';

/** Milliseconds since 1970 of an engine time, in a session that started then. */
export function wallMs(startedAtMs: number, timeUs: number): number {
  return startedAtMs + Math.round(timeUs / 1000);
}

/** A cart's lines as an order has them. */
export function itemsOf(cart: Cart, startedAtMs: number): CartItem[] {
  return cart.lines.map((line) => ({
    lineId: line.sku,
    sku: line.sku,
    quantity: line.quantity,
    confidence: line.confidence,
    takenAtMs: line.evidence.filter(({ quantity }) => quantity > 0).map(({ timeUs }) => wallMs(startedAtMs, timeUs)),
  }));
}

/** A cart's lines as events show them. */
export function eventLines(items: readonly CartItem[]) {
  return items.map(({ sku, quantity, confidence, takenAtMs }) => ({
    sku,
    quantity: { value: quantity.value, unit: quantity.unit },
    confidence,
    ...(takenAtMs.length > 0 ? { takenAt: new Date(takenAtMs.at(-1)!).toISOString() } : {}),
  }));
}
