import { describe, expect, test } from 'vitest';
import type { Expectation } from '../simulator/scenario/run.ts';
import { noCounts, poolScores } from './score/score-counts.ts';
import { cart } from './score/test-run.ts';
import { judge } from './verdict.ts';

const expecting = (some: Partial<Expectation>): Expectation => ({
  receipts: {},
  metrics: [],
  never: [],
  review: [],
  ...some,
});
const scores = { ...poolScores([noCounts()]), itemF1: 0.8, overchargedUnits: 2 };

describe('judging a run', () => {
  test('passes what expects nothing', () => {
    expect(judge(expecting({}), scores, new Map(), [])).toEqual({ verdict: 'pass', failures: [] });
  });

  test('says product by product what a receipt has wrong', () => {
    const receipts = { ana: { cola: 1, tea: 1 }, ben: { soup: 1 } };
    const carts = new Map([
      ['ana', cart('ana', { cola: 2, soup: 1 })],
      ['ben', cart('ben', { soup: 1 })],
    ]);
    expect(judge(expecting({ receipts }), scores, carts, []).failures).toEqual([
      'ana: cola expected 1, got 2',
      'ana: soup expected 0, got 1',
      'ana: tea expected 1, got 0',
    ]);
  });

  test('takes a weighed line that is off by no more than its slack, but none for something', () => {
    const receipts = { ana: { apples: 500, pears: 0 } };
    const slackGrams = { ana: { apples: 5, pears: 5 } };
    const got = (apples: number, pears: number) => {
      const carts = new Map([
        ['ana', cart('ana', { ...(apples > 0 ? { apples } : {}), ...(pears > 0 ? { pears } : {}) })],
      ]);
      return judge(expecting({ receipts, slackGrams }), scores, carts, []).failures;
    };
    expect(got(505, 0)).toEqual([]);
    expect(got(494, 0)).toEqual(['ana: apples expected 500 ± 5 g, got 494']);
    expect(got(500, 3)).toEqual(['ana: pears expected 0, got 3']);
    expect(
      judge(
        expecting({ receipts: { ana: { apples: 4 } }, slackGrams }),
        scores,
        new Map([['ana', cart('ana', {})]]),
        [],
      ).failures,
    ).toEqual(['ana: apples expected 4, got 0']);
  });

  test('misses a cart only where something was to be in it', () => {
    const receipts = { ana: { cola: 1 }, ben: {} };
    expect(judge(expecting({ receipts }), scores, new Map(), []).failures).toEqual(['ana: no cart, expected 1 × cola']);
  });

  test('takes no draft for a receipt', () => {
    const carts = new Map([['ana', cart('ana', {}, { status: 'draft' })]]);
    expect(judge(expecting({ receipts: { ana: {} } }), scores, carts, []).verdict).toBe('fail');
  });

  test('holds scores to their bounds, and an undefined one to none', () => {
    const metrics = [
      { metric: 'itemF1', op: '>=', value: 0.8 },
      { metric: 'itemF1', op: '>', value: 0.8 },
      { metric: 'overchargedUnits', op: '==', value: 0 },
      { metric: 'hota', op: '>=', value: 0.5 },
    ] as const;
    expect(judge(expecting({ metrics }), scores, new Map(), []).failures).toEqual([
      'itemF1: expected > 0.8, got 0.8',
      'overchargedUnits: expected == 0, got 2',
      'hota: undefined, expected >= 0.5',
    ]);
  });

  test('refuses a metric that is no score', () => {
    const metrics = [{ metric: 'luck', op: '>=', value: 1 }] as const;
    expect(() => judge(expecting({ metrics }), scores, new Map(), [])).toThrow('luck');
  });

  test('fails on a broken invariant only where the scenario rules it out', () => {
    const found = [{ invariant: 'negative-stock', text: 'cola: 11 charged, 10 ever in the store' }] as const;
    expect(judge(expecting({}), scores, new Map(), found).verdict).toBe('pass');
    expect(judge(expecting({ never: ['negative-stock'] }), scores, new Map(), found).failures).toEqual([
      'never negative-stock: cola: 11 charged, 10 ever in the store',
    ]);
  });

  test('expects doubtful carts in review', () => {
    const carts = new Map([
      ['ana', cart('ana', {}, { status: 'review' })],
      ['ben', cart('ben', {})],
    ]);
    expect(judge(expecting({ review: ['ana', 'ben'] }), scores, carts, []).failures).toEqual([
      'ben: expected review, got final',
    ]);
  });
});
