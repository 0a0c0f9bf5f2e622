import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { BACKENDS } from '../../models/backend/inference-backend.ts';
import { openBackend } from '../../models/backend/open-backend.ts';
import { ModelError } from '../../models/model-error.ts';
import { type CataloguePicture, readCataloguePicture } from '../../models/picture/read-picture.ts';
import { galleryText } from '../../models/product-recogniser/gallery.ts';
import { ProductRecogniser } from '../../models/product-recogniser/product-recogniser.ts';
import { Progress } from '../progress.ts';
import { UserError } from '../user-error.ts';

const PICTURE = /\.(png|jpe?g|webp|avif|gif|tiff?)$/i;

interface EnrollOptions {
  readonly images: string;
  readonly out?: string;
  readonly backend?: string;
}

export function enrollCommand(): Command {
  return new Command('enroll')
    .description('Let the cameras know products from their pictures; writes a gallery beside the catalogue')
    .argument('<catalogue>', 'YAML file with a `catalog:` of products by SKU')
    .requiredOption('--images <folder>', 'pictures: <sku>.png, <sku>-2.jpg … or a folder per SKU')
    .option('--out <file>', 'gallery to write; without it x.gallery.json beside x.yaml')
    .option('--backend <name>', `force an inference backend: ${BACKENDS.join(', ')}`)
    .action(enroll);
}

async function enroll(catalogue: string, options: EnrollOptions): Promise<void> {
  try {
    const skus = skusOf(catalogue);
    const files = filesBySku(options.images, skus);
    const { backend } = await openBackend(options.backend ?? null);
    const recogniser = await ProductRecogniser.open(backend);
    const progress = new Progress();
    const products: { sku: string; pictures: CataloguePicture[] }[] = [];
    for (const [sku, paths] of files) {
      progress.show(products.length / files.size, sku);
      products.push({ sku, pictures: await Promise.all(paths.map(readCataloguePicture)) });
    }
    const gallery = await recogniser.enrol(products);
    progress.clear();
    const out = options.out ?? `${catalogue.replace(/(\.catalog)?\.ya?ml$/i, '')}.gallery.json`;
    writeFileSync(out, galleryText(gallery));
    console.log(`${out}: ${files.size} products, ${gallery.productOf.length} views, on ${backend.name}`);
    const without = skus.filter((sku) => !files.has(sku));
    if (without.length > 0)
      console.error(
        `warning: ${without.length} products have no picture and stay unknown: ${without.slice(0, 8).join(', ')}`,
      );
  } catch (error) {
    if (error instanceof ModelError) throw new UserError(error.message);
    throw error;
  }
}

/** SKUs of a catalogue file, in order. */
function skusOf(path: string): string[] {
  let value: unknown;
  try {
    value = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined && (error as NodeJS.ErrnoException).path) throw error;
    throw new UserError(`${path}: found ${(error as Error).message.split('\n')[0]}, expected a catalogue as YAML`);
  }
  const catalog = (value as { catalog?: unknown } | null)?.catalog;
  if (typeof catalog !== 'object' || catalog === null || Array.isArray(catalog) || Object.keys(catalog).length === 0)
    throw new UserError(`${path}: catalog: found nothing, expected products by SKU`);
  return Object.keys(catalog);
}

/** Picture files of each SKU that has any, by name; throws for a folder with no picture of any product. */
function filesBySku(folder: string, skus: readonly string[]): Map<string, string[]> {
  if (!statSync(folder).isDirectory()) throw new UserError(`--images: found ${folder}, expected a folder`);
  const known = new Set(skus);
  const found = new Map<string, string[]>();
  const add = (sku: string, path: string) => found.set(sku, [...(found.get(sku) ?? []), path]);
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && known.has(entry.name)) {
      for (const name of readdirSync(path).sort()) if (PICTURE.test(name)) add(entry.name, join(path, name));
    } else if (PICTURE.test(entry.name)) {
      const name = basename(entry.name, extname(entry.name));
      const sku = known.has(name) ? name : name.replace(/[-_]\d+$/, '');
      if (known.has(sku)) add(sku, path);
    }
  }
  if (found.size === 0)
    throw new UserError(`--images: found no picture of a product in ${folder}, expected files such as ${skus[0]}.png`);
  return found;
}
