import type { Camera } from '../../engine/store.ts';

/** Camera and frame number, ahead of each picture. */
const HEADER_BYTES = 8;

/** One place for a picture in shared memory. */
export interface PictureSlot {
  /** Number of the camera and of its frame that lies here; a slot that was never drawn into holds −1. */
  readonly header: Int32Array;
  /** Millimetres along the optical axis, 0 = no return. */
  readonly depthMm: Uint16Array;
  /** n × 3. */
  readonly rgb: Uint8Array;
}

/** Pictures of one worker's cameras in shared memory: drawn and looked at in place, copied nowhere. */
export class PictureSlots {
  readonly shared: SharedArrayBuffer;
  readonly #cameras: readonly Camera[];
  readonly #slotBytes: number;

  /** `shared`: the memory of slots made elsewhere, to see the same ones. */
  constructor(cameras: readonly Camera[], count: number, shared?: SharedArrayBuffer) {
    const pixels = Math.max(1, ...cameras.map((camera) => camera.widthPx * camera.heightPx));
    // Whole words, so that the next header lies on one.
    this.#slotBytes = HEADER_BYTES + 4 * Math.ceil((5 * pixels) / 4);
    this.#cameras = cameras;
    this.shared = shared ?? new SharedArrayBuffer(this.#slotBytes * count);
    if (!shared) new Int32Array(this.shared).fill(-1);
  }

  /** A slot as a picture of one camera's size; borrowed memory. */
  slot(index: number, camera: number): PictureSlot {
    const { widthPx, heightPx } = this.#cameras[camera];
    const pixels = widthPx * heightPx;
    const at = index * this.#slotBytes;
    return {
      header: new Int32Array(this.shared, at, 2),
      depthMm: new Uint16Array(this.shared, at + HEADER_BYTES, pixels),
      rgb: new Uint8Array(this.shared, at + HEADER_BYTES + 2 * pixels, 3 * pixels),
    };
  }
}
