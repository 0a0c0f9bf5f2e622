import { Command } from 'commander';
import { benchPipeline, benchVision, pipelineTable, visionTable } from '../../bench/vision/vision-bench.ts';
import { machine } from './bench-options.ts';

export function visionCommand(): Command {
  return new Command('vision')
    .description(
      'Pictures per second: rasteriser with and without what it keeps, sensor model, perception; and a whole store',
    )
    .action(async () => {
      console.log(machine());
      console.log(visionTable(await benchVision()));
      console.log(pipelineTable(await benchPipeline()));
    });
}
