import sharp from 'sharp';
import type { Detections } from '../engine/readings.ts';
import type { RecordedPicture, Recorder } from '../engine/recording/recorder.ts';
import type { Run } from '../simulator/scenario/run.ts';
import type { SeenPicture } from './pictures/picture-pool.ts';

/** Noise leaves little to gain: level 9 saves a few percent of a picture for many times the work. */
const PNG = { compressionLevel: 1 } as const;

type Packed = RecordedPicture & { readonly camera: number };
type Kept = Omit<Packed, 'png'> & { readonly rgb: Buffer };

/** Holds pictures from the moment they are seen until the recording reaches their time; the pictures of two steps at most. */
export class PictureKeeper {
  readonly #run: Run;
  readonly #frames = new WeakMap<Detections, number>();
  #kept: Kept[] = [];
  #packed: Packed[] = [];

  constructor(run: Run) {
    this.#run = run;
  }

  /** Copies a picture. */
  keep({ camera, frame, timeUs, seen, rgb, depthMm }: SeenPicture): void {
    const { id: sensorId, widthPx, heightPx } = this.#run.cameras[camera];
    this.#frames.set(seen, frame);
    const copy = { rgb: Buffer.from(rgb), depthMm: depthMm.slice() };
    this.#kept.push({ camera, sensorId, frame, timeUs, widthPx, heightPx, ...copy });
  }

  /** Packs what was kept; to be awaited before any of it is recorded. */
  async pack(): Promise<void> {
    const kept = this.#kept;
    this.#kept = [];
    this.#packed.push(...(await Promise.all(kept.map(packed))));
    // Workers finish in any order, some a step ahead of others; the recording is the same for all.
    this.#packed.sort((a, b) => a.timeUs - b.timeUs || a.camera - b.camera);
  }

  /** Records the packed pictures taken by a time. */
  recordUntil(timeUs: number, recorder: Recorder): void {
    let count = 0;
    while (count < this.#packed.length && this.#packed[count].timeUs <= timeUs) recorder.picture(this.#packed[count++]);
    this.#packed = this.#packed.slice(count);
  }

  /** Number of the picture in which this was seen; undefined for detections of other origin. */
  frameOf(seen: Detections): number | undefined {
    return this.#frames.get(seen);
  }
}

async function packed({ rgb, ...picture }: Kept): Promise<Packed> {
  const raw = { width: picture.widthPx, height: picture.heightPx, channels: 3 } as const;
  return { ...picture, png: await sharp(rgb, { raw }).png(PNG).toBuffer() };
}
