import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { Reading } from '../../engine/index.ts';
import { fromWire, toWire, wireReadingSchema } from './wire-reading.ts';

/**
 * What real sensors sent, as the engine was told it, so that a session that was cut short can be run again. Credentials
 * have been turned into visits by then; pictures never come this far.
 */
export class ReadingLog {
  readonly #file: number;
  #unsynced = '';
  /** Bytes that the disk has. */
  #syncedBytes: number;
  /** Bytes that stood here when the log was opened. */
  readonly #openedBytes: number;

  private constructor(file: number, bytes: number) {
    this.#file = file;
    this.#syncedBytes = bytes;
    this.#openedBytes = bytes;
  }

  /** Opens a log or starts one; a last line that a crash cut short never counted and is removed. */
  static open(path: string): ReadingLog {
    const file = openSync(path, 'a+');
    const end = lastLineEnd(file);
    ftruncateSync(file, end);
    return new ReadingLog(file, end);
  }

  /** What stood here when the log was opened, piece by piece: a log of days is larger than memory. */
  *readings(): Generator<Reading> {
    const piece = Buffer.alloc(PIECE_BYTES);
    const decoder = new StringDecoder('utf8');
    let text = '';
    for (let at = 0; at < this.#openedBytes; ) {
      const count = readSync(this.#file, piece, 0, Math.min(PIECE_BYTES, this.#openedBytes - at), at);
      at += count;
      const lines = (text + decoder.write(piece.subarray(0, count))).split('\n');
      text = lines.pop()!;
      for (const line of lines) yield readingOf(line);
    }
  }

  append(reading: Reading): void {
    const wire = toWire(reading, 0);
    if (wire !== null) this.#unsynced += `${JSON.stringify([reading.arrivalUs, wire])}\n`;
  }

  /** Returns when the disk has everything appended. */
  sync(): void {
    if (this.#unsynced === '') return;
    const bytes = Buffer.from(this.#unsynced);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
      fdatasyncSync(this.#file);
    } catch (error) {
      // A part may have been written; the next attempt writes all of it.
      ftruncateSync(this.#file, this.#syncedBytes);
      throw error;
    }
    this.#syncedBytes += bytes.length;
    this.#unsynced = '';
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
  }
}

const PIECE_BYTES = 1 << 20;

/** Where the last whole line ends. */
function lastLineEnd(file: number): number {
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let end = fstatSync(file).size; end > 0; ) {
    const start = Math.max(0, end - PIECE_BYTES);
    const count = readSync(file, piece, 0, end - start, start);
    const at = piece.subarray(0, count).lastIndexOf(0x0a);
    if (at !== -1) return start + at + 1;
    end = start;
  }
  return 0;
}

function readingOf(line: string): Reading {
  const [arrivalUs, wire] = JSON.parse(line) as [number, unknown];
  return fromWire(wireReadingSchema.parse(wire), 0, arrivalUs);
}
