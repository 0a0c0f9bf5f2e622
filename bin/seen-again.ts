import sharp from 'sharp';
import { Perceiver } from '../engine/perception/perceiver.ts';
import type { Detections, Reading } from '../engine/readings.ts';
import type { PicturePart } from '../engine/recording/picture-parts.ts';
import type { Recording } from '../engine/recording/replay.ts';
import { UserError } from './user-error.ts';

/** A reading may come so many pictures after the one it was made of: more than any latency brings. */
const REMEMBERED = 1000;

/** One camera of a recording, looked through again. */
class ReplayedCamera {
  readonly #perceiver: Perceiver;
  readonly #seen = new Map<number, Detections>();

  constructor(perceiver: Perceiver) {
    this.#perceiver = perceiver;
  }

  async look({ frame, depthMm, png }: PicturePart): Promise<void> {
    const rgb = await sharp(png).raw().toBuffer();
    this.#seen.set(frame, this.#perceiver.perceive(depthMm, rgb));
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.keys().next().value!);
  }

  /** A camera that froze sends one picture again and again, so the one last sent is kept longest. */
  at(frame: number): Detections | undefined {
    const seen = this.#seen.get(frame);
    if (seen) {
      this.#seen.delete(frame);
      this.#seen.set(frame, seen);
    }
    return seen;
  }
}

/**
 * The readings of a recording, those made of recorded pictures made of them anew: for trying another perception on the
 * same pictures. Throws `UserError` where the recording has no pictures.
 */
export async function* seenAgain(recording: Recording): AsyncGenerator<Reading, void> {
  const { path, store } = recording;
  const cameras = new Map<string, ReplayedCamera>();
  for await (const part of recording.parts()) {
    if (part.kind === 'picture') {
      const { cameraId } = part;
      let camera = cameras.get(cameraId);
      if (!camera) {
        const told = store.cameras.find(({ id }) => id === cameraId);
        if (told?.widthPx !== part.widthPx || told.heightPx !== part.heightPx)
          throw new UserError(`${path}: found pictures of ${cameraId}, expected a camera of the store with that size`);
        cameras.set(cameraId, (camera = new ReplayedCamera(new Perceiver(told, store))));
      }
      await camera.look(part);
    } else if (part.frame !== null && part.reading.kind === 'detection') {
      const detections = cameras.get(part.reading.sensorId)?.at(part.frame);
      if (!detections)
        throw new UserError(
          `${path}: found no picture ${part.frame} of ${part.reading.sensorId}, expected the one its reading was made of`,
        );
      yield { ...part.reading, detections };
    } else yield part.reading;
  }
  if (cameras.size === 0)
    throw new UserError(`${path}: found no pictures, expected a recording made with --record-pictures`);
}
