/** Red, green, blue, 0..255. */
export type Rgb = readonly [number, number, number];

/** A rectangle of a larger picture to paint on. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  private readonly texels: Uint32Array;
  private readonly stride: number;
  private readonly at: number;

  constructor(texels: Uint32Array, stride: number, x: number, y: number, width: number, height: number) {
    this.texels = texels;
    this.stride = stride;
    this.at = y * stride + x;
    this.width = width;
    this.height = height;
  }

  /** Part of this canvas as one of its own. */
  part(x: number, y: number, width: number, height: number): Canvas {
    const left = this.at % this.stride;
    return new Canvas(this.texels, this.stride, left + x, (this.at - left) / this.stride + y, width, height);
  }

  /** Gives every pixel the colour that `paint` says, which may leave it (null). */
  paint(paint: (x: number, y: number) => Rgb | null): void {
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        const colour = paint(x, y);
        if (colour) this.texels[this.at + y * this.stride + x] = pack(colour[0], colour[1], colour[2]);
      }
    }
  }

  /** Lays a colour over the canvas through a mask (0..255) with its upper left at (left, top). */
  stamp(mask: Uint8Array, width: number, left: number, top: number, colour: Rgb): void {
    const height = mask.length / width;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const share = mask[y * width + x] / 255;
        const [tx, ty] = [left + x, top + y];
        if (share === 0 || tx < 0 || ty < 0 || tx >= this.width || ty >= this.height) continue;
        const at = this.at + ty * this.stride + tx;
        const below = this.texels[at];
        const mix = (shift: number, value: number) => {
          const old = (below >>> shift) & 255;
          return Math.round(old + (value - old) * share);
        };
        this.texels[at] = pack(mix(0, colour[0]), mix(8, colour[1]), mix(16, colour[2]));
      }
    }
  }
}

function pack(r: number, g: number, b: number): number {
  return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
}

/** Colour from hue (turns), saturation and value, 0..1 each. */
export function hsv(hue: number, saturation: number, value: number): Rgb {
  const channel = (n: number) => {
    const k = (n + hue * 6) % 6;
    return Math.round(255 * (value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
