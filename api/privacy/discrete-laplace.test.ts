import { expect, test } from 'vitest';
import { discreteLaplace, secureUniformBelow, type UniformBelow } from './discrete-laplace.ts';

/** Fast and repeatable, for many draws; its seed stands here. */
function seeded(seed: number): UniformBelow {
  let state = BigInt(seed);
  return (limit) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (state >> 20n) % limit;
  };
}

test('draws whole numbers as often as the discrete Laplace distribution says (P12)', () => {
  const [s, t, draws] = [1n, 2n, 200_000];
  const below = seeded(20_260_301);
  const counts = new Map<number, number>();
  for (let i = 0; i < draws; i++) {
    const x = Number(discreteLaplace(s, t, below));
    const bin = Math.max(-12, Math.min(12, x));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const ratio = Math.exp(-Number(s) / Number(t));
  const at = (x: number) => ((1 - ratio) / (1 + ratio)) * ratio ** Math.abs(x);
  const tail = ratio ** 12 / (1 + ratio);
  let chiSquare = 0;
  for (let bin = -12; bin <= 12; bin++) {
    const expected = draws * (Math.abs(bin) === 12 ? tail : at(bin));
    chiSquare += ((counts.get(bin) ?? 0) - expected) ** 2 / expected;
  }
  // 24 degrees of freedom: above 51.2 once in a thousand.
  expect(chiSquare).toBeLessThan(51.2);
});

test('takes only scales above nothing, and draws from the system', () => {
  expect(() => discreteLaplace(0n, 1n)).toThrow(RangeError);
  for (let i = 0; i < 200; i++) {
    const drawn = secureUniformBelow(10n);
    expect(drawn >= 0n && drawn < 10n).toBe(true);
  }
  expect(new Set(Array.from({ length: 100 }, () => discreteLaplace(1n, 50n))).size).toBeGreaterThan(10);
});
