import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const CHUNK = 65_536;

/** A text file that is written as it comes, in chunks; folders are made, an older file is replaced. */
export class TextFile {
  readonly #descriptor: number;
  #waiting = '';

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#descriptor = openSync(path, 'w');
  }

  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= CHUNK) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  #flush(): void {
    // A write may be cut short; what is left goes out in the next.
    for (let bytes = Buffer.from(this.#waiting); bytes.length > 0; ) {
      bytes = bytes.subarray(writeSync(this.#descriptor, bytes));
    }
    this.#waiting = '';
  }
}
