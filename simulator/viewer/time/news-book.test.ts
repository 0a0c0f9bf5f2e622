import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveNews } from '../../../api/live.ts';
import type { Cart } from '../../../engine/index.ts';
import { NewsBook } from './news-book.ts';

function cart(tripId: string, confidence: number): Cart {
  return {
    ...{ tripId, credential: null, status: 'draft', confidence, enteredAtUs: 0, exitedAtUs: null, finalAtUs: null },
    lines: [],
  };
}

function cartNews(timeUs: number, tripId: string): LiveNews {
  return { type: 'cart', timeUs, cart: cart(tripId, timeUs / 1e6) };
}

test('gives the cart as it stood at a time, whatever order the news came in', () => {
  const times = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 1100 }), (all, askedUs) => {
      const book = new NewsBook();
      for (const timeUs of all) book.take(cartNews(timeUs, 'trip-1'));
      const known = all.filter((timeUs) => timeUs <= askedUs);
      const found = book.cartAt('trip-1', askedUs);
      expect(found?.confidence ?? null).toBe(known.length === 0 ? null : Math.max(...known) / 1e6);
    }),
  );
});

test('takes news once, however often it comes', () => {
  const book = new NewsBook();
  for (let i = 0; i < 3; i++) {
    book.take(cartNews(1, 'trip-1'));
    book.take({ type: 'alert', timeUs: 2, about: 'scales/G1.1', text: 'scale is silent' });
  }
  expect(book.version).toBe(2);
  expect(book.alerts).toHaveLength(1);
});

test('knows who was silent when, looked back and forth', () => {
  const book = new NewsBook();
  book.take({ type: 'silence', timeUs: 10, sensorId: 'c1', isSilent: true });
  book.take({ type: 'silence', timeUs: 20, sensorId: 'c1', isSilent: false });
  book.take({ type: 'silence', timeUs: 15, sensorId: 'c2', isSilent: true });
  const silentAt = (timeUs: number) => [...book.silentAt(timeUs)];
  expect(silentAt(9)).toEqual([]);
  expect(silentAt(17)).toEqual([
    ['c1', 10],
    ['c2', 15],
  ]);
  expect(silentAt(25)).toEqual([['c2', 15]]);
  expect(silentAt(12)).toEqual([['c1', 10]]);
});

test('marks takes, put-backs, entries, alerts and silence in order of time', () => {
  const book = new NewsBook();
  const claim = { changeId: 'x', sku: 'cola', shares: [], trackIds: [], handDistanceM: null };
  book.take({ type: 'claim', timeUs: 30, claim: { ...claim, timeUs: 30, quantity: -1 } });
  book.take({ type: 'claim', timeUs: 20, claim: { ...claim, timeUs: 20, quantity: 2 } });
  book.take({ type: 'alert', timeUs: 25, about: 'a', text: 'b' });
  book.take({ type: 'silence', timeUs: 5, sensorId: 'c1', isSilent: true });
  book.take(cartNews(40, 'trip-1'));
  expect(book.marks().map(({ timeUs, kind }) => [timeUs, kind])).toEqual([
    [0, 'entry'],
    [5, 'alert'],
    [20, 'take'],
    [25, 'alert'],
    [30, 'put-back'],
  ]);
});
