import { expect, test } from 'vitest';
import { PUBLISHED } from '../../engine/attribution/published/constants.ts';
import { scenariosIn } from '../splits.ts';
import { candidates, changed } from './candidates.ts';
import { searchConstants } from './search.ts';

test('draws the same candidates every time, the published one first, shares below one', () => {
  const some = candidates(40);
  expect(some[0]).toEqual(PUBLISHED);
  expect(candidates(40)).toEqual(some);
  for (const one of some) {
    expect(one.arrangementWeight).toBeLessThan(1);
    expect(one.minPickShare).toBeLessThan(1);
    expect(one.eventSigmaGrams).toBeGreaterThan(PUBLISHED.eventSigmaGrams / 2.6);
    expect(one.eventSigmaGrams).toBeLessThan(PUBLISHED.eventSigmaGrams * 2.6);
  }
  expect(changed(PUBLISHED)).toEqual({});
  expect(Object.keys(changed(some[1]!)).length).toBeGreaterThan(0);
});

test('never ends below the published constants on its own cases', async () => {
  const files = scenariosIn('thirty').slice(0, 1);
  const found = (await searchConstants({ files, seeds: [1, 2], budget: 4, workers: 1, progress: () => {} }))!;
  expect(found.search.found).toBeGreaterThanOrEqual(found.search.published);
  expect(found.search.engineRuns).toBeGreaterThan(4);
});
