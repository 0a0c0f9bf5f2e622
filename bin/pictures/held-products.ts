import type { Detections, HandProducts } from '../../engine/readings.ts';
import type { Store } from '../../engine/store.ts';
import { openBackend } from '../../models/backend/open-backend.ts';
import type { Gallery } from '../../models/product-recogniser/gallery.ts';
import { HeldItemReader } from '../../models/product-recogniser/held-item-reader.ts';

/** Recognises products in hands for the engine: what it says names rows of the store's catalogue. */
export class HeldProducts {
  readonly #store: Store;
  readonly #reader: HeldItemReader;
  /** Row of the store's products of each product of the gallery; −1 for what the store does not sell. */
  readonly #rows: Int16Array;

  private constructor(store: Store, gallery: Gallery, reader: HeldItemReader) {
    this.#store = store;
    this.#reader = reader;
    const rows = new Map(store.products.map(({ sku }, row) => [sku, row]));
    this.#rows = Int16Array.from(gallery.skus, (sku) => rows.get(sku) ?? -1);
  }

  static async open(store: Store, gallery: Gallery): Promise<HeldProducts> {
    const { backend } = await openBackend();
    return new HeldProducts(store, gallery, await HeldItemReader.open(backend, gallery));
  }

  /** What the hands of a picture hold. */
  async read(camera: number, rgb: Uint8Array, depthMm: Uint16Array, seen: Detections): Promise<HandProducts> {
    const { widthPx, heightPx, intrinsics } = this.#store.cameras[camera];
    const { top, productIndex, prob, noneProb } = await this.#reader.read(
      { widthPx, heightPx, rgb },
      depthMm,
      intrinsics.fx,
      seen,
    );
    return { top, productRow: productIndex.map((index) => (index < 0 ? -1 : this.#rows[index])), prob, noneProb };
  }
}
