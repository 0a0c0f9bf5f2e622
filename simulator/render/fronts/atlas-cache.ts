import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { ProductPlan } from '../../scenario/run.ts';

/** Counts up whenever the same products are to look different. */
const DESIGN = 1;
const folder = fileURLToPath(new URL('../../../node_modules/.cache/openaisle/', import.meta.url));

/** Painted fronts of one assortment on disk; a cache that cannot be read or written is none. */
export class AtlasCache {
  private readonly file: string;

  constructor(products: readonly ProductPlan[]) {
    const looks = products.map(({ sku, name, sizeM }) => [sku, name, sizeM]);
    const hash = createHash('sha256')
      .update(JSON.stringify([DESIGN, looks]))
      .digest('hex')
      .slice(0, 16);
    this.file = `${folder}fronts-${hash}.zst`;
  }

  /** Fills in the texels; false when there are none of this size. */
  readInto(texels: Uint32Array): boolean {
    try {
      const bytes = zstdDecompressSync(readFileSync(this.file));
      if (bytes.byteLength !== texels.byteLength) return false;
      new Uint8Array(texels.buffer, texels.byteOffset, texels.byteLength).set(bytes);
      return true;
    } catch {
      return false;
    }
  }

  write(texels: Uint32Array): void {
    try {
      mkdirSync(folder, { recursive: true });
      const own = `${this.file}.${process.pid}`;
      writeFileSync(
        own,
        zstdCompressSync(Uint8Array.from(new Uint8Array(texels.buffer, texels.byteOffset, texels.byteLength))),
      );
      renameSync(own, this.file);
    } catch {
      // A read-only installation paints afresh each time.
    }
  }
}
