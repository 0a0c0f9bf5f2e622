import { NO_PICTURE_NOISE } from '../../render/sensor/picture-noise.ts';
import { noiseSet } from '../../sensors/noise.ts';
import type { CameraNoise, Distribution, NoiseSet, PictureNoise, ScaleNoise } from '../run.ts';
import type { CameraNoiseSpec, NoiseSpec, PictureNoiseSpec, ScaleNoiseSpec } from '../schema/noise-schema.ts';

/** The named noise set with the scenario's own figures over it. */
export function resolveNoise({
  set,
  scale,
  camera,
  pictures,
  gate,
  clock,
  handling,
  commissioning,
}: NoiseSpec): NoiseSet {
  const base = noiseSet(set);
  return {
    ...base,
    scale: scaleNoise(base.scale, scale, undefined),
    camera: cameraNoise(base.camera, camera, undefined),
    pictures: pictureNoise(base.pictures, pictures),
    gateLatencyUs: gate?.latency ?? base.gateLatencyUs,
    clock: {
      ppm: clock?.ppm ?? base.clock.ppm,
      resyncUs: clock?.resync ?? base.clock.resyncUs,
      residualUs: clock?.residual ?? base.clock.residualUs,
      jitterUs: clock?.jitter ?? base.clock.jitterUs,
    },
    handling: {
      ...base.handling,
      pressGrams: handling?.press ?? base.handling.pressGrams,
      dwellUs: handling?.dwell ?? base.handling.dwellUs,
      liftUs: handling?.lift ?? base.handling.liftUs,
      reachFactor: handling?.['reach-factor'] ?? base.handling.reachFactor,
      neighbourTouch: handling?.['neighbour-touch'] ?? base.handling.neighbourTouch,
      drag: handling?.drag ?? base.handling.drag,
      topple: handling?.topple ?? base.handling.topple,
    },
    commissioning: {
      ...base.commissioning,
      cameraPositionM: commissioning?.['camera-position'] ?? base.commissioning.cameraPositionM,
      cameraRotationRad: commissioning?.['camera-rotation'] ?? base.commissioning.cameraRotationRad,
      lensPx: commissioning?.lens ?? base.commissioning.lensPx,
      wrongSlots: commissioning?.['wrong-slots'] ?? base.commissioning.wrongSlots,
      stockOffByOne: commissioning?.['stock-off-by-one'] ?? base.commissioning.stockOffByOne,
      lotWeightBias: commissioning?.['lot-weight-bias'] ?? base.commissioning.lotWeightBias,
    },
  };
}

/**
 * A scale's noise. A figure written in the scenario wins over anything fitted: white noise is then not multiplied per
 * unit, and written white noise, drift, bursts or hum are not replaced by real residuals.
 */
export function scaleNoise(
  base: ScaleNoise,
  spec: ScaleNoiseSpec | undefined,
  latency: Distribution | undefined,
): ScaleNoise {
  const { residuals, unitFactor, ...rest } = base;
  const written = spec?.white ?? spec?.drift ?? spec?.burst ?? spec?.hum;
  return {
    ...rest,
    ...(residuals !== undefined && written === undefined ? { residuals } : {}),
    ...(unitFactor !== undefined && spec?.white === undefined ? { unitFactor } : {}),
    whiteGrams: spec?.white ?? base.whiteGrams,
    offsetGrams: spec?.bias ?? base.offsetGrams,
    driftSdGrams: spec?.drift?.sd ?? base.driftSdGrams,
    driftTauUs: spec?.drift?.tau ?? base.driftTauUs,
    quantumGrams: spec?.quantum ?? base.quantumGrams,
    settleUs: spec?.settle ?? base.settleUs,
    burst: {
      ...base.burst,
      perMinute: spec?.burst?.rate === undefined ? base.burst.perMinute : spec.burst.rate * 60,
      peakGrams: spec?.burst?.peak ?? base.burst.peakGrams,
      durationUs: spec?.burst?.for ?? base.burst.durationUs,
      shared: spec?.burst?.shared ?? base.burst.shared,
    },
    hum: spec?.hum ?? base.hum,
    crosstalk: spec?.crosstalk ?? base.crosstalk,
    batch: spec?.batch ?? base.batch,
    latencyUs: latency ?? base.latencyUs,
  };
}

/** A camera's noise; figures written in the scenario win. */
export function cameraNoise(
  base: CameraNoise,
  spec: CameraNoiseSpec | undefined,
  latency: Distribution | undefined,
): CameraNoise {
  const { missStrata, ...rest } = base;
  const isMissWritten = (spec?.miss ?? spec?.['head-miss'] ?? spec?.['hand-miss']) !== undefined;
  return {
    ...rest,
    ...(missStrata !== undefined && !isMissWritten ? { missStrata } : {}),
    headPx: spec?.head ?? spec?.box ?? base.headPx,
    handPx: spec?.hand ?? spec?.box ?? base.handPx,
    depthM: spec?.depth ?? base.depthM,
    handWanderM: spec?.['hand-wander']?.sd ?? base.handWanderM,
    handWanderTauUs: spec?.['hand-wander']?.tau ?? base.handWanderTauUs,
    headMiss: spec?.['head-miss'] ?? spec?.miss ?? base.headMiss,
    handMiss: spec?.['hand-miss'] ?? spec?.miss ?? base.handMiss,
    missUs: spec?.['miss-for'] ?? base.missUs,
    missShared: spec?.['miss-shared'] ?? base.missShared,
    falsePerFrame: spec?.false ?? base.falsePerFrame,
    mergeM: spec?.merge?.within ?? base.mergeM,
    mergePerSecond: spec?.merge?.rate ?? base.mergePerSecond,
    mergeUs: spec?.merge?.for ?? base.mergeUs,
    ownerSwapPerSecond: spec?.['owner-swap']?.rate ?? base.ownerSwapPerSecond,
    ownerSwapUs: spec?.['owner-swap']?.for ?? base.ownerSwapUs,
    latencyUs: latency ?? base.latencyUs,
  };
}

/** A camera's picture noise: `none` for ideal pictures through the true lens, or figures that win over the set's. */
export function pictureNoise(base: PictureNoise, spec: PictureNoiseSpec | undefined): PictureNoise {
  if (spec === 'none') return NO_PICTURE_NOISE;
  const stepM = spec?.['depth-step'];
  return {
    lens: spec?.lens ?? base.lens,
    depthAt1M: spec?.depth ?? base.depthAt1M,
    depthStepMm: stepM === undefined ? base.depthStepMm : Math.round(stepM * 1000),
    rangeM: spec?.range ?? base.rangeM,
    flyingProb: spec?.flying ?? base.flyingProb,
    darkHoleProb: spec?.['dark-holes'] ?? base.darkHoleProb,
    shinyHoleProb: spec?.['shiny-holes'] ?? base.shinyHoleProb,
    readLevels: spec?.read ?? base.readLevels,
    shotLevels: spec?.shot ?? base.shotLevels,
    exposureShare: spec?.exposure ?? base.exposureShare,
    jpegQuality: spec?.jpeg ?? base.jpegQuality,
  };
}
