import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { measureSpeed, speedLine } from '../../bench/speed.ts';
import { resolveFile } from '../scenario-files.ts';
import { accuracyCommand, publishedCommand } from './bench-accuracy.ts';
import { calibrateCommand } from './bench-calibrate.ts';
import { compareDetectionsCommand, fitDetectionsCommand } from './bench-fit-detections.ts';
import { gatewayCommand } from './bench-gateway.ts';
import { modelsCommand } from './bench-models.ts';
import { noiseCommand } from './bench-noise.ts';
import { machine, parseCount } from './bench-options.ts';
import { perceptionCommand } from './bench-perception.ts';
import { robustnessCommand } from './bench-robustness.ts';
import { soakCommand } from './bench-soak.ts';
import { trackingCommand } from './bench-tracking.ts';
import { tuneCommand } from './bench-tune.ts';
import { viewerBenchCommand } from './bench-viewer.ts';
import { visionCommand } from './bench-vision.ts';

const scenarios = (path: string) => fileURLToPath(new URL(`../../scenarios/${path}`, import.meta.url));

export function benchCommand(): Command {
  const command = new Command('bench').description('Benchmarks; without a name: spine').action(() => {
    benchSpine(120);
  });
  const spine = new Command('spine')
    .description('CPU time of simulator and engine, each by itself')
    .option('--seconds <n>', 'simulated seconds', parseCount, 120)
    .action((options: { seconds: number }) => benchSpine(options.seconds));
  for (const part of [
    spine,
    accuracyCommand(),
    publishedCommand(),
    calibrateCommand(),
    tuneCommand(),
    robustnessCommand(),
    noiseCommand(),
    soakCommand(),
    gatewayCommand(),
    visionCommand(),
    perceptionCommand(),
    fitDetectionsCommand(),
    compareDetectionsCommand(),
    trackingCommand(),
    modelsCommand(),
    viewerBenchCommand(),
  ]) {
    part.exitOverride().showSuggestionAfterError();
    command.addCommand(part);
  }
  return command;
}

function benchSpine(seconds: number): void {
  console.log(machine());
  for (const file of ['stores/grocery.yaml', 'populations/lunch-rush.yaml', 'populations/crush.yaml']) {
    const run = resolveFile(scenarios(file), null, {});
    console.log(speedLine(file, measureSpeed(run, seconds * 1e6)));
  }
}
