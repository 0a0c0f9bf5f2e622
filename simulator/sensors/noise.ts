/**
 * The noise families. `default` is frozen: every figure has its source beside it and was fixed before anything was
 * tuned against it; a change means a new `version`. "Trace" is the real 17 s recording of 240 plates at 60 Hz
 * (AutoCheckout competition 2020, case BENCHMARK-1), to whose statistics the scale figures were fitted before any
 * attribution ran on them; "FAQ" is AiFi's sensor description for that competition.
 */
import { NO_PICTURE_NOISE, OTHER_PICTURE_NOISE, PICTURE_NOISE } from '../render/sensor/picture-noise.ts';
import type { NoiseSet } from '../scenario/run.ts';
import fitted from './fitted-camera.json' with { type: 'json' };

const DEFAULT: NoiseSet = {
  name: 'default',
  version: 1,
  scale: {
    // Trace: SD of the quiet tenth of 1 s windows per plate, hum taken off; spread between plates of one shelf.
    whiteGrams: { lognormal: { median: 0.52, p95: 0.85 } },
    // Trace: loudness differs by shelf, log SD 0.75 over 23 shelves; the loudest gondola 3 to 5 times the others.
    unitFactor: { lognormal: { median: 1, p95: 3.2 } },
    // Trace: first samples −19 to 3,250 g (p5–p95), goods included; not zeroed.
    offsetGrams: { uniform: { low: -20, high: 500 } },
    // FAQ: drifts over hours to days. Trace: 1 s means 16 s apart differ by 0.19 g at the median, 1 s apart by 0.16 g.
    driftSdGrams: 5,
    driftTauUs: 43_200_000_000,
    // Trace.
    quantumGrams: 0.241,
    // Trace: a lifted plate's 5–95 % step takes 3 samples (50 ms), the lift itself included.
    settleUs: 12_000,
    burst: {
      // Trace: 2 bursts in 17 s of one walking shopper, the same on every gondola.
      perMinute: 7,
      // Trace: peak per plate p50 8 g, p95 60 g, the unit's own loudness included.
      peakGrams: { lognormal: { median: 8, p95: 26 } },
      // Trace: 1 to 4 s.
      durationUs: { lognormal: { median: 3_000_000, p95: 4_500_000 } },
      shared: 0.9,
    },
    // Trace: lines in the quiet spectrum hold about 0.7, 0.04 and 0.6 of the white power.
    hum: [
      { hz: 1.5, share: 0.85 },
      { hz: 16.5, share: 0.2 },
      { hz: 24.5, share: 0.8 },
    ],
    // Trace: −12.9 g and −5.8 g on the neighbours of a −623.0 g step.
    crosstalk: { normal: { mean: 0.015, sd: 0.006 } },
    // FAQ: 12 samples a message.
    batch: 12,
    // FAQ: 0.10 s from the batch's origin to its issue; the tail is an assumption.
    latencyUs: { lognormal: { median: 100_000, p95: 140_000 } },
  },
  camera: {
    // Trace: second difference of fused joints, head 1–4 mm, wrist 4–8 mm per axis with 4 views; one view is twice that,
    // and a pixel is 5.9 mm at 3 m for 640 px and 64°.
    headPx: 1.5,
    handPx: 3,
    // Tölgyessy 2021: random SD ≤ 17 mm and distance error < 11 mm to 3.5 m, 20 mm together.
    depthM: 0.0017,
    // Trace: the wrist's p95 jitter is 19–40 mm; slow bias cannot show there and is taken as the same size.
    handWanderM: 0.025,
    handWanderTauUs: 700_000,
    // Trace: fused joints missing about 1 % after 4 views, which is the shared part; per view is an assumption.
    headMiss: 0.03,
    handMiss: 0.08,
    missUs: { lognormal: { median: 600_000, p95: 2_000_000 } },
    missShared: 0.12,
    // Assumption: a false alarm in every fiftieth picture, the figure of the example scenario.
    falsePerFrame: 0.02,
    // Assumptions, rates and lengths alike: no source counts merged bodies or swapped hands per second.
    mergeM: 0.6,
    mergePerSecond: 0.15,
    mergeUs: { lognormal: { median: 800_000, p95: 2_500_000 } },
    ownerSwapPerSecond: 0.1,
    ownerSwapUs: { lognormal: { median: 600_000, p95: 2_000_000 } },
    // Trace: 5–10 % of wrist scores below 0.8.
    headScoreSd: 0.07,
    handScoreSd: 0.11,
    latencyUs: { lognormal: { median: 60_000, p95: 90_000 } },
  },
  pictures: PICTURE_NOISE,
  gateLatencyUs: { lognormal: { median: 200_000, p95: 400_000 } },
  clock: {
    // Crystal oscillators: 20 to 100 ppm; the sign is drawn apart.
    ppm: { uniform: { low: 20, high: 100 } },
    // NTP's shortest poll interval, 64 s, and its residual on a local network.
    resyncUs: 64_000_000,
    residualUs: { normal: { mean: 0, sd: 1_000 } },
    jitterUs: { normal: { mean: 0, sd: 1_000 } },
  },
  handling: {
    // Trace: +53 g just before the lift.
    pressGrams: { lognormal: { median: 50, p95: 180 } },
    // 0.2 to 3 s at the slot; MTM-1 grasp and release with search, 0.3 to 0.5 s, times 1.3 to 2 for shoppers.
    dwellUs: { lognormal: { median: 700_000, p95: 2_200_000 } },
    // Trace: 5–95 % in 3 samples with the plate's own settling.
    liftUs: { lognormal: { median: 35_000, p95: 120_000 } },
    reachFactor: { uniform: { low: 1.3, high: 2 } },
    neighbourTouch: 0.1,
    // Assumptions: no source counts drags or topples.
    drag: 0.05,
    topple: 0.01,
  },
  commissioning: {
    cameraPositionM: 0.01,
    cameraRotationRad: (0.3 * Math.PI) / 180,
    lensPx: 0.5,
    wrongSlots: 0.02,
    stockOffByOne: 0.1,
    lotWeightBias: 0.015,
  },
};

/** Other shapes, rates and tails throughout, to see whether something tuned on `default` holds elsewhere. */
const OTHER: NoiseSet = {
  name: 'other',
  version: 1,
  scale: {
    whiteGrams: { uniform: { low: 0.3, high: 3 } },
    unitFactor: { fixed: 1 },
    offsetGrams: { normal: { mean: 0, sd: 1_500 } },
    driftSdGrams: 6,
    driftTauUs: 600_000_000,
    quantumGrams: 0.5,
    settleUs: 90_000,
    burst: {
      perMinute: 3,
      peakGrams: { uniform: { low: 10, high: 120 } },
      durationUs: { uniform: { low: 500_000, high: 2_500_000 } },
      shared: 0.8,
    },
    hum: [
      { hz: 4, share: 0.8 },
      { hz: 11, share: 0.3 },
    ],
    crosstalk: { uniform: { low: 0, high: 0.04 } },
    batch: 6,
    latencyUs: { uniform: { low: 20_000, high: 300_000 } },
  },
  camera: {
    headPx: 3,
    handPx: 5,
    depthM: 0.004,
    handWanderM: 0.04,
    handWanderTauUs: 2_000_000,
    headMiss: 0.06,
    handMiss: 0.15,
    missUs: { uniform: { low: 300_000, high: 1_500_000 } },
    missShared: 0.3,
    falsePerFrame: 0.05,
    mergeM: 0.5,
    mergePerSecond: 0.4,
    mergeUs: { uniform: { low: 200_000, high: 1_200_000 } },
    ownerSwapPerSecond: 0.2,
    ownerSwapUs: { uniform: { low: 100_000, high: 1_000_000 } },
    headScoreSd: 0.1,
    handScoreSd: 0.15,
    latencyUs: { lognormal: { median: 150_000, p95: 500_000 } },
  },
  pictures: OTHER_PICTURE_NOISE,
  gateLatencyUs: { uniform: { low: 50_000, high: 900_000 } },
  clock: {
    ppm: { uniform: { low: 20, high: 100 } },
    resyncUs: 256_000_000,
    residualUs: { uniform: { low: -4_000, high: 4_000 } },
    jitterUs: { uniform: { low: -3_000, high: 3_000 } },
  },
  handling: {
    pressGrams: { uniform: { low: 0, high: 250 } },
    dwellUs: { uniform: { low: 300_000, high: 2_500_000 } },
    liftUs: { uniform: { low: 20_000, high: 300_000 } },
    reachFactor: { uniform: { low: 1, high: 2.5 } },
    neighbourTouch: 0.15,
    drag: 0.1,
    topple: 0.02,
  },
  commissioning: {
    cameraPositionM: 0.015,
    cameraRotationRad: (0.4 * Math.PI) / 180,
    lensPx: 0.8,
    wrongSlots: 0.03,
    stockOffByOne: 0.15,
    lotWeightBias: 0.02,
  },
};

const ZERO = { fixed: 0 } as const;

/** No error anywhere; people still need time to reach and lift. */
const NONE: NoiseSet = {
  name: 'none',
  version: 1,
  scale: {
    whiteGrams: ZERO,
    offsetGrams: ZERO,
    driftSdGrams: 0,
    driftTauUs: 1_800_000_000,
    quantumGrams: 0,
    settleUs: 0,
    burst: { perMinute: 0, peakGrams: ZERO, durationUs: ZERO, shared: 0 },
    hum: [],
    crosstalk: ZERO,
    batch: 12,
    latencyUs: ZERO,
  },
  camera: {
    headPx: 0,
    handPx: 0,
    depthM: 0,
    handWanderM: 0,
    handWanderTauUs: 700_000,
    headMiss: 0,
    handMiss: 0,
    missUs: { fixed: 300_000 },
    missShared: 0,
    falsePerFrame: 0,
    mergeM: 0,
    mergePerSecond: 0,
    mergeUs: ZERO,
    ownerSwapPerSecond: 0,
    ownerSwapUs: ZERO,
    latencyUs: ZERO,
  },
  pictures: NO_PICTURE_NOISE,
  gateLatencyUs: ZERO,
  clock: { ppm: ZERO, resyncUs: 64_000_000, residualUs: ZERO, jitterUs: ZERO },
  handling: {
    pressGrams: ZERO,
    dwellUs: { fixed: 500_000 },
    liftUs: { fixed: 35_000 },
    reachFactor: { fixed: 1 },
    neighbourTouch: 0,
    drag: 0,
    topple: 0,
  },
  commissioning: {
    cameraPositionM: 0,
    cameraRotationRad: 0,
    lensPx: 0,
    wrongSlots: 0,
    stockOffByOne: 0,
    lotWeightBias: 0,
  },
};

/** `default` with the real plates' own residuals in place of white noise, hum, bursts and drift. */
const REPLAY: NoiseSet = { ...DEFAULT, name: 'replay', scale: { ...DEFAULT.scale, residuals: 'plate-trace' } };

/** `default` with cameras that do as the pixel path was measured to: `fitted-camera.json` is what `bench fit-detections` wrote. */
const FITTED: NoiseSet = {
  ...DEFAULT,
  name: 'fitted',
  version: fitted.version,
  camera: { ...DEFAULT.camera, ...fitted.camera },
};

const SETS: Record<NoiseSet['name'], NoiseSet> = {
  default: DEFAULT,
  fitted: FITTED,
  other: OTHER,
  none: NONE,
  replay: REPLAY,
};

/** The named family. Shared and frozen: spread it to change a figure. */
export function noiseSet(name: NoiseSet['name']): NoiseSet {
  return SETS[name];
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}

freeze(SETS);
