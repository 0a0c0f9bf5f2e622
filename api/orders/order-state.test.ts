import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assertOrderStep, IllegalTransition, ORDER_STATES, ORDER_TRANSITIONS } from './order-state.ts';

test('allows exactly the steps of its table and throws for every other', () => {
  for (const from of ORDER_STATES)
    for (const to of ORDER_STATES) {
      const isLegal = (ORDER_TRANSITIONS[from] as readonly string[]).includes(to);
      if (isLegal) expect(() => assertOrderStep('o', from, to)).not.toThrow();
      else expect(() => assertOrderStep('o', from, to)).toThrow(IllegalTransition);
    }
});

test('is drawn as it is', () => {
  const source = readFileSync(new URL('./order-state.ts', import.meta.url), 'utf8');
  const drawn = [...source.matchAll(/^ \* {3}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} ${to}`);
  const table = ORDER_STATES.flatMap((from) => ORDER_TRANSITIONS[from].map((to) => `${from} ${to}`));
  expect(drawn.sort()).toEqual(table.sort());
});

test('leads from every state to an end', () => {
  const ends = new Set<string>(ORDER_STATES.filter((state) => ORDER_TRANSITIONS[state].length === 0));
  for (let grown = true; grown; ) {
    grown = false;
    for (const state of ORDER_STATES)
      if (!ends.has(state) && ORDER_TRANSITIONS[state].some((to) => ends.has(to))) {
        ends.add(state);
        grown = true;
      }
  }
  expect([...ends].sort()).toEqual([...ORDER_STATES].sort());
});
