import { Lens, worldFromImageInto } from '../geometry/lens.ts';
import type { Camera } from '../store.ts';
import type { FloorLevel } from './floor-level.ts';

/** Pictures wider than this are looked at in every second, third … pixel: a hand at 4 m is still 4 pixels wide. */
const WIDEST_PX = 320;

/** The pixels perception looks at, thinned out evenly, each with its ray into the world. */
export class PixelGrid {
  /** As the floor shows it to stand, once that is known. */
  lens: Lens;
  readonly columns: number;
  readonly rows: number;
  readonly count: number;
  /** Picture pixels from one looked at to the next. */
  readonly stride: number;
  /** Place of the first pixel looked at, or of the last of its block of two by two, picture pixels. */
  readonly offset: number;
  /** Middle of that pixel or block. */
  readonly middle: number;
  /** World point of pixel k at depth d is `centreInWorldM + d · (rayX[k], rayY[k], rayZ[k])`; NaN where no ray leads. */
  readonly rayX: Float32Array;
  readonly rayY: Float32Array;
  readonly rayZ: Float32Array;
  /** Area that one pixel covers at 1 m, m². */
  readonly areaAt1M2: number;
  readonly #camera: Camera;

  constructor(camera: Camera) {
    this.#camera = camera;
    this.lens = new Lens(camera);
    this.stride = Math.max(1, Math.round(camera.widthPx / WIDEST_PX));
    this.offset = this.stride >> 1;
    this.middle = this.stride > 1 ? this.offset : 0.5;
    this.columns = Math.floor((camera.widthPx - this.offset - 1) / this.stride) + 1;
    this.rows = Math.floor((camera.heightPx - this.offset - 1) / this.stride) + 1;
    this.count = this.columns * this.rows;
    this.rayX = new Float32Array(this.count);
    this.rayY = new Float32Array(this.count);
    this.rayZ = new Float32Array(this.count);
    this.areaAt1M2 = (this.stride / this.lens.fx) * (this.stride / this.lens.fy);
    this.#fillRays();
  }

  /** Turns and lifts the camera so that a floor seen at `level` lies at 0; turns about the upright stay unknown. */
  level({ riseM, alongX, alongY }: FloorLevel): void {
    const { centreInWorldM, cameraFromWorld: before } = this.lens;
    const [cx, cy, cz] = [centreInWorldM[0], centreInWorldM[1], centreInWorldM[2] - riseM];
    const pose = new Float64Array(12);
    for (let row = 0; row < 12; row += 4) {
      const [x, y, z] = [before[row], before[row + 1], before[row + 2]];
      const turned = [x + alongX * z, y + alongY * z, z - alongX * x - alongY * y];
      // Small turns only: lengths grow by half the square of the tilt.
      const length = Math.sqrt(turned[0] * turned[0] + turned[1] * turned[1] + turned[2] * turned[2]);
      for (let k = 0; k < 3; k++) pose[row + k] = turned[k] / length;
      pose[row + 3] = -(pose[row] * cx + pose[row + 1] * cy + pose[row + 2] * cz);
    }
    this.lens = new Lens({ ...this.#camera, cameraFromWorld: [...pose] });
    for (let k = 0; k < this.count; k++) {
      const [x, y, z] = [this.rayX[k], this.rayY[k], this.rayZ[k]];
      this.rayX[k] = x + alongX * z;
      this.rayY[k] = y + alongY * z;
      this.rayZ[k] = z - alongX * x - alongY * y;
    }
  }

  #fillRays(): void {
    const centre = this.lens.centreInWorldM;
    const point = new Float64Array(3);
    for (let row = 0; row < this.rows; row++) {
      for (let column = 0; column < this.columns; column++) {
        const k = row * this.columns + column;
        const leads = worldFromImageInto(point, this.lens, this.uOf(column), this.vOf(row), 1);
        this.rayX[k] = leads ? point[0] - centre[0] : Number.NaN;
        this.rayY[k] = leads ? point[1] - centre[1] : Number.NaN;
        this.rayZ[k] = leads ? point[2] - centre[2] : Number.NaN;
      }
    }
  }

  /** Place in the picture of a column's middle: a pixel's centre, or that of a block of two by two. */
  uOf(column: number): number {
    return column * this.stride + this.middle;
  }

  vOf(row: number): number {
    return row * this.stride + this.middle;
  }

  /** Column whose pixel centres are nearest to a place in the picture; may lie outside. */
  columnOf(u: number): number {
    return Math.round((u - this.middle) / this.stride);
  }

  rowOf(v: number): number {
    return Math.round((v - this.middle) / this.stride);
  }
}
