import { Command, InvalidArgumentError, Option } from 'commander';
import { growthPerHour, type SoakSample, soak } from '../../bench/soak/soak.ts';
import { addMethodOptions, type MethodOptions } from '../method-options.ts';
import { machine, parseCount } from './bench-options.ts';

interface SoakFlags extends MethodOptions {
  readonly hours: number;
  readonly every: number;
  readonly parties: number;
  readonly parts: 'both' | 'simulator';
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

export function soakCommand(): Command {
  const command = new Command('soak')
    .description('A simulated day in the kiosk: memory by the hour, and how much it grows')
    .option('--hours <n>', 'length of the day', parseHours, 24)
    .option('--parties <n>', 'that come in an hour', parseCount, 20)
    .option('--every <n>', 'hours between samples', parseHours, 1)
    .addOption(
      new Option('--parts <which>', '`simulator`: without the engine, to tell whose memory grows')
        .choices(['both', 'simulator'])
        .default('both'),
    );
  return addMethodOptions(command).action(({ hours, every, parties, parts, attribution, ablate }: SoakFlags) => {
    console.log(
      `${machine()}\n${['hour', 'heap MiB', 'arrays MiB', 'RSS MiB', 'carts', 'wall s'].map((t) => t.padStart(11)).join('')}`,
    );
    const samples: SoakSample[] = [];
    soak({
      ...{ hours, parties, everyHours: every, parts, engine: { attribution, ablate } },
      sample: (sample) => {
        samples.push(sample);
        console.log(line(sample));
      },
    });
    const grown = (of: (sample: SoakSample) => number) => {
      const bytes = growthPerHour(samples, of);
      return bytes === null ? '–' : `${(bytes / 1024).toFixed(0)} KiB/h`;
    };
    console.log(
      `growth: heap ${grown((one) => one.heapBytes)}, arrays ${grown((one) => one.buffersBytes)}, RSS ${grown((one) => one.rssBytes)}`,
    );
  });
}

function line({ simulatedHours, heapBytes, buffersBytes, rssBytes, carts, wallSeconds }: SoakSample): string {
  const cells = [simulatedHours.toFixed(2), mebibytes(heapBytes), mebibytes(buffersBytes), mebibytes(rssBytes)];
  return [...cells, String(carts), wallSeconds.toFixed(0)].map((cell) => cell.padStart(11)).join('');
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (!(hours > 0 && hours <= 168)) throw new InvalidArgumentError('expected hours above 0, at most 168.');
  return hours;
}
