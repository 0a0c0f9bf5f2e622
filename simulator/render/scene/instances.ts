/** Numbers per instance in `matrix`: three columns of a 3 × 3 and the translation. */
export const MATRIX = 12;
/** In `shape`: nothing is drawn. */
export const ABSENT = -1;
/** In `tile`: plain colour. */
export const PLAIN = -1;

/** Things to draw as flat arrays: a shape, a place, a look each. What WebGL calls instanced meshes. */
export class Instances {
  /** Index into the scene's shapes, or `ABSENT`. */
  shape: Int16Array;
  /** n × 12, world from shape: columns x, y, z, then the translation, metres. */
  matrix: Float32Array;
  /** What the pixels of this thing are called in the truth's ids. */
  id: Uint16Array;
  /** Tile of the atlas, or `PLAIN`. */
  tile: Int16Array;
  /** 0xffBBGGRR, for plain things. */
  colour: Uint32Array;
  /** Light that gets there, 0..1: less deep in a shelf. */
  light: Float32Array;
  count = 0;

  constructor(capacity: number) {
    this.shape = new Int16Array(capacity);
    this.matrix = new Float32Array(capacity * MATRIX);
    this.id = new Uint16Array(capacity);
    this.tile = new Int16Array(capacity);
    this.colour = new Uint32Array(capacity);
    this.light = new Float32Array(capacity);
  }

  /** Adds one with its matrix still to be written; returns its index. */
  add(shape: number, id: number, tile: number, colour: number, light = 1): number {
    if (this.count === this.shape.length) this.grow();
    const index = this.count++;
    this.shape[index] = shape;
    this.id[index] = id;
    this.tile[index] = tile;
    this.colour[index] = colour;
    this.light[index] = light;
    return index;
  }

  /** Writes a place: turned about z by the unit vector (cx, cy) of the shape's own x axis, stretched, moved. */
  place(index: number, x: number, y: number, z: number, cx: number, cy: number, sx: number, sy: number, sz: number) {
    const at = index * MATRIX;
    const { matrix } = this;
    matrix[at] = cx * sx;
    matrix[at + 1] = cy * sx;
    matrix[at + 2] = 0;
    matrix[at + 3] = -cy * sy;
    matrix[at + 4] = cx * sy;
    matrix[at + 5] = 0;
    matrix[at + 6] = 0;
    matrix[at + 7] = 0;
    matrix[at + 8] = sz;
    matrix[at + 9] = x;
    matrix[at + 10] = y;
    matrix[at + 11] = z;
  }

  private grow(): void {
    const capacity = Math.max(16, this.shape.length * 2);
    const grown = new Instances(capacity);
    grown.shape.set(this.shape);
    grown.matrix.set(this.matrix);
    grown.id.set(this.id);
    grown.tile.set(this.tile);
    grown.colour.set(this.colour);
    grown.light.set(this.light);
    this.shape = grown.shape;
    this.matrix = grown.matrix;
    this.id = grown.id;
    this.tile = grown.tile;
    this.colour = grown.colour;
    this.light = grown.light;
  }
}

/** 0xffBBGGRR from 0xRRGGBB. */
export function colourOf(rgb: number): number {
  return (0xff000000 | ((rgb & 255) << 16) | (rgb & 0xff00) | ((rgb >> 16) & 255)) >>> 0;
}
