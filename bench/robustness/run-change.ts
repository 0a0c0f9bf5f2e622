import type { CameraNoise, CommissioningNoise, Distribution, Run, ScaleNoise } from '../../simulator/scenario/run.ts';

export type NoisePart = 'scales' | 'cameras' | 'installation';
const NOISE_PARTS: readonly NoisePart[] = ['scales', 'cameras', 'installation'];

/** Changes of a resolved run that a scenario cannot say in one value. */
export interface RunChange {
  /** Multiplies how large and how frequent sensor errors are; shares stay below one. */
  readonly noiseFactor?: number;
  /** What the factor concerns; everything unless told. */
  readonly noiseOf?: readonly NoisePart[];
  /** So many cameras are left, each time without those farthest from being needed: every subset holds the smaller ones. */
  readonly cameras?: number;
}

/** The run with these changes. */
export function changeRun(run: Run, { noiseFactor = 1, noiseOf = NOISE_PARTS, cameras }: RunChange): Run {
  const kept = cameras === undefined ? run.cameras : spread(run.cameras, cameras);
  const factorOf = (part: NoisePart) => (noiseOf.includes(part) ? noiseFactor : 1);
  if (noiseFactor === 1) return { ...run, cameras: kept };
  const [scales, sight, installation] = NOISE_PARTS.map(factorOf) as [number, number, number];
  return {
    ...run,
    noise: {
      ...run.noise,
      scale: noisierScale(run.noise.scale, scales),
      camera: noisierCamera(run.noise.camera, sight),
      commissioning: worseInstalled(run.noise.commissioning, installation),
    },
    cameras: kept.map((camera) => ({ ...camera, noise: noisierCamera(camera.noise, sight) })),
    scales: run.scales.map((scale) => ({ ...scale, noise: noisierScale(scale.noise, scales) })),
  };
}

/** `count` items, the first ones of an order in which each next item lies farthest from those before (in the list). */
function spread<T>(items: readonly T[], count: number): T[] {
  const order: number[] = [];
  while (order.length < items.length) {
    let [best, bestGap] = [0, -1];
    items.forEach((_, i) => {
      if (order.includes(i)) return;
      const gap = Math.min(
        items.length,
        ...order.map((j) => Math.min(Math.abs(i - j), items.length - Math.abs(i - j))),
      );
      if (gap > bestGap) [best, bestGap] = [i, gap];
    });
    order.push(best);
  }
  const kept = new Set(order.slice(0, count));
  return items.filter((_, i) => kept.has(i));
}

const share = (value: number, factor: number) => Math.min(0.95, value * factor);

/** The distribution of a quantity `factor` times as large; counts keep their shape. */
export function scaled(distribution: Distribution, factor: number): Distribution {
  if ('fixed' in distribution) return { fixed: distribution.fixed * factor };
  if ('normal' in distribution) {
    const { mean, sd } = distribution.normal;
    return { normal: { mean: mean * factor, sd: sd * factor } };
  }
  if ('lognormal' in distribution) {
    const { median, p95 } = distribution.lognormal;
    return { lognormal: { median: median * factor, p95: p95 * factor } };
  }
  if ('uniform' in distribution) {
    const { low, high } = distribution.uniform;
    return { uniform: { low: low * factor, high: high * factor } };
  }
  throw new Error(`noise factor: found ${Object.keys(distribution)[0]}, expected a quantity and not a count`);
}

/** Sizes and rates grow; quantum, batch, latency, offset and drift times are the hardware's and stay. */
function noisierScale(noise: ScaleNoise, factor: number): ScaleNoise {
  return {
    ...noise,
    whiteGrams: scaled(noise.whiteGrams, factor),
    driftSdGrams: noise.driftSdGrams * factor,
    burst: { ...noise.burst, peakGrams: scaled(noise.burst.peakGrams, factor) },
    crosstalk: scaled(noise.crosstalk, factor),
  };
}

function noisierCamera(noise: CameraNoise, factor: number): CameraNoise {
  return {
    ...noise,
    headPx: noise.headPx * factor,
    handPx: noise.handPx * factor,
    depthM: noise.depthM * factor,
    handWanderM: noise.handWanderM * factor,
    headMiss: share(noise.headMiss, factor),
    handMiss: share(noise.handMiss, factor),
    falsePerFrame: noise.falsePerFrame * factor,
    mergePerSecond: noise.mergePerSecond * factor,
    ownerSwapPerSecond: noise.ownerSwapPerSecond * factor,
  };
}

function worseInstalled(noise: CommissioningNoise, factor: number): CommissioningNoise {
  return {
    cameraPositionM: noise.cameraPositionM * factor,
    cameraRotationRad: noise.cameraRotationRad * factor,
    lensPx: noise.lensPx * factor,
    wrongSlots: share(noise.wrongSlots, factor),
    stockOffByOne: share(noise.stockOffByOne, factor),
    lotWeightBias: noise.lotWeightBias * factor,
  };
}
