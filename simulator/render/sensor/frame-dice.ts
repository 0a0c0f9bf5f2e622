import { RandomStream } from '../../random.ts';

/**
 * Seeds for the rows of a camera's frames: a function of the run's seed, the camera, the frame's number and the row, so
 * that frames may be drawn in any order by any worker.
 */
export class FrameDice {
  private readonly key: number;
  private frame = 0;

  constructor(seed: number, cameraId: string) {
    this.key = new RandomStream(seed, `camera/${cameraId}/pixels`).uint32();
  }

  begin(frameIndex: number): void {
    this.frame = mixed(this.key ^ Math.imul(frameIndex + 1, 0x9e3779b9));
  }

  /** Non-zero start of an xorshift sequence for a row. */
  row(y: number): number {
    return mixed(this.frame + Math.imul(y + 1, 0x85ebca6b)) | 1;
  }
}

/** A 32-bit number with every bit of the input in every bit. */
export function mixed(x: number): number {
  let z = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}
