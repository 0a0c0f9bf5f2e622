import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testProduct, testStore } from '../attribution/test-world.ts';
import { type Account, ELSEWHERE, Ledger, type Movement } from './ledger.ts';

const store = testStore(
  [testProduct('a', 200), testProduct('apples', 150, { sellBy: 'weighed' })],
  [
    { skus: ['a'], cells: 1, stock: 3 },
    { skus: ['apples'], cells: 1, stock: 4 },
  ],
);
const slot: Account = { kind: 'slot', id: 'F.1.1' };
const trip = (id: string): Account => ({ kind: 'trip', id });
const move = (quantity: number, from: Account, to: Account): Movement => ({
  timeUs: 1,
  changeId: 'c',
  sku: 'a',
  quantity,
  from,
  to,
  reason: 'pick',
});

describe('booking', () => {
  test('moves items between accounts and numbers the entries', () => {
    const ledger = new Ledger(store);
    ledger.book(move(2, slot, trip('t')));
    ledger.book(move(1, trip('t'), slot));
    expect(ledger.balance(slot, 'a')).toBe(2);
    expect(ledger.heldBy('t')).toEqual([{ sku: 'a', quantity: 1 }]);
    expect(ledger.takeEntries().map((entry) => entry.seq)).toEqual([1, 2]);
  });

  test('gives each entry once, numbered through', () => {
    const ledger = new Ledger(store);
    ledger.book(move(1, slot, trip('t')));
    expect(ledger.takeEntries()).toHaveLength(1);
    expect(ledger.takeEntries()).toEqual([]);
    ledger.book(move(1, trip('t'), slot));
    expect(ledger.takeEntries().map((entry) => entry.seq)).toEqual([2]);
  });

  test('fills a miscounted slot from elsewhere by an entry of its own', () => {
    const ledger = new Ledger(store);
    expect(ledger.book(move(5, slot, trip('t')))).toBe(2);
    expect(ledger.balance(slot, 'a')).toBe(0);
    expect(ledger.takeEntries()[0]).toMatchObject({
      quantity: 2,
      from: ELSEWHERE,
      to: slot,
      reason: 'stock-correction',
    });
  });

  test('refuses to take from a cart what it does not hold', () => {
    const ledger = new Ledger(store);
    ledger.book(move(1, slot, trip('t')));
    expect(() => ledger.book(move(2, trip('t'), slot))).toThrow('trip t is 1 short of a');
  });

  test.each([0, -1, 0.5, Number.NaN])('refuses a quantity of %d', (quantity) => {
    expect(() => new Ledger(store).book(move(quantity, slot, trip('t')))).toThrow('quantity');
  });

  test('opens the books with grams for what is sold by weight', () => {
    expect(new Ledger(store).balance({ kind: 'slot', id: 'F.1.2' }, 'apples')).toBe(600);
  });
});

test('conserves items: balances are the opening stock plus all entries, and no stock is ever negative', () => {
  const accounts: Account[] = [slot, trip('t'), trip('u'), ELSEWHERE];
  const pick = fc.tuple(fc.nat(3), fc.nat(3), fc.integer({ min: 1, max: 6 }));
  fc.assert(
    fc.property(fc.array(pick, { maxLength: 60 }), (moves) => {
      const ledger = new Ledger(store);
      for (const [from, to, quantity] of moves) {
        if (accounts[from].kind === 'trip' && ledger.balance(accounts[from], 'a') < quantity) continue;
        ledger.book(move(quantity, accounts[from], accounts[to]));
        for (const account of accounts.slice(0, 3)) expect(ledger.balance(account, 'a')).toBeGreaterThanOrEqual(0);
      }
      const total = accounts.reduce((sum, account) => sum + ledger.balance(account, 'a'), 0);
      expect(total).toBe(3);
      const folded = ledger.takeEntries().reduce((sum, { from, to, quantity }) => {
        if (to.kind === 'slot') sum += quantity;
        return from.kind === 'slot' ? sum - quantity : sum;
      }, 3);
      expect(ledger.balance(slot, 'a')).toBe(folded);
    }),
  );
});
