import { randomBytes } from 'node:crypto';

/** A whole number from 0 to below `limit`, all equally likely. */
export type UniformBelow = (limit: bigint) => bigint;

/** From the system's own source of randomness, by rejection. */
export const secureUniformBelow: UniformBelow = (limit) => {
  const bits = limit.toString(2).length;
  const bytes = Math.ceil(bits / 8);
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    const drawn = BigInt(`0x${randomBytes(bytes).toString('hex')}`) & mask;
    if (drawn < limit) return drawn;
  }
};

/**
 * Draws from the discrete Laplace distribution, P(x) ∝ exp(−|x| · s / t), exactly: whole numbers only, so nothing of what
 * it is added to shines through rounding (Canonne, Kamath, Steinke 2020, algorithm 2).
 */
export function discreteLaplace(s: bigint, t: bigint, below: UniformBelow = secureUniformBelow): bigint {
  if (s <= 0n || t <= 0n) throw new RangeError(`discrete Laplace: found a scale of ${t}/${s}, expected it above 0`);
  for (;;) {
    const u = below(t);
    if (!isExpAtMostOne(u, t, below)) continue;
    let v = 0n;
    while (isExpAtMostOne(1n, 1n, below)) v++;
    const magnitude = (u + t * v) / s;
    const isNegative = below(2n) === 0n;
    if (isNegative && magnitude === 0n) continue;
    return isNegative ? -magnitude : magnitude;
  }
}

/** True with probability exp(−a / b), for 0 ≤ a ≤ b (algorithm 1 there). */
function isExpAtMostOne(a: bigint, b: bigint, below: UniformBelow): boolean {
  let k = 1n;
  while (below(b * k) < a) k++;
  return k % 2n === 1n;
}
