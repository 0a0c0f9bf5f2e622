import { z } from 'zod';
import { reject } from '../model-error.ts';
import { EMBEDDING } from './net.ts';

/** The products a store knows by sight: embeddings of their pictures. */
export interface Gallery {
  readonly skus: readonly string[];
  /** Index into `skus` per picture. */
  readonly productOf: Uint32Array;
  /** Pictures × 96, each of length 1. */
  readonly vectors: Float32Array;
  /** sha256 of the ONNX file that made the vectors: another model's mean something else. */
  readonly modelSha256: string;
}

const fileSchema = z.object({
  format: z.literal('openaisle-gallery/1'),
  modelSha256: z.string(),
  products: z
    .array(z.object({ sku: z.string().min(1), vectors: z.array(z.string()).min(1).max(1000) }))
    .min(1)
    .max(100_000),
});

/** A gallery as the text of a file: one line per product, vectors as base64 of little-endian float32. */
export function galleryText(gallery: Gallery): string {
  const lines = gallery.skus.map((sku, i) => {
    const vectors: string[] = [];
    gallery.productOf.forEach((product, v) => {
      if (product !== i) return;
      const row = gallery.vectors.subarray(v * EMBEDDING, (v + 1) * EMBEDDING);
      vectors.push(Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('base64'));
    });
    return JSON.stringify({ sku, vectors });
  });
  const head = JSON.stringify({ format: 'openaisle-gallery/1', modelSha256: gallery.modelSha256 }).slice(1, -1);
  return `{${head},"products":[\n${lines.join(',\n')}\n]}\n`;
}

/** Reads a gallery's file; throws `ModelError` on what is none, or another model's. */
export function parseGallery(text: string, where: string, modelSha256: string): Gallery {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return reject(where, (error as Error).message, 'a gallery as JSON');
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return reject(`${where}: ${issue.path.join('.') || '(top)'}`, issue.message, 'a gallery that `aisle enroll` wrote');
  }
  if (parsed.data.modelSha256 !== modelSha256)
    reject(
      where,
      `vectors of model ${parsed.data.modelSha256.slice(0, 12)}`,
      `of ${modelSha256.slice(0, 12)}: enrol again`,
    );
  const rows = parsed.data.products.flatMap(({ sku, vectors }) =>
    vectors.map((vector) => vectorOf(where, sku, vector)),
  );
  return galleryOf(
    parsed.data.products.map(({ sku }) => sku),
    parsed.data.products.flatMap(({ vectors }, i) => vectors.map(() => i)),
    rows,
    modelSha256,
  );
}

function vectorOf(where: string, sku: string, base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  if (bytes.length !== 4 * EMBEDDING)
    reject(`${where}: ${sku}`, `a vector of ${bytes.length} bytes`, `${4 * EMBEDDING}`);
  const vector = new Float32Array(bytes.buffer);
  const length = Math.hypot(...vector);
  if (!(Math.abs(length - 1) < 1e-3)) reject(`${where}: ${sku}`, `a vector of length ${length}`, 'length 1');
  return vector;
}

/** Puts a gallery together from unit vectors and the product each belongs to. */
export function galleryOf(
  skus: readonly string[],
  products: readonly number[],
  rows: readonly Float32Array[],
  modelSha256: string,
): Gallery {
  if (new Set(skus).size !== skus.length) reject('gallery', 'the same sku twice', 'each product once');
  const vectors = new Float32Array(rows.length * EMBEDDING);
  rows.forEach((row, i) => {
    vectors.set(row, i * EMBEDDING);
  });
  return { skus, productOf: Uint32Array.from(products), vectors, modelSha256 };
}
