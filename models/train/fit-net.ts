import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NetDescription } from '../net/net-description.ts';
import { CROP_VALUES } from '../picture/crop.ts';
import { Dice } from './dice.ts';
import type { Disturbance, ExampleSet } from './example-set.ts';
import type { Loss } from './training-graph.ts';
import { TrainingRun } from './training-run.ts';

/** How long and how fast a net learns. */
export interface FitPlan {
  readonly net: NetDescription;
  readonly loss: Loss;
  readonly batch: number;
  /** Number of examples. */
  readonly examples: number;
  readonly epochs: number;
  /** Highest step size: reached after a twentieth of the steps, then down along a cosine. */
  readonly rate: number;
  readonly disturbance: Disturbance;
  readonly seed: number;
  readonly threads: number;
  /** Where to keep the state between epochs. */
  readonly checkpoint: string;
}

/** A trained net and its curve: mean loss of every `STEPS_PER_POINT` steps. */
export interface Fitted {
  readonly run: TrainingRun;
  readonly losses: readonly number[];
  /** CPU time that data and steps took, of all runs that led here. */
  readonly cpuMinutes: number;
}

export const STEPS_PER_POINT = 16;

/**
 * Trains a net on examples, made only when steps are left; goes on from the checkpoint when there is one of this net.
 * `step` hears of every step.
 */
export async function fitNet(
  plan: FitPlan,
  makeExamples: () => Promise<ExampleSet>,
  step: (done: number, loss: number) => void,
): Promise<Fitted> {
  const { batch, epochs, seed } = plan;
  const run = await TrainingRun.start(plan.net, batch, plan.loss, seed, plan.threads);
  const losses: number[] = [];
  let cpuS = 0;
  const curve = `${plan.checkpoint}.curve.json`;
  if (existsSync(plan.checkpoint) && run.restore(readFileSync(plan.checkpoint)) && existsSync(curve))
    cpuS = readCurve(curve, losses);
  let sum = 0;
  const classes = plan.loss.kind === 'cosine' ? plan.loss.classes : lastUnits(plan.net);
  const perEpoch = Math.floor(plan.examples / batch);
  const total = perEpoch * epochs;
  if (run.steps >= total) return { run, losses, cpuMinutes: cpuS / 60 };
  const examples = await makeExamples();
  const pictures = new Float32Array(batch * CROP_VALUES);
  const labels = new Float32Array(batch * classes);
  for (let epoch = Math.floor(run.steps / perEpoch); epoch < epochs; epoch++) {
    const order = shuffled(examples.count, new Dice(seed, 'order', epoch));
    const dice = new Dice(seed, 'light', epoch);
    for (let at = 0; at < perEpoch; at++) {
      labels.fill(0);
      for (let k = 0; k < batch; k++) {
        const index = order[at * batch + k];
        examples.readInto(pictures, k * CROP_VALUES, index, dice, plan.disturbance);
        labels[k * classes + examples.labels[index]] = 1;
      }
      const loss = await run.step(pictures, labels, plan.rate * rateAt((run.steps + 1) / total));
      sum += loss;
      if (run.steps % STEPS_PER_POINT === 0) {
        losses.push(Math.round((1e4 * sum) / STEPS_PER_POINT) / 1e4);
        sum = 0;
      }
      step(run.steps / total, loss);
    }
    save(plan.checkpoint, run.save());
    const { user, system } = process.cpuUsage();
    save(curve, new TextEncoder().encode(JSON.stringify({ losses, cpuS: cpuS + (user + system) / 1e6 })));
  }
  const { user, system } = process.cpuUsage();
  return { run, losses, cpuMinutes: (cpuS + (user + system) / 1e6) / 60 };
}

/** Adds the losses of a stopped run; returns its CPU time, seconds. */
function readCurve(path: string, losses: number[]): number {
  const before = JSON.parse(readFileSync(path, 'utf8')) as { losses: number[]; cpuS: number };
  losses.push(...before.losses);
  return before.cpuS;
}

function rateAt(share: number): number {
  return share < 0.05 ? share / 0.05 : 0.5 + 0.5 * Math.cos((Math.PI * (share - 0.05)) / 0.95);
}

function shuffled(count: number, dice: Dice): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = dice.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function lastUnits(net: NetDescription): number {
  const last = net.layers[net.layers.length - 1];
  if (last.kind !== 'dense') throw new Error(`net ${net.name} ends in ${last.kind}, expected a dense layer`);
  return last.units;
}

function save(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
}
