import { fileURLToPath } from 'node:url';
import type { InferenceBackend, LoadedModel } from '../backend/inference-backend.ts';
import { ONNX_FILE, readFurtherFile, readModel } from '../backend/model-folder.ts';
import { reject } from '../model-error.ts';
import { CROP_VALUES, type CropBox, cropInto, type DepthWindow, type RgbPicture } from '../picture/crop.ts';
import { checkPicture } from '../picture/read-picture.ts';
import { embed } from './embedder.ts';
import { type Gallery, galleryOf } from './gallery.ts';
import { backgroundCosine, type Calibration, cosinesInto, probsInto } from './match.ts';
import { EMBEDDING } from './net.ts';

/** Where the weights that come with the program lie. */
export const RECOGNISER_FOLDER = fileURLToPath(new URL('./weights/', import.meta.url));
/** Enrolled pictures are looked at in these sizes, longer side in pixels: as they are, and as far cameras see them. */
const ENROL_PX = [84, 30] as const;
/** Boxes of one call at most. */
const MOST_CROPS = 4096;
/** Directions of products of training, n × `EMBEDDING` floats, little-endian. */
export const BACKGROUND_FILE = 'background.bin';

/** One product a crop may show. */
export interface Candidate {
  readonly sku: string;
  readonly prob: number;
}

/** What a crop shows: the likeliest products, likeliest first, and the probability that it is none of the gallery. */
export interface Recognition {
  readonly candidates: readonly Candidate[];
  readonly noneProb: number;
}

/** The likeliest products of crops, likeliest first, as flat arrays. */
export interface Ranking {
  /** n × top: place in the gallery. */
  readonly productIndex: Int16Array;
  /** n × top. */
  readonly prob: Float32Array;
  /** n. */
  readonly noneProb: Float32Array;
}

/** Crops of one picture that are waiting to be recognised. */
export interface Crops {
  /** n × 48 × 48 × 3, −1..1. */
  readonly values: Float32Array;
  /** n: longer side of each box in the picture, pixels. */
  readonly sidePx: Float32Array;
}

/** Cuts boxes out of a picture; throws `ModelError` on a picture without pixels or a box that is none. */
export function cutCrops(
  picture: RgbPicture,
  boxes: readonly CropBox[],
  windows: readonly (DepthWindow | null)[] = [],
): Crops {
  checkPicture(picture, 'picture');
  if (boxes.length > MOST_CROPS) reject('boxes', String(boxes.length), `at most ${MOST_CROPS}`);
  const values = new Float32Array(boxes.length * CROP_VALUES);
  boxes.forEach((box, i) => {
    if (!(box.sidePx > 0 && Number.isFinite(box.sidePx + box.u + box.v)))
      reject(`boxes[${i}]`, `u ${box.u}, v ${box.v}, side ${box.sidePx}`, 'finite numbers and a side of more than 0');
    cropInto(values, i * CROP_VALUES, picture, box, windows[i] ?? null);
  });
  return { values, sidePx: Float32Array.from(boxes, (box) => box.sidePx) };
}

/** Knows products by sight: crops in, calibrated probabilities over the products of a gallery out. */
export class ProductRecogniser {
  /** sha256 of the weights, which a gallery must have been made with. */
  readonly modelSha256: string;
  private readonly model: LoadedModel;
  private readonly calibration: Calibration;
  private readonly background: Float32Array;

  private constructor(model: LoadedModel, calibration: Calibration, background: Float32Array, modelSha256: string) {
    this.model = model;
    this.background = background;
    this.calibration = calibration;
    this.modelSha256 = modelSha256;
  }

  /** Loads the weights; throws `ModelError` when they are not what their manifest says. */
  static async open(backend: InferenceBackend, folder: string = RECOGNISER_FOLDER): Promise<ProductRecogniser> {
    const { manifest, files } = readModel(folder);
    const number = (name: string) => manifest.calibration[name] ?? reject(folder, `no calibration.${name}`, 'a number');
    const calibration = {
      slope: number('slope'),
      slopePerOctave: number('slopePerOctave'),
      none: number('none'),
      nonePerOctave: number('nonePerOctave'),
      noneBackground: manifest.calibration['noneBackground'] ?? 0,
    };
    const bytes = readFurtherFile(folder, BACKGROUND_FILE, manifest) ?? new Uint8Array(0);
    if (bytes.length % (4 * EMBEDDING) !== 0)
      reject(`${folder}: ${BACKGROUND_FILE}`, `${bytes.length} bytes`, `a multiple of ${4 * EMBEDDING}`);
    const background = new Float32Array(Uint8Array.from(bytes).buffer);
    return new ProductRecogniser(await backend.load(files), calibration, background, manifest.files[ONNX_FILE].sha256);
  }

  /** Makes a gallery from pictures of products, each with where the product is in it. */
  async enrol(
    products: readonly { readonly sku: string; readonly pictures: readonly { picture: RgbPicture; box: CropBox }[] }[],
  ): Promise<Gallery> {
    const rows: Float32Array[] = [];
    const productOf: number[] = [];
    for (const [i, { sku, pictures }] of products.entries()) {
      if (pictures.length === 0) reject(`gallery: ${sku}`, 'no pictures', 'at least one');
      const values = new Float32Array(pictures.length * ENROL_PX.length * CROP_VALUES);
      pictures.forEach(({ picture, box }, k) => {
        checkPicture(picture, `gallery: ${sku}`);
        enrolCropsInto(values, k * ENROL_PX.length * CROP_VALUES, picture, box);
      });
      const vectors = await embed(this.model, values);
      for (let at = 0; at < vectors.length; at += EMBEDDING) {
        rows.push(vectors.slice(at, at + EMBEDDING));
        productOf.push(i);
      }
    }
    if (rows.length === 0) reject('gallery', 'no products', 'at least one');
    return galleryOf(
      products.map(({ sku }) => sku),
      productOf,
      rows,
      this.modelSha256,
    );
  }

  /** Says for each crop which product it shows; `top` candidates each. */
  async recognise(crops: Crops, gallery: Gallery, top = 5): Promise<Recognition[]> {
    const most = Math.min(top, gallery.skus.length);
    const { productIndex, prob, noneProb } = await this.rank(crops, gallery, most);
    return Array.from(crops.sidePx, (_, i) => {
      const candidates = Array.from({ length: most }, (_, k) => ({
        sku: gallery.skus[productIndex[i * most + k]],
        prob: prob[i * most + k],
      }));
      return { candidates, noneProb: noneProb[i] };
    });
  }

  /** The same as flat arrays: place in the gallery and probability of `top` products per crop, at most as many as it has. */
  async rank(crops: Crops, gallery: Gallery, top: number): Promise<Ranking> {
    if (gallery.modelSha256 !== this.modelSha256)
      reject('gallery', `vectors of model ${gallery.modelSha256.slice(0, 12)}`, `of ${this.modelSha256.slice(0, 12)}`);
    const embeddings = await embed(this.model, crops.values);
    const count = crops.sidePx.length;
    const n = gallery.skus.length;
    const cosines = new Float32Array(n);
    const probs = new Float64Array(n + 1);
    const found = {
      productIndex: new Int16Array(count * top),
      prob: new Float32Array(count * top),
      noneProb: new Float32Array(count),
    };
    for (let i = 0; i < count; i++) {
      cosinesInto(cosines, gallery, embeddings, i * EMBEDDING);
      const background = backgroundCosine(this.background, embeddings, i * EMBEDDING);
      probsInto(probs, cosines, background, crops.sidePx[i], this.calibration);
      likeliest(probs, n, top).forEach((product, k) => {
        found.productIndex[i * top + k] = product;
        found.prob[i * top + k] = probs[product];
      });
      found.noneProb[i] = probs[n];
    }
    return found;
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}

/** Writes a picture's crops in the sizes that galleries hold. */
export function enrolCropsInto(out: Float32Array, at: number, picture: RgbPicture, box: CropBox): void {
  ENROL_PX.forEach((px, k) => {
    const seen = px < box.sidePx ? shrink(picture, px / box.sidePx) : { picture, scale: 1 };
    const scaled = { u: box.u * seen.scale, v: box.v * seen.scale, sidePx: box.sidePx * seen.scale };
    cropInto(out, at + k * CROP_VALUES, seen.picture, scaled);
  });
}

/** A smaller copy, each pixel the mean of what it covers. */
function shrink(picture: RgbPicture, share: number): { picture: RgbPicture; scale: number } {
  const widthPx = Math.max(1, Math.round(picture.widthPx * share));
  const heightPx = Math.max(1, Math.round(picture.heightPx * share));
  const rgb = new Uint8Array(3 * widthPx * heightPx);
  const step = [picture.widthPx / widthPx, picture.heightPx / heightPx];
  for (let y = 0; y < heightPx; y++) {
    const [top, bottom] = [
      Math.floor(y * step[1]),
      Math.max(Math.floor(y * step[1]) + 1, Math.floor((y + 1) * step[1])),
    ];
    for (let x = 0; x < widthPx; x++) {
      const [left, right] = [
        Math.floor(x * step[0]),
        Math.max(Math.floor(x * step[0]) + 1, Math.floor((x + 1) * step[0])),
      ];
      meanInto(rgb, 3 * (y * widthPx + x), picture, left, top, right, bottom);
    }
  }
  return { picture: { widthPx, heightPx, rgb }, scale: widthPx / picture.widthPx };
}

function meanInto(
  rgb: Uint8Array,
  at: number,
  from: RgbPicture,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  const area = (right - left) * (bottom - top);
  for (let c = 0; c < 3; c++) {
    let sum = 0;
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) sum += from.rgb[3 * (y * from.widthPx + x) + c];
    rgb[at + c] = Math.round(sum / area);
  }
}

function likeliest(probs: Float64Array, n: number, top: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => probs[b] - probs[a] || a - b);
  return order.slice(0, top);
}
