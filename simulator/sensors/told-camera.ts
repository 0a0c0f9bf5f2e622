import type { Camera } from '../../engine/store.ts';
import { calibrationFaults } from '../faults/calibration.ts';
import { RandomStream } from '../random.ts';
import type { CameraPlan, Run } from '../scenario/run.ts';
import { misplaced } from './misplaced.ts';
import { focalPx, lookAt } from './true-camera.ts';

/** Points across the picture at which the lens residual is measured. */
const GRID = 9;

interface Lens {
  readonly f: number;
  readonly k1: number;
  readonly k2: number;
}

/** A camera as commissioning finds it: pose off by centimetres and tenths of a degree, lens model off by half a pixel. */
export function toldCamera(run: Run, plan: CameraPlan): Camera {
  const { noise, seed } = run;
  let pose = lookAt(plan.atM, plan.lookM);
  let lens: Lens = { f: focalPx(plan), k1: plan.k1, k2: plan.k2 };
  let byM = 0;
  let byRad = 0;
  const stream = new RandomStream(seed, `commission/camera/${plan.id}`);
  if (run.knowledge !== 'perfect') {
    byM = noise.commissioning.cameraPositionM * rms3(stream);
    byRad = noise.commissioning.cameraRotationRad * rms3(stream);
    lens = fitted(plan, lens, stream, noise.commissioning.lensPx);
  }
  for (const { plan: fault, stream: own } of calibrationFaults(run, plan.id).told) {
    byM += own.draw(fault.size);
    byRad += own.draw(fault.size2);
  }
  if (byM !== 0 || byRad !== 0) pose = misplaced(plan, stream, byM, byRad).pose;
  return {
    id: plan.id,
    widthPx: plan.widthPx,
    heightPx: plan.heightPx,
    intrinsics: {
      fx: lens.f,
      fy: lens.f,
      cx: plan.widthPx / 2,
      cy: plan.heightPx / 2,
      k1: lens.k1,
      k2: lens.k2,
    },
    cameraFromWorld: Array.from(pose),
    rateHz: plan.rateHz,
    ...(plan.output === 'pixels' ? { seenBy: 'perception' as const } : {}),
  };
}

/** Length of a random vector in space whose RMS length is 1. */
function rms3(stream: RandomStream): number {
  const x = stream.normal();
  const y = stream.normal();
  const z = stream.normal();
  return Math.sqrt((x * x + y * y + z * z) / 3);
}

/** A wrong lens model whose pixels are off by `rmsPx` on average over the picture. */
function fitted(plan: CameraPlan, lens: Lens, stream: RandomStream, rmsPx: number): Lens {
  const by = { f: lens.f * 0.002 * stream.normal(), k1: 0.01 * stream.normal(), k2: 0.01 * stream.normal() };
  const trial = { f: lens.f + by.f, k1: lens.k1 + by.k1, k2: lens.k2 + by.k2 };
  const found = lensResidualPx(plan, lens, trial);
  const share = found > 0 ? rmsPx / found : 0;
  return { f: lens.f + share * by.f, k1: lens.k1 + share * by.k1, k2: lens.k2 + share * by.k2 };
}

/** RMS distance in pixels between where two lens models put the same rays, over the picture. */
export function lensResidualPx(plan: CameraPlan, one: Lens, other: Lens): number {
  let sum = 0;
  for (let row = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++) {
      const x = ((column / (GRID - 1) - 0.5) * plan.widthPx) / one.f;
      const y = ((row / (GRID - 1) - 0.5) * plan.heightPx) / one.f;
      const r2 = x * x + y * y;
      const off = one.f * (1 + r2 * (one.k1 + r2 * one.k2)) - other.f * (1 + r2 * (other.k1 + r2 * other.k2));
      sum += off * off * r2;
    }
  }
  return Math.sqrt(sum / (GRID * GRID));
}
