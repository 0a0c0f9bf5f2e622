import benny from 'benny';
import { LEARNING_PICTURES } from '../../engine/perception/background.ts';
import { Perceiver } from '../../engine/perception/perceiver.ts';
import { commission } from '../../simulator/commission.ts';
import { PictureSource } from '../../simulator/render/picture-source.ts';
import { BODIES } from '../../simulator/render/scene/snapshot-layout.ts';
import { NO_PICTURE_NOISE, PICTURE_NOISE } from '../../simulator/render/sensor/picture-noise.ts';
import { sharedPicture } from '../../simulator/render/shared-picture.ts';
import { type VisionScene, visionScene } from './vision-scene.ts';

/** One measured route of the picture path. */
export interface VisionFigure {
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Median over benny's samples, pictures per second on one core. */
  readonly framesPerSecond: number;
  /** The same by this thread's CPU time, which other programs on the machine disturb less. */
  readonly framesPerCpuSecond: number;
  /** Wanted at least, or null. */
  readonly target: number | null;
}

/** What stands around the figures. */
export interface VisionFigures {
  readonly figures: readonly VisionFigure[];
  readonly snapshotBytes: number;
  readonly people: number;
  readonly things: number;
}

const SIZES = [
  [320, 240],
  [640, 360],
] as const;

/** Measures rasteriser, sensor model and perception, 8 cameras in turn over 20 moments; in whatever thread it is called. */
export async function measureVision(): Promise<VisionFigures> {
  const figures: VisionFigure[] = [];
  let about = { snapshotBytes: 0, people: 0, things: 0 };
  for (const [widthPx, heightPx] of SIZES) {
    const scene = await visionScene(widthPx, heightPx, PICTURE_NOISE);
    const isSmall = widthPx === 320;
    const routes = [
      { name: 'rasteriser, still part kept', target: isSmall ? 2000 : 900, run: keptRoute(scene) },
      { name: 'rasteriser, nothing kept', target: isSmall ? 400 : null, run: afreshRoute(scene) },
      { name: 'sensor model alone', target: null, run: sensorRoute(scene) },
      { name: 'rasteriser and sensor model', target: null, run: wholeRoute(scene) },
      { name: 'perception', target: isSmall ? 800 : null, run: perceptionRoute(scene) },
    ];
    for (const { name, target, run } of routes) {
      const cameras = scene.run.cameras.length;
      const framesPerSecond = cameras / (await medianSeconds(name, run));
      const framesPerCpuSecond = cameras / medianCpuSeconds(run);
      figures.push({ name, widthPx, heightPx, framesPerSecond, framesPerCpuSecond, target });
    }
    about = aboutScene(scene);
  }
  return { figures, ...about };
}

async function medianSeconds(name: string, run: () => void): Promise<number> {
  const summary = await benny.suite(
    name,
    benny.add(name, run, { minSamples: 20, maxTime: 3 }),
    benny.complete(() => {}),
  );
  return summary.results[0].details.median;
}

const CPU_SAMPLES = 21;
const ROUNDS = 10;

function medianCpuSeconds(run: () => void): number {
  const samples = Array.from({ length: CPU_SAMPLES }, () => {
    const before = process.threadCpuUsage();
    for (let round = 0; round < ROUNDS; round++) run();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1e6 / ROUNDS;
  });
  return samples.sort((a, b) => a - b)[(CPU_SAMPLES - 1) / 2];
}

/** Each call draws one moment of all cameras over what they keep. */
function keptRoute({ run, model, snapshots }: VisionScene): () => void {
  const source = new PictureSource({ ...model, noise: NO_PICTURE_NOISE });
  let moment = 0;
  return () => {
    const snapshot = snapshots[moment++ % snapshots.length];
    for (let camera = 0; camera < run.cameras.length; camera++) {
      const { view, rasteriser } = source.show(snapshot, camera);
      view.draw(rasteriser, source.scene.still, source.scene.moving, source.scene.brightness);
    }
  };
}

function afreshRoute({ run, model, snapshots }: VisionScene): () => void {
  const source = new PictureSource({ ...model, noise: NO_PICTURE_NOISE });
  let moment = 0;
  return () => {
    const snapshot = snapshots[moment++ % snapshots.length];
    for (let camera = 0; camera < run.cameras.length; camera++) {
      const { view, rasteriser } = source.show(snapshot, camera);
      view.drawAfresh(rasteriser, source.scene.still, source.scene.moving, source.scene.brightness);
    }
  };
}

/** Colour and depth of pictures already drawn; no ids, as the engine gets them. */
function sensorRoute({ run, model, snapshots }: VisionScene): () => void {
  const source = new PictureSource(model);
  const [{ widthPx, heightPx }] = run.cameras;
  const out = sharedPicture(widthPx, heightPx, false);
  for (let camera = 0; camera < run.cameras.length; camera++) source.drawInto(out, snapshots[0], camera, 0, 0);
  let frame = 0;
  return () => {
    frame += 1;
    for (let camera = 0; camera < run.cameras.length; camera++)
      source.show(snapshots[0], camera).sensor.developInto(out, frame, frame * 100_000);
  };
}

function wholeRoute({ run, model, snapshots }: VisionScene): () => void {
  const source = new PictureSource(model);
  const [{ widthPx, heightPx }] = run.cameras;
  const out = sharedPicture(widthPx, heightPx, false);
  let frame = 0;
  return () => {
    frame += 1;
    const snapshot = snapshots[frame % snapshots.length];
    for (let camera = 0; camera < run.cameras.length; camera++)
      source.drawInto(out, snapshot, camera, frame, frame * 100_000);
  };
}

/** Looks at pictures drawn before, having learned the shop while it was empty. */
function perceptionRoute({ run, model, opening, snapshots }: VisionScene): () => void {
  const source = new PictureSource(model);
  const store = commission(run);
  const [{ widthPx, heightPx }] = run.cameras;
  const moments = snapshots.map((snapshot, moment) =>
    run.cameras.map((_, camera) => {
      const picture = sharedPicture(widthPx, heightPx, false);
      source.drawInto(picture, snapshot, camera, moment, moment * 100_000);
      return picture;
    }),
  );
  const perceivers = store.cameras.map((camera) => new Perceiver(camera, store));
  const empty = sharedPicture(widthPx, heightPx, false);
  const before = new PictureSource(model);
  perceivers.forEach((perceiver, camera) => {
    for (let frame = 0; frame < LEARNING_PICTURES; frame++) {
      before.drawInto(empty, opening, camera, frame, 0);
      perceiver.perceive(empty.depthMm, empty.rgb);
    }
  });
  let moment = 0;
  return () => {
    const pictures = moments[moment++ % moments.length];
    for (let camera = 0; camera < perceivers.length; camera++)
      perceivers[camera].perceive(pictures[camera].depthMm, pictures[camera].rgb);
  };
}

function aboutScene({ model, snapshots }: VisionScene) {
  const source = new PictureSource(model);
  source.show(snapshots[0], 0);
  return {
    snapshotBytes: snapshots[0].byteLength,
    people: snapshots[0][BODIES],
    things: source.scene.still.count,
  };
}
