import type { CameraPlan } from '../scenario/run.ts';
import { type CameraFromWorld, focalPx } from '../sensors/true-camera.ts';
import { CanvasLayer } from './rasterise/canvas-layer.ts';
import { type Pinhole, pinhole } from './rasterise/pinhole.ts';
import type { Rasteriser } from './rasterise/rasteriser.ts';
import type { PixelBox } from './rasterise/visible-order.ts';
import { type Instances, MATRIX } from './scene/instances.ts';
import type { LensMap } from './sensor/lens-map.ts';

/** Half extent of any shape of 1 unit, its own axes added up. */
const REACH = 1.3;

/** What one camera sees of a scene: the resting part kept and mended only where it changed, the moving part over it. */
export class CameraView {
  readonly plan: CameraPlan;
  readonly lens: LensMap;
  /** The picture last drawn, on the ideal canvas. */
  readonly picture: CanvasLayer;
  /** The same without what moves. */
  private readonly still: CanvasLayer;
  private readonly whole: PixelBox;
  /** Part of the resting picture that is out of date. */
  private readonly stale: PixelBox;
  private brightness = -1;
  private pose: CameraFromWorld;
  private ideal: Pinhole;

  /** `pose`: where it really is; `lens`: what it really looks through. */
  constructor(plan: CameraPlan, pose: CameraFromWorld, lens: LensMap) {
    this.plan = plan;
    this.lens = lens;
    const { canvasWidthPx: width, canvasHeightPx: height } = lens;
    this.pose = pose;
    this.ideal = idealOf(plan, pose, lens);
    this.picture = new CanvasLayer(width, height);
    this.still = new CanvasLayer(width, height);
    this.whole = { x0: 0, y0: 0, x1: width, y1: height };
    this.stale = { ...this.whole };
  }

  /** The ideal camera whose canvas this is. */
  get pinhole(): Pinhole {
    return this.ideal;
  }

  /** Moves the camera; everything is drawn anew when that changes anything. */
  moveTo(pose: CameraFromWorld): void {
    if (pose === this.pose) return;
    this.pose = pose;
    this.ideal = idealOf(this.plan, pose, this.lens);
    Object.assign(this.stale, this.whole);
  }

  /** Notes that something of the resting scene comes or goes where this instance is. */
  mark(instances: Instances, instance: number): void {
    const { stale, whole } = this;
    if (!this.boundsInto(bounds, instances.matrix, instance * MATRIX)) return;
    stale.x0 = Math.max(whole.x0, Math.min(stale.x0, bounds.x0));
    stale.y0 = Math.max(whole.y0, Math.min(stale.y0, bounds.y0));
    stale.x1 = Math.min(whole.x1, Math.max(stale.x1, bounds.x1));
    stale.y1 = Math.min(whole.y1, Math.max(stale.y1, bounds.y1));
  }

  /** Draws the picture of the present scene. The rasteriser must hold as many pixels as the canvas. */
  draw(rasteriser: Rasteriser, still: Instances, moving: Instances, brightness: number): void {
    if (brightness !== this.brightness) Object.assign(this.stale, this.whole);
    this.brightness = brightness;
    if (this.stale.x0 < this.stale.x1 && this.stale.y0 < this.stale.y1) this.mend(rasteriser, still);
    this.picture.restore(this.still);
    rasteriser.begin(this.picture, this.whole);
    rasteriser.draw(this.pinhole, moving, 0, moving.count, brightness);
    rasteriser.finish();
  }

  /** Draws everything from nothing: the same picture, without what was kept. */
  drawAfresh(rasteriser: Rasteriser, still: Instances, moving: Instances, brightness: number): void {
    this.picture.clear(this.whole);
    rasteriser.begin(this.picture, this.whole);
    rasteriser.draw(this.pinhole, still, 0, still.count, brightness);
    rasteriser.draw(this.pinhole, moving, 0, moving.count, brightness);
    rasteriser.finish();
    this.picture.touch(this.whole);
  }

  private mend(rasteriser: Rasteriser, still: Instances): void {
    this.still.clear(this.stale);
    rasteriser.begin(this.still, this.stale);
    rasteriser.draw(this.pinhole, still, 0, still.count, this.brightness);
    rasteriser.finish();
    this.still.touched.fill(0);
    this.picture.touch(this.stale);
    Object.assign(this.stale, { x0: this.whole.x1, y0: this.whole.y1, x1: 0, y1: 0 });
  }

  /** Pixels that a shape of 1 unit may cover; false when it lies behind the camera. */
  private boundsInto(out: PixelBox, m: Float32Array, at: number): boolean {
    const { rows, widthPx, heightPx } = this.pinhole;
    const [x, y, z] = [m[at + 9], m[at + 10], m[at + 11]];
    let reach = 0;
    for (let k = 0; k < 9; k += 3)
      reach = Math.max(reach, m[at + k] * m[at + k] + m[at + k + 1] * m[at + k + 1] + m[at + k + 2] * m[at + k + 2]);
    reach = REACH * Math.sqrt(reach);
    const w = rows[8] * x + rows[9] * y + rows[10] * z + rows[11];
    if (w < -reach) return false;
    if (w < reach + 0.1) {
      Object.assign(out, this.whole);
      return true;
    }
    const u = (rows[0] * x + rows[1] * y + rows[2] * z + rows[3]) / w;
    const v = (rows[4] * x + rows[5] * y + rows[6] * z + rows[7]) / w;
    // A sphere's picture is an ellipse, longest for what lies far aside: bound it by its nearest depth.
    const focal = 1 / Math.sqrt(lengthSquared(this.pinhole.stepX));
    const aside = 1 + (Math.abs(u - widthPx / 2) + Math.abs(v - heightPx / 2)) / focal;
    const radius = (focal * reach * aside) / (w - reach) + 1;
    out.x0 = Math.max(0, Math.floor(u - radius));
    out.y0 = Math.max(0, Math.floor(v - radius));
    out.x1 = Math.min(widthPx, Math.ceil(u + radius));
    out.y1 = Math.min(heightPx, Math.ceil(v + radius));
    return out.x0 < out.x1 && out.y0 < out.y1;
  }
}

function idealOf(plan: CameraPlan, pose: CameraFromWorld, lens: LensMap): Pinhole {
  const { canvasWidthPx: width, canvasHeightPx: height } = lens;
  return pinhole(pose, focalPx(plan), width / 2, height / 2, width, height);
}

const bounds: PixelBox = { x0: 0, y0: 0, x1: 0, y1: 0 };

function lengthSquared(v: Float64Array): number {
  return v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
}
