import { expect, test } from 'vitest';
import type { LiveTruth } from '../../../api/live.ts';
import type { Cart } from '../../../engine/index.ts';
import { differenceOf, TrueCarts } from './true-carts.ts';

const entered = (timeUs: number, shopper: string, credential: string): LiveTruth => ({
  ...{ kind: 'entered', timeUs, shopper, party: shopper, credential },
});
const moved = (timeUs: number, sku: string, from: string, to: string): LiveTruth => ({
  ...{ kind: 'moved', timeUs, sku, from, to },
});
const cartOf = (credential: string, lines: Record<string, number> = {}): Cart => ({
  ...{ tripId: 't', credential, status: 'draft', confidence: 1, enteredAtUs: 0, exitedAtUs: null, finalAtUs: null },
  lines: Object.entries(lines).map(([sku, value]) => ({
    ...{ sku, quantity: { value, unit: 'each' as const }, confidence: 1, evidence: [] },
  })),
});

const events = [
  entered(0, 'ana', 'card-a'),
  entered(1, 'ben', 'card-b'),
  moved(10, 'cola', 'G1.1.1', 'ana'),
  moved(20, 'cola', 'ana', 'ben'),
  moved(30, 'soup', 'G1.1.2', 'ana'),
  moved(40, 'soup', 'ana', 'G1.1.2'),
];

test('follows goods from the shelf to a shopper, to another, and back', () => {
  const truth = new TrueCarts(events);
  const at = (credential: string, timeUs: number) => [...(truth.of(cartOf(credential), timeUs) ?? [])];
  expect(at('card-a', 15)).toEqual([['cola', 1]]);
  expect(at('card-a', 25)).toEqual([]);
  expect(at('card-b', 25)).toEqual([['cola', 1]]);
  expect(at('card-a', 35)).toEqual([['soup', 1]]);
  expect(at('card-a', 45)).toEqual([]);
  // Back in time.
  expect(at('card-a', 15)).toEqual([['cola', 1]]);
});

test('shares what the members of a party hold', () => {
  const party = [
    entered(0, 'ana', 'card'),
    entered(0, 'bob', 'card'),
    moved(5, 'cola', 'x', 'ana'),
    moved(6, 'cola', 'x', 'bob'),
  ];
  expect([...new TrueCarts(party).of(cartOf('card'), 10)!]).toEqual([['cola', 2]]);
});

test('knows nothing of those who showed nothing', () => {
  expect(new TrueCarts(events).of({ credential: null }, 100)).toBeNull();
  expect(new TrueCarts(events).of(cartOf('card-x'), 100)).toBeNull();
});

test('counts what is too much and what is too little apart', () => {
  const truth = new Map([
    ['cola', 2],
    ['soup', 1],
  ]);
  expect(differenceOf(cartOf('a', { cola: 1, bread: 3 }), truth)).toEqual({ over: 3, under: 2 });
  expect(differenceOf(cartOf('a', { cola: 2, soup: 1 }), truth)).toEqual({ over: 0, under: 0 });
});
