import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

/** Records kept in memory before they go to disk: far above an hour's recording, far below a nuisance. */
const MEMORY_BYTES = 4 * 1024 * 1024;
const COPY_BYTES = 1024 * 1024;

/**
 * Index records of a recording, which must wait for its end and would otherwise grow with its length.
 * Beyond 4 MB they lie in a file beside the recording, removed by `close()`.
 */
export class IndexSpool {
  readonly #path: string;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #file: number | null = null;
  #spilledBytes = 0;

  constructor(recordingPath: string) {
    this.#path = `${recordingPath}.index`;
  }

  get heldBytes(): number {
    return this.#waitingBytes;
  }

  add(record: Uint8Array): void {
    this.#waiting.push(record);
    this.#waitingBytes += record.length;
    if (this.#waitingBytes >= MEMORY_BYTES) this.#spill();
  }

  /** Hands over everything added, in order, in pieces. */
  forEachPiece(use: (piece: Uint8Array) => void): void {
    if (this.#file !== null) {
      const piece = new Uint8Array(COPY_BYTES);
      for (let at = 0; at < this.#spilledBytes; ) {
        const bytes = readSync(this.#file, piece, 0, Math.min(COPY_BYTES, this.#spilledBytes - at), at);
        use(piece.subarray(0, bytes));
        at += bytes;
      }
    }
    for (const record of this.#waiting) use(record);
  }

  close(): void {
    if (this.#file === null) return;
    closeSync(this.#file);
    rmSync(this.#path);
    this.#file = null;
  }

  #spill(): void {
    this.#file ??= openSync(this.#path, 'w+');
    for (const record of this.#waiting) {
      let written = 0;
      while (written < record.length) {
        written += writeSync(this.#file, record, written, record.length - written, this.#spilledBytes + written);
      }
      this.#spilledBytes += record.length;
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
