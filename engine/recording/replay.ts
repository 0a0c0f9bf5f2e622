/** Readings and store of a recording, and nothing else of it: truth stays where truth-reader.ts finds it. */
import type { Reading } from '../readings.ts';
import { parseStore, type Store } from '../store.ts';
import { type Walked, type WalkedMessage, walkMcap } from './mcap-walk.ts';
import { type PicturePart, PictureParts } from './picture-parts.ts';
import { decodeReading } from './reading-codec.ts';
import { READING_SCHEMA_NAME } from './reading-descriptor.ts';
import { Damage, RecordingError, type RecordingProblem } from './recording-error.ts';
import { READINGS_PREFIX, RESULT_METADATA, RUN_METADATA, STORE_ATTACHMENT } from './recording-names.ts';

export interface ReplayAttachment {
  readonly name: string;
  readonly mediaType: string;
  readonly data: Uint8Array;
}

/** A picture of a camera, or a reading with the number of the picture it was made of, where that is recorded. */
export type RecordedPart =
  | PicturePart
  | { readonly kind: 'reading'; readonly reading: Reading; readonly frame: number | null };

export interface Recording {
  readonly path: string;
  readonly store: Store;
  readonly metadata: Readonly<Record<string, string>>;
  /** All but the store. */
  readonly attachments: readonly ReplayAttachment[];
  /**
   * What the recording says came out; null until `readings()` has run to the end, or where it says nothing.
   */
  readonly result: Readonly<Record<string, string>> | null;
  /** Damage met by the latest run of `readings()`: complete when that has ended. */
  readonly problems: readonly RecordingProblem[];
  /**
   * Every reading exactly as it was pushed, in that order. At damage it ends, after the last whole chunk: readings
   * with a hole in them would give other carts. Throws `RecordingError` where not one reading could be used.
   */
  readings(): AsyncGenerator<Reading, void>;
  /** The same with the recorded pictures, each before every reading that was made of it. */
  parts(): AsyncGenerator<RecordedPart, void>;
}

/**
 * Opens a recording by its head: store, metadata and attachments.
 * Throws `RecordingError` where these cannot be used, `StoreError` where the store makes no sense, and the system's
 * error where the file cannot be read.
 */
export async function openRecording(path: string): Promise<Recording> {
  return new RecordedRun(path, readHead(path));
}

type Head = Pick<Recording, 'store' | 'metadata' | 'attachments'>;

function readHead(path: string): Head {
  const attachments: ReplayAttachment[] = [];
  let metadata: Record<string, string> = {};
  let storeJson: Uint8Array | null = null;
  try {
    for (const part of walkMcap(path)) {
      if (part.kind === 'chunk') break;
      if (part.kind === 'metadata' && part.name === RUN_METADATA) metadata = Object.fromEntries(part.entries);
      if (part.kind !== 'attachment') continue;
      const { name, mediaType, data } = part;
      if (name === STORE_ATTACHMENT) storeJson = data.slice();
      else attachments.push({ name, mediaType, data: data.slice() });
    }
  } catch (error) {
    // A head that was read whole is enough to go on with; `readings()` meets the same damage and reports it.
    if (!(error instanceof Damage)) throw error;
    if (storeJson === null) throw new RecordingError(path, error);
  }
  if (storeJson === null) {
    throw new RecordingError(path, {
      offset: 0,
      found: `no attachment ${STORE_ATTACHMENT}`,
      expected: 'the store in it',
    });
  }
  return { store: parseStore(jsonOf(path, storeJson), `${path}: ${STORE_ATTACHMENT}`), metadata, attachments };
}

function jsonOf(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    const found = `${STORE_ATTACHMENT} that is not JSON (${(error as Error).message})`;
    throw new RecordingError(path, { offset: 0, found, expected: 'JSON' });
  }
}

class RecordedRun implements Recording {
  readonly path: string;
  readonly store: Store;
  readonly metadata: Recording['metadata'];
  readonly attachments: Recording['attachments'];
  result: Recording['result'] = null;
  problems: RecordingProblem[] = [];

  constructor(path: string, head: Head) {
    this.path = path;
    this.store = head.store;
    this.metadata = head.metadata;
    this.attachments = head.attachments;
  }

  async *readings(): AsyncGenerator<Reading, void> {
    for (const part of this.#walk(false)) if (part.kind === 'reading') yield part.reading;
  }

  async *parts(): AsyncGenerator<RecordedPart, void> {
    yield* this.#walk(true);
  }

  *#walk(withPictures: boolean): Generator<RecordedPart, void> {
    this.problems = [];
    let readingsUsed = 0;
    const pictures = new PictureParts();
    try {
      for (const part of walkMcap(this.path)) {
        if (part.kind === 'chunk') {
          for (const message of part.messages) {
            if (message.topic.startsWith(READINGS_PREFIX)) {
              const reading = readingOf(message, readingsUsed);
              yield { kind: 'reading', reading, frame: withPictures ? pictures.frameOf(readingsUsed) : null };
              readingsUsed++;
            } else if (withPictures) {
              const picture = pictures.take(message);
              if (picture) yield picture;
            }
          }
        } else this.#noteResult(part);
      }
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      if (readingsUsed === 0) throw new RecordingError(this.path, error);
      const { offset, found, expected } = error;
      this.problems.push({ offset, found, expected, readingsUsed });
    }
  }

  #noteResult(part: Walked): void {
    if (part.kind === 'metadata' && part.name === RESULT_METADATA) this.result = Object.fromEntries(part.entries);
  }
}

/** Readings are counted in the file, so a chunk that went missing shows. */
function readingOf(message: WalkedMessage, place: number): Reading {
  const { schema, sequence, data, offset } = message;
  if (schema?.name !== READING_SCHEMA_NAME) {
    throw new Damage(offset, `readings of schema ${schema?.name ?? '(none)'}`, READING_SCHEMA_NAME);
  }
  if (sequence !== place >>> 0) throw new Damage(offset, `reading number ${sequence}`, `number ${place >>> 0}`);
  try {
    return decodeReading(data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Damage(offset, `a reading that cannot be decoded (${error.message})`, READING_SCHEMA_NAME);
  }
}
