import { Command } from 'commander';
import { LEARNING_PICTURES } from '../../engine/perception/background.ts';
import { Perceiver } from '../../engine/perception/perceiver.ts';
import { commission } from '../../simulator/commission.ts';
import { contactSheet } from '../../simulator/render/contact-sheet.ts';
import { pictureModel } from '../../simulator/render/picture-model.ts';
import { PictureSource } from '../../simulator/render/picture-source.ts';
import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import { NO_PICTURE_NOISE } from '../../simulator/render/sensor/picture-noise.ts';
import { DURATION, parseQuantity } from '../../simulator/scenario/units.ts';
import { World } from '../../simulator/world/world.ts';
import { addOneRunOptions, type OneRunOptions, resolveOne } from '../one-run.ts';
import { perceptionPanels } from '../pictures/perception-panels.ts';
import { UserError } from '../user-error.ts';

interface LookOptions extends OneRunOptions {
  readonly camera: string;
  readonly at: string;
  readonly out: string;
  readonly ideal?: boolean;
}

export function lookCommand(): Command {
  const command = new Command('look')
    .description(
      'Write what one camera sees at one moment on one sheet: colour, depth, what each pixel belongs to, what stands out with heads and hands, plan view',
    )
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
  const opening = writer.take(world);
  while (world.timeUs < atUs && !world.isOver) {
    world.step();
    writer.watch(world);
  }
  const noise = options.ideal ? NO_PICTURE_NOISE : null;
  const source = new PictureSource(await pictureModel(run, writer.log, noise));
  const { widthPx, heightPx, rateHz } = run.cameras[camera];
  const pixels = widthPx * heightPx;
  const picture = { rgb: new Uint8Array(3 * pixels), depthMm: new Uint16Array(pixels), ids: new Uint16Array(pixels) };
  const store = commission(run);
  const perceiver = new Perceiver(store.cameras[camera], store);
  // The shop as it opened is the background; what has moved on the shelves since shows up too.
  for (let frame = 0; frame < LEARNING_PICTURES; frame++) {
    source.drawInto(picture, opening, camera, frame, 0);
    perceiver.perceive(picture.depthMm, picture.rgb);
  }
  const now = LEARNING_PICTURES + Math.floor((world.timeUs * rateHz) / 1e6);
  await source.photographInto(picture, writer.take(world), camera, now, world.timeUs);
  const seen = perceiver.perceive(picture.depthMm, picture.rgb);
  await contactSheet(picture, widthPx, heightPx, options.out, perceptionPanels(perceiver, seen));
  const what = 'colour | depth 0.5 to 8 m | ids | foreground, heads red, hands green | plan view';
  console.log(`${options.out}: ${options.camera} at ${world.timeUs / 1e6} s, ${what}`);
  console.log(`${seen.headDepthM.length} heads, ${seen.handDepthM.length} hands`);
}
