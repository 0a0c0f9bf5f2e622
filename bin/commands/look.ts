import { Command } from 'commander';
import { contactSheet } from '../../simulator/render/contact-sheet.ts';
import { pictureModel } from '../../simulator/render/picture-model.ts';
import { PictureSource } from '../../simulator/render/picture-source.ts';
import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import { NO_PICTURE_NOISE, PICTURE_NOISE } from '../../simulator/render/sensor/picture-noise.ts';
import { DURATION, parseQuantity } from '../../simulator/scenario/units.ts';
import { World } from '../../simulator/world/world.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';
import { UserError } from '../user-error.ts';

interface LookOptions extends OneRunOptions {
  readonly camera: string;
  readonly at: string;
  readonly out: string;
  readonly ideal?: boolean;
}

export function lookCommand(): Command {
  const command = new Command('look')
    .description('Write what one camera sees at one moment: colour, depth and what each pixel belongs to, on one sheet')
    .argument('<file>', 'scenario file')
    .requiredOption('--camera <id>', 'camera to look through')
    .requiredOption('--at <time>', 'time since the start of the run, for instance 12s or 1m30s')
    .requiredOption('--out <png>', 'picture to write')
    .option('--ideal', 'without the noise of the sensor');
  return addOneRunOptions(command).action(look);
}

async function look(file: string, options: LookOptions): Promise<void> {
  const run = resolveOne(file, options);
  const camera = run.cameras.findIndex((plan) => plan.id === options.camera);
  if (camera < 0) {
    const known = run.cameras.map((plan) => plan.id).join(', ');
    throw new UserError(`--camera: found ${options.camera}, expected one of ${known}`);
  }
  const atUs = parseQuantity(DURATION, options.at);
  if (atUs === undefined) throw new UserError(`--at: found ${options.at}, expected a time such as 12s`);
  if (atUs > run.durationUs)
    throw new UserError(`--at: found ${options.at}, expected at most ${run.durationUs / 1e6}s`);
  const world = new World(run);
  const writer = new SnapshotWriter(run);
  while (world.timeUs < atUs && !world.isOver) {
    world.step();
    writer.watch(world);
  }
  const noise = options.ideal ? NO_PICTURE_NOISE : PICTURE_NOISE;
  const source = new PictureSource(await pictureModel(run, writer.log, noise));
  const { widthPx, heightPx, rateHz } = run.cameras[camera];
  const pixels = widthPx * heightPx;
  const picture = { rgb: new Uint8Array(3 * pixels), depthMm: new Uint16Array(pixels), ids: new Uint16Array(pixels) };
  source.drawInto(picture, writer.take(world), camera, Math.floor((world.timeUs * rateHz) / 1e6), world.timeUs);
  await contactSheet(picture, widthPx, heightPx, options.out);
  console.log(`${options.out}: ${options.camera} at ${world.timeUs / 1e6} s, colour | depth 0.5 to 8 m | ids`);
}
