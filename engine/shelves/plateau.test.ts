import { describe, expect, test } from 'vitest';
import { findPlateau } from './plateau.ts';

describe('a rest between two changes', () => {
  test('is found where two hands take one after the other', () => {
    expect(findPlateau([0, 0, -100, -100, -100, -250, -250], 0, -250, 0.3)).toEqual({ from: 2, to: 5 });
  });

  test('is not seen in a slow pull', () => {
    const pull = Array.from({ length: 40 }, (_, i) => -5 * i);
    expect(findPlateau([0, 0, ...pull, -195], 0, -195, 0.3)).toBeNull();
  });

  test('is not a press that goes the other way', () => {
    expect(findPlateau([0, 0, 60, 60, 60, -250, -250], 0, -250, 0.3)).toBeNull();
  });

  test('is not noise', () => {
    expect(findPlateau([0, -1, -240, -239, -241, -250, -250], 0, -250, 3)).toBeNull();
  });
});
