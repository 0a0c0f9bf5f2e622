import { fileURLToPath } from 'node:url';
import type { InferenceBackend, LoadedModel } from '../backend/inference-backend.ts';
import { readModel } from '../backend/model-folder.ts';
import { reject } from '../model-error.ts';
import { INPUT, OUTPUT } from '../net/net-description.ts';
import type { CropBox, RgbPicture } from '../picture/crop.ts';
import type { Gallery } from '../product-recogniser/gallery.ts';
import { cutCrops, type ProductRecogniser } from '../product-recogniser/product-recogniser.ts';
import { judgeSlot, type SlotReading } from './judge-slot.ts';
import { FACING_STATES } from './net.ts';

/** Where the weights that come with the program lie. */
export const SHELF_READER_FOLDER = fileURLToPath(new URL('./weights/', import.meta.url));

/** A slot's front in a picture: one box per facing, as large as the product that belongs there would look. */
export interface SlotView {
  readonly picture: RgbPicture;
  readonly facings: readonly CropBox[];
  /** What the planogram says belongs there; a SKU of the gallery. */
  readonly sku: string;
}

/** Reads shelves: which product stands in a slot, in how many facings, or whether it is empty or wrong. */
export class ShelfReader {
  private readonly model: LoadedModel;
  private readonly recogniser: ProductRecogniser;

  private constructor(model: LoadedModel, recogniser: ProductRecogniser) {
    this.model = model;
    this.recogniser = recogniser;
  }

  /** Loads the weights; throws `ModelError` when they are not what their manifest says. */
  static async open(
    backend: InferenceBackend,
    recogniser: ProductRecogniser,
    folder: string = SHELF_READER_FOLDER,
  ): Promise<ShelfReader> {
    const { manifest, files } = readModel(folder);
    const found = manifest.classes?.join();
    if (found !== FACING_STATES.join()) reject(`${folder}: classes`, found ?? 'none', FACING_STATES.join());
    return new ShelfReader(await backend.load(files), recogniser);
  }

  /** Reads one slot; throws `ModelError` for a slot without facings or a SKU the gallery does not have. */
  async read({ picture, facings, sku }: SlotView, gallery: Gallery): Promise<SlotReading> {
    if (facings.length === 0) reject('slot', 'no facings', 'at least one');
    const expected = gallery.skus.indexOf(sku);
    if (expected < 0) reject('slot', `sku ${sku}`, 'one of the gallery');
    const crops = cutCrops(picture, facings);
    const states = (await this.model.run({ [INPUT]: crops.values }, facings.length))[OUTPUT];
    const stockedProbs = facings.map((_, i) => states[i * FACING_STATES.length + 1]);
    const recognitions = await this.recogniser.recognise(crops, gallery, gallery.skus.length);
    return judgeSlot(sku, stockedProbs, recognitions);
  }

  dispose(): Promise<void> {
    return this.model.dispose();
  }
}
