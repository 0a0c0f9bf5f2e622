import { STRATA, stratumText } from '../../simulator/sensors/miss-strata.ts';
import type { DetectionSums, PartSums } from './detection-sums.ts';
import { missOf } from './fitted-noise.ts';
import { quantile } from './spread.ts';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(8);

/** Pictures beside `detections` of the same moments, stratum by stratum. */
export function compareReport(pixels: DetectionSums, detections: DetectionSums): string {
  const perPicture = ({ falseHeads, falseHands, pictures }: DetectionSums) =>
    ((falseHeads + falseHands) / Math.max(1, pictures)).toFixed(3).padStart(8);
  return [
    `${'pixels'.padStart(8)} ${'detect.'.padStart(8)} ${'views'.padStart(8)}`,
    ...partLines('heads', pixels.heads, detections.heads),
    ...partLines('hands', pixels.hands, detections.hands),
    `${perPicture(pixels)} ${perPicture(detections)} ${String(pixels.pictures).padStart(8)}  false alarms per picture`,
  ].join('\n');
}

function partLines(name: string, pixels: PartSums, detections: PartSums): string[] {
  const views = (part: PartSums, s: number) => part.all[s];
  const missed = (part: PartSums, s: number) => percent(1 - part.seen[s] / Math.max(1, part.all[s]));
  const strata = Array.from({ length: STRATA }, (_, s) => s).filter((s) => views(pixels, s) > 0);
  const total = pixels.all.reduce((sum, one) => sum + one, 0);
  return [
    `${percent(missOf(pixels))} ${percent(missOf(detections))} ${String(total).padStart(8)}  ${name} missed`,
    ...strata.map(
      (s) =>
        `${missed(pixels, s)} ${missed(detections, s)} ${String(views(pixels, s)).padStart(8)}    ${stratumText(s, name === 'heads')}`,
    ),
    `${errorText(pixels)} ${errorText(detections)} ${''.padStart(8)}  ${name} off by, p50 across`,
  ];
}

function errorText({ errorsM }: PartSums): string {
  const offM = errorsM.filter((_, i) => i % 2 === 0).map((u, i) => Math.hypot(u, errorsM[2 * i + 1]));
  return (offM.length === 0 ? '–' : `${(100 * quantile(offM, 0.5)).toFixed(1)} cm`).padStart(8);
}
