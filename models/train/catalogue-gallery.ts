import type { Gallery } from '../product-recogniser/gallery.ts';
import type { ProductRecogniser } from '../product-recogniser/product-recogniser.ts';
import { cataloguePictures } from './catalogue-views.ts';
import type { PackagePlan } from './packages.ts';
import { openRange } from './recogniser-examples.ts';

/** A gallery of products as the simulator draws them, for shops that have no catalogue pictures of their own. */
export async function catalogueGallery(recogniser: ProductRecogniser, plans: readonly PackagePlan[]): Promise<Gallery> {
  const { stage, looks } = await openRange(plans);
  return recogniser.enrol(plans.map(({ sku }, i) => ({ sku, pictures: cataloguePictures(stage, looks[i]) })));
}
