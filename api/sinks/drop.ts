import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Receipt } from '../orders/order.ts';
import { later, type OrderSink, refused, type SinkResult, taken } from './order-sink.ts';

/** A folder that another system watches. */
export interface Drop {
  /** Writes a file so that a watcher sees it whole or not at all. */
  put(name: string, bytes: Buffer): Promise<void>;
  /** The file's bytes, or null where there is none. */
  read(name: string): Promise<Buffer | null>;
  close(): Promise<void>;
}

/** A folder of this machine: written beside, synced, renamed. */
export class LocalDrop implements Drop {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  async put(name: string, bytes: Buffer): Promise<void> {
    await mkdir(this.#dir, { recursive: true });
    const part = join(this.#dir, `.${name}.part`);
    const file = await open(part, 'w', 0o640);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(this.#dir, name));
    // The rename itself is on disk only once the folder is.
    const folder = await open(this.#dir, 'r');
    await folder.sync().finally(() => folder.close());
  }

  async read(name: string): Promise<Buffer | null> {
    return readFile(join(this.#dir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  }

  async close(): Promise<void> {}
}

/** How a receipt becomes a file. */
export interface FileFormat {
  readonly extension: string;
  /** Records in the text, for the manifest. */
  write(receipt: Receipt): { readonly text: string; readonly records: number };
}

/** What stands beside each file; it is written last, so whoever sees it may read the file. */
export interface Manifest {
  readonly file: string;
  readonly receiptId: string;
  readonly records: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Puts one file and its manifest per receipt into a drop. The same receipt again finds its manifest and writes nothing. */
export class DropSink implements OrderSink {
  readonly name: string;
  readonly #drop: Drop;
  readonly #format: FileFormat;

  constructor(name: string, drop: Drop, format: FileFormat) {
    this.name = name;
    this.#drop = drop;
    this.#format = format;
  }

  async take(receipt: Receipt): Promise<SinkResult> {
    const { text, records } = this.#format.write(receipt);
    const bytes = Buffer.from(text);
    const file = `${fileStem(receipt)}.${this.#format.extension}`;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const manifest: Manifest = { file, receiptId: receipt.id, records, bytes: bytes.length, sha256 };
    try {
      const known = await this.#drop.read(`${file}.manifest.json`);
      if (known !== null) return sameFile(JSON.parse(known.toString()) as Manifest, manifest);
      await this.#drop.put(file, bytes);
      await this.#drop.put(`${file}.manifest.json`, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
      return taken(file);
    } catch (error) {
      return later((error as Error).message);
    }
  }

  async close(): Promise<void> {
    await this.#drop.close();
  }
}

function sameFile(found: Manifest, expected: Manifest): SinkResult {
  if (found.sha256 === expected.sha256) return taken(expected.file);
  return refused(`${expected.file}: found it with sha256 ${found.sha256}, expected ${expected.sha256}`);
}

/** Sorts by time and is unique; only characters that every file system takes. */
function fileStem({ issuedAtMs, number, id, kind }: Receipt): string {
  const at = new Date(issuedAtMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return [at, kind, number.replaceAll(/[^\w-]/g, '_'), id.slice(0, 8)].join('-');
}
