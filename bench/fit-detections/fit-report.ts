import { STRATA, stratumText } from '../../simulator/sensors/miss-strata.ts';
import type { DetectionSums, PartSums } from './detection-sums.ts';
import { type Fit, missOf } from './fitted-noise.ts';
import { quantile, type SplitError } from './spread.ts';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const centimetres = (metres: number) => `${(100 * metres).toFixed(1)} cm`;

/** What was measured, for people. */
export function fitReport(sums: DetectionSums, { camera, headError, handError }: Fit): string {
  return [
    `${sums.pictures} pictures`,
    ...partLines('heads', sums.heads, headError),
    ...partLines('hands', sums.hands, handError),
    `false heads ${(sums.falseHeads / Math.max(1, sums.pictures)).toFixed(4)}, false hands ${(sums.falseHands / Math.max(1, sums.pictures)).toFixed(4)} per picture`,
    `a miss lasts ${eventText(sums.missesUs)}; ${percent(camera.missShared)} of misses hit all cameras`,
    `merges ${camera.mergePerSecond}/s of near pairs, ${eventText(sums.mergesUs)}`,
    `hands given away ${camera.ownerSwapPerSecond}/s beside others, ${eventText(sums.swapsUs)}`,
  ].join('\n');
}

function partLines(name: string, part: PartSums, error: SplitError): string[] {
  const { all, seen, hiddenAll, hiddenSeen } = part;
  const strata = Array.from({ length: STRATA }, (_, s) => s).filter((s) => all[s] > 0);
  return [
    `${name}: missed ${percent(missOf(part))} of ${all.reduce((a, b) => a + b, 0)} views in sight; ${percent(hiddenSeen / Math.max(1, hiddenAll))} of ${hiddenAll} hidden ones seen`,
    ...(part.errorsPx.length > 0 ? errorLines(part, error) : []),
    ...strata.map(
      (s) =>
        `  missed ${percent(1 - seen[s] / all[s]).padStart(7)} of ${String(all[s]).padStart(7)}  ${stratumText(s, name === 'heads')}`,
    ),
  ];
}

function errorLines({ errorsM, depthErrorsM }: PartSums, error: SplitError): string[] {
  const offM = errorsM.filter((_, i) => i % 2 === 0).map((u, i) => Math.hypot(u, errorsM[2 * i + 1]));
  return [
    `  across p50 ${centimetres(quantile(offM, 0.5))}, p95 ${centimetres(quantile(offM, 0.95))}; depth p50 ${centimetres(quantile(depthErrorsM.map(Math.abs), 0.5))}`,
    `  per axis ${error.total.toFixed(2)} px: ${error.white.toFixed(2)} new in each picture, ${error.slow.toFixed(2)} slow over ${error.tauS.toFixed(2)} s`,
  ];
}

function eventText(us: readonly number[]): string {
  if (us.length === 0) return 'none';
  return `${us.length} of p50 ${(quantile(us, 0.5) / 1e6).toFixed(2)} s, p95 ${(quantile(us, 0.95) / 1e6).toFixed(2)} s`;
}
