import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { Damage } from './recording-error.ts';

const WINDOW_BYTES = 256 * 1024;

/** A file read from front to back, its bytes borrowed piece by piece, with a running checksum. */
export class FileBytes {
  readonly size: number;
  /** CRC-32 of everything taken or skipped so far. */
  crc = 0;
  #offset = 0;
  readonly #file: number;
  #window = Buffer.alloc(WINDOW_BYTES);
  #windowStart = 0;
  #windowLength = 0;

  /** Throws the system's error where the file cannot be opened. */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    const stat = fstatSync(this.#file);
    if (!stat.isFile()) {
      closeSync(this.#file);
      throw new Damage(0, 'something that is not a file', 'an MCAP file');
    }
    this.size = stat.size;
  }

  get offset(): number {
    return this.#offset;
  }

  get left(): number {
    return this.size - this.#offset;
  }

  restartCrc(): void {
    this.crc = 0;
  }

  /** The next `count` bytes, valid until the next call; throws `Damage` where the file ends before. */
  take(count: number, what: string): Buffer {
    if (count > this.left) throw new Damage(this.#offset, `${this.left} bytes left in the file`, `${count} of ${what}`);
    const start = this.#offset - this.#windowStart;
    if (start + count > this.#windowLength) this.#fill(count);
    const from = this.#offset - this.#windowStart;
    const bytes = this.#window.subarray(from, from + count);
    this.crc = crc32(bytes, this.crc);
    this.#offset += count;
    return bytes;
  }

  /** The last `count` bytes that `take` gave, once more. */
  borrowLast(count: number): Buffer {
    const end = this.#offset - this.#windowStart;
    return this.#window.subarray(end - count, end);
  }

  skip(count: number, what: string): void {
    if (count > this.left) throw new Damage(this.#offset, `${this.left} bytes left in the file`, `${count} of ${what}`);
    for (let rest = count; rest > 0; ) {
      const piece = Math.min(rest, WINDOW_BYTES);
      this.take(piece, what);
      rest -= piece;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Moves the window to the offset; it grows to hold the largest piece asked for. */
  #fill(count: number): void {
    const kept = this.#windowStart + this.#windowLength - this.#offset;
    const from = this.#window;
    if (count > from.length) this.#window = Buffer.alloc(count);
    from.copy(this.#window, 0, this.#windowLength - kept, this.#windowLength);
    this.#windowStart = this.#offset;
    this.#windowLength = kept;
    while (this.#windowLength < count) {
      const at = this.#windowStart + this.#windowLength;
      const bytes = readSync(
        this.#file,
        this.#window,
        this.#windowLength,
        this.#window.length - this.#windowLength,
        at,
      );
      if (bytes === 0) throw new Damage(at, 'the end of the file', 'the bytes it had when it was opened');
      this.#windowLength += bytes;
    }
  }
}
