import { openBackend } from '../../models/backend/open-backend.ts';
import type { Gallery } from '../../models/product-recogniser/gallery.ts';
import { ProductRecogniser } from '../../models/product-recogniser/product-recogniser.ts';
import { catalogueGallery } from '../../models/train/catalogue-gallery.ts';
import type { Run } from '../../simulator/scenario/run.ts';

/** A gallery of a run's whole range, enrolled from drawn catalogue pictures. */
export async function openGallery({ products }: Run): Promise<Gallery> {
  const { backend } = await openBackend();
  const recogniser = await ProductRecogniser.open(backend);
  const gallery = await catalogueGallery(recogniser, products);
  await recogniser.dispose();
  return gallery;
}
