import type { OrderBook } from '../orders/order-book.ts';
import { findOrder } from '../orders/order-book.ts';
import type { StepListener } from './payment-book.ts';

/** An order whose debt is gone is paid, or written off with it, in the same transaction. */
export function settleOrders(orders: OrderBook): StepListener {
  return async (tx, { payment, orderId, retailerId }, { kind }) => {
    if ((kind !== 'debt_paid' && kind !== 'debt_written_off') || payment.debtMinor > 0 || orderId === null) return;
    const order = await findOrder(tx, retailerId, orderId);
    if (order?.state === 'unpaid') await orders.move(tx, orderId, payment.writtenOffMinor > 0 ? 'written_off' : 'paid');
  };
}
