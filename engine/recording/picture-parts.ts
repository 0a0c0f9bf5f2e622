import { decodeColour, decodeDepth } from './image-codec.ts';
import type { WalkedMessage } from './mcap-walk.ts';
import { Damage } from './recording-error.ts';
import { pictureTopic } from './recording-names.ts';
import { IMAGE_SCHEMAS } from './schemas.ts';

/** A picture as it was recorded. */
export interface PicturePart {
  readonly kind: 'picture';
  readonly cameraId: string;
  /** Counts the camera's pictures from 0; one that is missing was lost before anybody looked at it. */
  readonly frame: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Colour, a PNG file. */
  readonly png: Uint8Array;
  /** Millimetres along the optical axis, 0 = no return. */
  readonly depthMm: Uint16Array;
}

/** Puts together what a recording's channels say of its pictures. */
export class PictureParts {
  readonly #colours = new Map<string, { readonly frame: number; readonly png: Uint8Array }>();
  #seen: { readonly reading: number; readonly frame: number } | null = null;

  /** A picture, once its last part has come; throws `Damage`. */
  take(message: WalkedMessage): PicturePart | null {
    const topic = pictureTopic(message.topic);
    if (topic === null) return null;
    const { cameraId, part } = topic;
    try {
      if (part === 'seen') this.#seen = seenOf(message);
      else if (part === 'color') this.#takeColour(cameraId, message);
      else return this.#withDepth(cameraId, message);
      return null;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new Damage(message.offset, `in ${message.topic} ${error.message}`, 'a picture as this program records it');
    }
  }

  /** Number of the picture that a reading of the file was made of, or null. */
  frameOf(reading: number): number | null {
    return this.#seen?.reading === reading ? this.#seen.frame : null;
  }

  #takeColour(cameraId: string, message: WalkedMessage): void {
    expectSchema(message, IMAGE_SCHEMAS.colour.name);
    this.#colours.set(cameraId, { frame: message.sequence, png: decodeColour(message.data) });
  }

  #withDepth(cameraId: string, message: WalkedMessage): PicturePart {
    expectSchema(message, IMAGE_SCHEMAS.depth.name);
    const frame = message.sequence;
    const colour = this.#colours.get(cameraId);
    if (colour?.frame !== frame) throw new RangeError(`found depth number ${frame} without its colour`);
    this.#colours.delete(cameraId);
    return { kind: 'picture', cameraId, frame, png: colour.png, ...decodeDepth(message.data) };
  }
}

function expectSchema({ schema }: WalkedMessage, name: string): void {
  if (schema?.name !== name) throw new RangeError(`found schema ${schema?.name ?? '(none)'}, expected ${name}`);
}

function seenOf({ data }: WalkedMessage): { reading: number; frame: number } {
  const text = Buffer.from(data).toString();
  const match = /^\{"reading":(\d+),"frame":(\d+)\}$/.exec(text);
  if (!match) throw new RangeError(`found ${text.slice(0, 60)}, expected numbers of a reading and its frame`);
  return { reading: Number(match[1]), frame: Number(match[2]) };
}
