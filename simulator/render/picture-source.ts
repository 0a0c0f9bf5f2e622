import { CameraView } from './camera-view.ts';
import type { PictureModel } from './picture-model.ts';
import { type CompiledGeometry, compileGeometry } from './rasterise/compiled-geometry.ts';
import { SHOP_LIGHT } from './rasterise/lighting.ts';
import { Rasteriser } from './rasterise/rasteriser.ts';
import { fixtureId, productId } from './scene/ids.ts';
import { packageShape } from './scene/package-shape.ts';
import { sceneShapes } from './scene/shapes.ts';
import { ShopScene } from './scene/shop-scene.ts';
import { timeOf } from './scene/snapshot-layout.ts';
import { CameraSensorModel, type Picture } from './sensor/camera-sensor-model.ts';
import { throughJpeg } from './sensor/jpeg-artefacts.ts';
import { idealLens, lensMap } from './sensor/lens-map.ts';
import { TruePoses } from './true-poses.ts';

/** Packages of glass, metal and glossy film. */
const SHINY = new Set(['can', 'bottle', 'jar', 'bag']);

/** One camera's view and sensor, and the rasteriser for its canvas. */
export interface Eye {
  readonly view: CameraView;
  readonly sensor: CameraSensorModel;
  readonly rasteriser: Rasteriser;
  readonly poses: TruePoses;
}

/**
 * Draws the pictures of a run's cameras, one at a time, from snapshots of its world. The same snapshot, camera and frame
 * number give the same picture whichever source draws it and whatever it drew before.
 */
export class PictureSource {
  readonly scene: ShopScene;
  private readonly model: PictureModel;
  private readonly geometries: readonly CompiledGeometry[];
  private readonly shiny: Uint8Array;
  private readonly eyes: (Eye | undefined)[];
  /** Cameras with one size of canvas share a rasteriser. */
  private readonly rasterisers = new Map<string, Rasteriser>();
  private shown: Float32Array | null = null;

  constructor(model: PictureModel) {
    this.model = model;
    this.scene = new ShopScene(model.run, model.stockLog);
    this.geometries = sceneShapes().map(compileGeometry);
    this.shiny = shinyIds(model);
    this.eyes = new Array(model.run.cameras.length);
  }

  /** Draws what a camera sees in a snapshot; a snapshot must not change once it was drawn from. */
  drawInto(out: Picture, snapshot: Float32Array, camera: number, frameIndex: number, timeUs: number): void {
    const eye = this.show(snapshot, camera);
    const { still, moving, brightness } = this.scene;
    eye.view.draw(eye.rasteriser, still, moving, brightness);
    eye.sensor.developInto(out, frameIndex, timeUs);
  }

  /** The same with what only libraries can do to colour: JPEG, where the camera has it. */
  async photographInto(
    out: Picture,
    snapshot: Float32Array,
    camera: number,
    frameIndex: number,
    timeUs: number,
  ): Promise<void> {
    this.drawInto(out, snapshot, camera, frameIndex, timeUs);
    const { pictures, widthPx, heightPx } = this.model.run.cameras[camera];
    const { jpegQuality } = this.model.noise ?? pictures;
    if (jpegQuality > 0) await throughJpeg(out.rgb, widthPx, heightPx, jpegQuality);
  }

  /** Brings the scene to a snapshot; returns the camera with its view not yet drawn. */
  show(snapshot: Float32Array, camera: number): Eye {
    const eye = (this.eyes[camera] ??= this.open(camera));
    if (snapshot !== this.shown) {
      this.scene.show(snapshot, (instance) => {
        for (const each of this.eyes) each?.view.mark(this.scene.still, instance);
      });
      this.shown = snapshot;
    }
    eye.view.moveTo(eye.poses.at(timeOf(snapshot)));
    return eye;
  }

  private open(camera: number): Eye {
    const { run } = this.model;
    const plan = run.cameras[camera];
    const noise = this.model.noise ?? plan.pictures;
    const lens = noise.lens ? lensMap(plan) : idealLens(plan);
    const poses = new TruePoses(run, plan);
    const view = new CameraView(plan, poses.at(0), lens);
    return {
      poses,
      view,
      sensor: new CameraSensorModel(run.seed, view, noise, this.shiny),
      rasteriser: this.rasteriserFor(lens.canvasWidthPx, lens.canvasHeightPx),
    };
  }

  private rasteriserFor(widthPx: number, heightPx: number): Rasteriser {
    const size = `${widthPx}x${heightPx}`;
    let rasteriser = this.rasterisers.get(size);
    if (!rasteriser) {
      rasteriser = new Rasteriser(widthPx * heightPx, this.geometries, this.model.atlas, SHOP_LIGHT);
      this.rasterisers.set(size, rasteriser);
    }
    return rasteriser;
  }
}

function shinyIds({ run }: PictureModel): Uint8Array {
  const shiny = new Uint8Array(65536);
  run.products.forEach((product, i) => {
    if (SHINY.has(packageShape(product))) shiny[productId(i)] = 1;
  });
  run.store.fixtures.forEach((fixture, i) => {
    if (fixture.door !== null) shiny[fixtureId(i)] = 1;
  });
  return shiny;
}
