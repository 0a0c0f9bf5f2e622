import { expect, test } from 'vitest';
import { ChangeNames } from './change-names.ts';
import type { ShelfPart } from './shelf-part.ts';

const part = (scaleId: string, changeId: string) => ({ changeId, step: { scaleId } }) as ShelfPart;

test('gives steps of one moment ids of their own and leaves all others as they are', () => {
  const names = new ChangeNames();
  const ids = [
    ['a', 'a@1'],
    ['a', 'a@1'],
    ['b', 'b@1'],
    ['a', 'a@1'],
    ['a', 'a@2'],
    ['b', 'b@1'],
  ].map(([scaleId, changeId]) => names.own(part(scaleId!, changeId!)).changeId);
  expect(ids).toEqual(['a@1', 'a@1+2', 'b@1', 'a@1+3', 'a@2', 'b@1+2']);
});
