import { Command } from 'commander';
import { Simulation } from '../../simulator/simulate.ts';
import type { TruthCart, TruthEvent } from '../../simulator/truth.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';
import { recordedTruth } from '../recorded-run.ts';

interface TruthOptions extends OneRunOptions {
  readonly json?: boolean;
}

interface Truth {
  readonly events: readonly TruthEvent[];
  readonly carts: readonly TruthCart[];
}

export function truthCommand(): Command {
  const command = new Command('truth')
    .description('Say what really happened: every item that moved, who came and went, what each trip carried out')
    .argument('<file>', 'scenario file, or MCAP recording with truth channels')
    .option('--json', 'one JSON object per event and cart');
  return addOneRunOptions(command).action((file: string, options: TruthOptions) => {
    const { events, carts } = file.endsWith('.mcap') ? truthOfRecording(file) : simulatedTruth(file, options);
    for (const event of events) console.log(options.json ? JSON.stringify(event) : eventLine(event));
    for (const cart of carts) console.log(options.json ? JSON.stringify({ kind: 'cart', ...cart }) : cartLine(cart));
  });
}

function simulatedTruth(file: string, options: TruthOptions): Truth {
  const run = resolveOne(file, options);
  const cameras = run.cameras.map((camera) => ({ ...camera, output: 'detections' as const }));
  const simulation = new Simulation({ ...run, cameras });
  const events: TruthEvent[] = [];
  for (let step = simulation.step(); step; step = simulation.step()) events.push(...step.truth);
  return { events, carts: simulation.carts() };
}

function truthOfRecording(file: string): Truth {
  const events: TruthEvent[] = [];
  const carts: TruthCart[] = [];
  for (const truth of recordedTruth(file)) {
    if (truth.kind === 'event') events.push(truth.event);
    else if (truth.kind === 'cart') carts.push(truth.cart);
  }
  return { events, carts };
}

const seconds = (timeUs: number) => `${(timeUs / 1e6).toFixed(2).padStart(8)} s`;

function eventLine(event: TruthEvent): string {
  const time = seconds(event.timeUs);
  switch (event.kind) {
    case 'entered':
      return `${time}  ${event.shopper} comes in${event.credential === null ? ' without a credential' : ''}`;
    case 'left':
      return `${time}  ${event.shopper} leaves`;
    case 'moved':
      return `${time}  ${event.by} moves ${event.sku} (${event.grams.toFixed(1)} g) from ${event.from} to ${event.to}`;
    case 'touched':
      return `${time}  ${event.by} touches ${event.slot}`;
    case 'skipped':
      return `${time}  ${event.shopper} could not do action ${event.action + 1}: ${event.reason}`;
  }
}

function cartLine({ shopper, members, exitedAtUs, lines }: TruthCart): string {
  const who = members.length > 1 ? `${shopper} (${members.join(', ')})` : shopper;
  const goods = lines.map(({ sku, count }) => `${count} × ${sku}`).join(', ') || 'nothing';
  return exitedAtUs === null ? `${who} is still inside` : `${who} carried out ${goods}`;
}
