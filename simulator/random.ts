/**
 * Named random streams. Every entity and purpose has its own stream, keyed by the run's seed and a path such as
 * `shopper/ana/reach`, so that adding a shopper changes nothing for the others.
 * Generator: xoshiro128** (Blackman & Vigna 2018), seeded by splitmix32 over an FNV-1a hash of the path.
 */
import { exp, log } from './maths.ts';
import type { Distribution } from './scenario/run.ts';

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  /** Second value of the last polar pair, or NaN. */
  private spare = Number.NaN;

  /** `seed` any integer; `path` names the entity and the purpose. */
  constructor(seed: number, path: string) {
    let h = (0x811c9dc5 ^ (seed | 0)) >>> 0;
    h = Math.imul(h ^ (Math.floor(seed / 4294967296) | 0), 0x01000193);
    for (let i = 0; i < path.length; i++) h = Math.imul(h ^ path.charCodeAt(i), 0x01000193);
    const next = () => {
      h = (h + 0x9e3779b9) | 0;
      let z = h;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) | 0;
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1;
  }

  /** Uniform 32-bit unsigned integer. */
  uint32(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = rotateLeft(this.d, 11);
    return result;
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Uniform integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  chance(prob: number): boolean {
    return this.uniform() < prob;
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const value = this.spare;
      this.spare = Number.NaN;
      return value;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const f = Math.sqrt((-2 * log(s)) / s);
        this.spare = v * f;
        return u * f;
      }
    }
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * log(1 - this.uniform());
  }

  /** Poisson count; by inversion in steps, so that any rate is exact. */
  poisson(rate: number): number {
    let left = rate;
    let count = -1;
    while (left >= 0) {
      left -= this.exponential(1);
      count += 1;
    }
    return count;
  }

  /** One draw from a distribution; `geometric` counts from 1, with the given mean. */
  draw(d: Distribution): number {
    if ('fixed' in d) return d.fixed;
    if ('normal' in d) return d.normal.mean + d.normal.sd * this.normal();
    if ('lognormal' in d) {
      const { median, p95 } = d.lognormal;
      return median <= 0 ? 0 : median * exp((log(p95 / median) / 1.6448536269514722) * this.normal());
    }
    if ('uniform' in d) return this.between(d.uniform.low, d.uniform.high);
    if ('geometric' in d) {
      const { mean } = d.geometric;
      return mean <= 1 ? 1 : 1 + Math.floor(log(1 - this.uniform()) / log(1 - 1 / mean));
    }
    return this.poisson(d.poisson.rate);
  }

  /** One of the items, with probability proportional to its weight. Throws on an empty or all-zero list. */
  pick<T>(items: readonly T[], weight: (item: T) => number): T {
    let total = 0;
    for (const item of items) total += weight(item);
    if (!(total > 0)) throw new Error(`pick: weights of ${items.length} items sum to ${total}, expected more than 0`);
    let u = this.uniform() * total;
    for (const item of items) {
      u -= weight(item);
      if (u < 0) return item;
    }
    return items[items.length - 1]!;
  }
}

/** Makes the streams of one run: `const random = streams(seed); random('shopper/ana/reach')`. */
export function streams(seed: number): (path: string) => RandomStream {
  return (path) => new RandomStream(seed, path);
}

/** Expected value of a distribution. */
export function meanOf(d: Distribution): number {
  if ('fixed' in d) return d.fixed;
  if ('normal' in d) return d.normal.mean;
  if ('lognormal' in d) {
    const sigma = log(d.lognormal.p95 / d.lognormal.median) / 1.6448536269514722;
    return d.lognormal.median * exp((sigma * sigma) / 2);
  }
  if ('uniform' in d) return (d.uniform.low + d.uniform.high) / 2;
  if ('geometric' in d) return d.geometric.mean;
  return d.poisson.rate;
}

/** Standard deviation of a distribution. */
export function sdOf(d: Distribution): number {
  if ('fixed' in d) return 0;
  if ('normal' in d) return d.normal.sd;
  if ('lognormal' in d) {
    const sigma = log(d.lognormal.p95 / d.lognormal.median) / 1.6448536269514722;
    return meanOf(d) * Math.sqrt(exp(sigma * sigma) - 1);
  }
  if ('uniform' in d) return (d.uniform.high - d.uniform.low) / Math.sqrt(12);
  if ('geometric' in d) return Math.sqrt(d.geometric.mean * Math.max(0, d.geometric.mean - 1));
  return Math.sqrt(d.poisson.rate);
}
