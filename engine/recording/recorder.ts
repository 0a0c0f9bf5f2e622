/** Records a run: README.md lists the channels. */
import type { EngineOutput } from '../cart.ts';
import type { Reading, ScaleReading } from '../readings.ts';
import type { Store } from '../store.ts';
import { encodeColourBorrowed, encodeDepthBorrowed } from './image-codec.ts';
import { McapFile, type SchemaInfo } from './mcap-file.ts';
import { cartInWords, cartMessage, changeInWords, changeMessage, claimInWords, claimMessage } from './output-view.ts';
import { encodeReadingBorrowed } from './reading-codec.ts';
import {
  pictureTopics,
  READINGS_PREFIX,
  RECORDING_LIBRARY,
  RESULT_METADATA,
  RUN_METADATA,
  STORE_ATTACHMENT,
} from './recording-names.ts';
import { foxgloveTime, nsFromUs } from './recording-time.ts';
import {
  ENGINE_SCHEMAS,
  FOXGLOVE_SCHEMAS,
  IMAGE_SCHEMAS,
  READING_SCHEMA,
  SEEN_SCHEMA,
  scaleSchema,
} from './schemas.ts';
import { cameraCalibration, cameraFrame, cameraTransforms, storeScene } from './store-scene.ts';
import { TrackScene } from './track-scene.ts';

/** Pictures for people are drawn at most this often; the readings keep every sample. */
const VIEW_PERIOD_US = 95_000;
/** An MCAP file has 65536 channels; sensors beyond this many of a kind share one. */
const SENSORS_PER_KIND = 8000;
const INFO = 2;
const WARNING = 3;

export interface RecordingAttachment {
  readonly name: string;
  readonly mediaType: string;
  readonly data: Uint8Array | string;
}

export interface RecordingHeader {
  readonly store: Store;
  /** Whatever explains the run: the resolved scenario, … Removed by `stripTruth`. */
  readonly attachments: readonly RecordingAttachment[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** One picture of a camera as it is recorded: nothing of it is lost. */
export interface RecordedPicture {
  readonly sensorId: string;
  /** Counts a camera's pictures from 0, lost ones included. */
  readonly frame: number;
  readonly timeUs: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Colour as a PNG file. */
  readonly png: Uint8Array;
  /** Millimetres along the optical axis, 0 = no return. */
  readonly depthMm: Uint16Array;
}

/**
 * Streams a run to an MCAP file. Nothing queues up: every call has been compressed or lies in the open chunk of at
 * most about 1 MB when it returns, and finished chunks are on disk. Log time is arrival, publish time the event.
 */
export class Recorder {
  readonly #file: McapFile;
  readonly #cellCounts: ReadonlyMap<string, number>;
  readonly #scaleSchemas = new Map<number, SchemaInfo>();
  readonly #channels = new Map<string, number>();
  readonly #readingChannels = new Map<string, Map<string, number>>();
  readonly #viewedAtUs = new Map<string, number>();
  readonly #tracks = new TrackScene();
  #readingCount = 0;
  #closed = false;
  /** Arrival of the latest reading: when the engine could say what it says now. */
  #nowNs = nsFromUs(0);

  private constructor(path: string, header: RecordingHeader) {
    this.#file = new McapFile(path, { profile: '', library: RECORDING_LIBRARY });
    this.#cellCounts = new Map(header.store.scales.map((unit) => [unit.id, unit.cells.length]));
    this.#file.attach(STORE_ATTACHMENT, 'application/json', Buffer.from(exactJson(header.store)), this.#nowNs);
    for (const { name, mediaType, data } of header.attachments) {
      this.#file.attach(name, mediaType, typeof data === 'string' ? Buffer.from(data) : data, this.#nowNs);
    }
    this.#file.metadata(RUN_METADATA, new Map(Object.entries(header.metadata)));
    this.#showStore(header.store);
  }

  /** Creates or overwrites `path`; fails with the system's error where that is not possible. */
  static async open(path: string, header: RecordingHeader): Promise<Recorder> {
    return new Recorder(path, header);
  }

  /** Bytes held in memory. */
  get heldBytes(): number {
    return this.#file.heldBytes;
  }

  get bytesWritten(): number {
    return this.#file.bytesWritten;
  }

  /**
   * Records a reading; call it in the order in which the engine gets them. `frame`: number of the recorded picture that
   * a detection reading was made of.
   */
  reading(reading: Reading, frame?: number): void {
    // A reading with a broken stamp is recorded as it is, at the time of the one before.
    if (Number.isFinite(reading.arrivalUs)) this.#nowNs = nsFromUs(reading.arrivalUs);
    if (frame !== undefined) {
      const seen = { reading: this.#readingCount, frame };
      this.#json(pictureTopics(reading.sensorId).seen, SEEN_SCHEMA, reading.timeUs, seen);
    }
    this.#file.message({
      channelId: this.#readingChannel(reading),
      sequence: this.#readingCount++ >>> 0,
      logTime: this.#nowNs,
      publishTime: nsFromUs(reading.timeUs),
      data: encodeReadingBorrowed(reading),
    });
    if (reading.kind === 'scale') this.#showGrams(reading);
  }

  /** Records a picture: call it before any reading that arrives after it was taken. */
  picture(picture: RecordedPicture): void {
    const { sensorId, timeUs, png, depthMm, widthPx, heightPx } = picture;
    const takenNs = nsFromUs(timeUs);
    if (takenNs > this.#nowNs) this.#nowNs = takenNs;
    const topics = pictureTopics(sensorId);
    const stamp = { frameId: cameraFrame(sensorId), timeUs };
    this.#image(topics.colour, IMAGE_SCHEMAS.colour, picture, encodeColourBorrowed(stamp, png));
    const depth = encodeDepthBorrowed(stamp, depthMm, widthPx, heightPx);
    this.#image(topics.depth, IMAGE_SCHEMAS.depth, picture, depth);
  }

  output(output: EngineOutput): void {
    switch (output.kind) {
      case 'tracks':
        if (this.#isDue('/scene/people', output.tracks.timeUs)) {
          this.#json(
            '/scene/people',
            FOXGLOVE_SCHEMAS.scene,
            output.tracks.timeUs,
            this.#tracks.message(output.tracks),
          );
        }
        break;
      case 'change':
        this.#json('/engine/changes', ENGINE_SCHEMAS.change, output.change.toUs, changeMessage(output.change));
        this.#log(INFO, 'change', output.change.toUs, changeInWords(output.change));
        break;
      case 'claim':
        this.#tracks.claim(output.claim);
        this.#json('/engine/claims', ENGINE_SCHEMAS.claim, output.claim.timeUs, claimMessage(output.claim));
        this.#log(INFO, 'claim', output.claim.timeUs, claimInWords(output.claim));
        break;
      case 'cart': {
        const { cart } = output;
        const timeUs = cart.finalAtUs ?? cart.exitedAtUs ?? cart.enteredAtUs;
        this.#tracks.cart(cart);
        this.#json('/engine/carts', ENGINE_SCHEMAS.cart, timeUs, cartMessage(cart));
        this.#log(INFO, 'cart', timeUs, cartInWords(cart));
        break;
      }
      case 'alert':
        this.#log(WARNING, output.about, output.timeUs, output.text);
        break;
    }
  }

  /** Records truth as JSON on a channel of its own, which no replay reads; typed arrays become plain ones. */
  side(channel: `truth/${string}`, timeUs: number, json: unknown): void {
    const data = Buffer.from(JSON.stringify(json, plainArrays));
    this.#send(`/${channel}`, null, nsFromUs(timeUs), timeUs, data);
  }

  /** Adds what came out (hashes, counts), writes the index and closes the file. Safe to call twice. */
  async close(result: Readonly<Record<string, string>> = {}): Promise<void> {
    this.closeNow(result);
  }

  /** The same for an exit handler, where nothing can be awaited. */
  closeNow(result: Readonly<Record<string, string>> = {}): void {
    if (this.#closed) return;
    this.#closed = true;
    if (Object.keys(result).length > 0) this.#file.metadata(RESULT_METADATA, new Map(Object.entries(result)));
    this.#file.close();
  }

  #showStore(store: Store): void {
    this.#json('/scene/store', FOXGLOVE_SCHEMAS.scene, 0, storeScene(store));
    this.#json('/tf', FOXGLOVE_SCHEMAS.transforms, 0, cameraTransforms(store));
    for (const camera of store.cameras) {
      this.#json(`/cameras/${camera.id}/calibration`, FOXGLOVE_SCHEMAS.calibration, 0, cameraCalibration(camera));
    }
  }

  /** The batch's last sample, where the unit is one the store knows. */
  #showGrams({ sensorId, timeUs, grams }: ScaleReading): void {
    const cellCount = this.#cellCounts.get(sensorId);
    if (cellCount === undefined || grams.length < cellCount || !this.#isDue(sensorId, timeUs)) return;
    const message: Record<string, number> = { timeUs };
    let totalGrams = 0;
    grams.subarray(grams.length - cellCount).forEach((cellGrams, cell) => {
      if (!Number.isFinite(cellGrams)) return;
      message[`cell${cell}`] = Math.round(cellGrams * 1000) / 1000;
      totalGrams += cellGrams;
    });
    message['totalGrams'] = Math.round(totalGrams * 1000) / 1000;
    let schema = this.#scaleSchemas.get(cellCount);
    if (schema === undefined) this.#scaleSchemas.set(cellCount, (schema = scaleSchema(cellCount)));
    this.#json(`/scales/${sensorId}`, schema, timeUs, message);
  }

  #isDue(topic: string, timeUs: number): boolean {
    const since = timeUs - (this.#viewedAtUs.get(topic) ?? Number.NEGATIVE_INFINITY);
    if (!(since >= VIEW_PERIOD_US)) return false;
    this.#viewedAtUs.set(topic, timeUs);
    return true;
  }

  #log(level: number, name: string, timeUs: number, message: string): void {
    const log = { timestamp: foxgloveTime(timeUs), level, message, name, file: '', line: 0 };
    this.#json('/log', FOXGLOVE_SCHEMAS.log, timeUs, log);
  }

  #image(topic: string, schema: SchemaInfo, { frame, timeUs }: RecordedPicture, data: Uint8Array): void {
    let channelId = this.#channels.get(topic);
    if (channelId === undefined) {
      channelId = this.#file.channel({ topic, messageEncoding: 'protobuf', schema });
      this.#channels.set(topic, channelId);
    }
    const publishTime = nsFromUs(timeUs);
    this.#file.message({ channelId, sequence: frame, logTime: this.#nowNs, publishTime, data });
  }

  #json(topic: string, schema: SchemaInfo, timeUs: number, message: object): void {
    this.#send(topic, schema, this.#nowNs, timeUs, Buffer.from(JSON.stringify(message)));
  }

  #send(topic: string, schema: SchemaInfo | null, logTime: bigint, timeUs: number, data: Uint8Array): void {
    let channelId = this.#channels.get(topic);
    if (channelId === undefined) {
      channelId = this.#file.channel({ topic, messageEncoding: 'json', schema });
      this.#channels.set(topic, channelId);
    }
    this.#file.message({ channelId, sequence: 0, logTime, publishTime: nsFromUs(timeUs), data });
  }

  #readingChannel({ kind, sensorId }: Pick<Reading, 'kind' | 'sensorId'>): number {
    let ofKind = this.#readingChannels.get(kind);
    if (ofKind === undefined) this.#readingChannels.set(kind, (ofKind = new Map()));
    let channelId = ofKind.get(sensorId);
    if (channelId === undefined) {
      // Ids nobody commissioned may come without end; the id is in the message too.
      if (sensorId !== '' && ofKind.size >= SENSORS_PER_KIND) return this.#readingChannel({ kind, sensorId: '' });
      const topic = `${READINGS_PREFIX}${kind}/${sensorId}`;
      channelId = this.#file.channel({ topic, messageEncoding: 'protobuf', schema: READING_SCHEMA });
      ofKind.set(sensorId, channelId);
    }
    return channelId;
  }
}

/** JSON that keeps −0, which an engine could tell from 0. */
function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (Object.is(part, -0) ? rawJson('-0') : part));
}

/** `JSON.rawJSON` of ES2026, which TypeScript's library does not declare yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

function plainArrays(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float64Array) : value;
}
