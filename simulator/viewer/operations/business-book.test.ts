import { expect, test } from 'vitest';
import { businessAt } from './business-book.ts';

const told = (seconds: number, event: string, data: object) => ({ timeUs: seconds * 1e6, what: { event, data } });
const paid = { currency: 'EUR', amountMinor: 299 };
const news = [
  told(1, 'trip.started', { tripId: 'a', gateId: 'g1' }),
  told(1, 'payment.authorized', { tripId: 'a', amount: { currency: 'EUR', amountMinor: 5000 } }),
  told(2, 'gate.denied', { gateId: 'g1', reason: 'credential_unknown', tripId: null }),
  told(9, 'review.requested', { tripId: 'a', reviewId: 'r', reason: 'the cart is too uncertain' }),
  told(12, 'review.completed', { tripId: 'a', reviewId: 'r' }),
  told(12, 'cart.finalized', { tripId: 'a', status: 'reviewed' }),
  told(13, 'order.created', { tripId: 'a' }),
  told(13, 'order.priced', { tripId: 'a', total: paid }),
  told(14, 'payment.captured', { tripId: 'a', amount: paid }),
  told(14, 'order.completed', { tripId: 'a', total: paid, receiptNumber: 's-1' }),
  told(15, 'planogram.alert', { about: 'G1.1', text: 'ran empty' }),
];

test('follows a visit from the gate to its receipt', () => {
  const { visits, denials, alerts } = businessAt(news, 20e6);
  expect(visits).toMatchObject([
    { tripId: 'a', cart: 'reviewed', order: 'completed', payment: 'captured', amount: paid, receiptNumber: 's-1' },
  ]);
  expect(visits[0].reason).toBeNull();
  expect(denials).toEqual([{ timeUs: 2e6, gateId: 'g1', reason: 'credential_unknown' }]);
  expect(alerts).toEqual([{ timeUs: 15e6, about: 'G1.1', text: 'ran empty' }]);
});

test('shows what stood at an earlier time, and no hold as if it were a price', () => {
  expect(businessAt(news, 10e6).visits).toMatchObject([
    { cart: 'review', order: null, payment: 'authorized', amount: null, reviewId: 'r' },
  ]);
  expect(businessAt(news, 0).visits).toEqual([]);
});
