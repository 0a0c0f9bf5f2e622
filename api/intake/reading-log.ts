import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Reading } from '../../engine/index.ts';
import { fromWire, toWire, wireReadingSchema } from './wire-reading.ts';

/**
 * What real sensors sent, as the engine was told it, so that a session that was cut short can be run again. Credentials
 * have been turned into visits by then; pictures never come this far.
 */
export class ReadingLog {
  readonly #file: number;
  #unsynced = '';
  /** What stood here when the log was opened. */
  readonly readings: readonly Reading[];

  private constructor(file: number, readings: readonly Reading[]) {
    this.#file = file;
    this.readings = readings;
  }

  /** Opens a log or starts one; a last line that a crash cut short never counted and is removed. */
  static open(path: string): ReadingLog {
    const file = openSync(path, 'a+');
    const bytes = readFileSync(path);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) ftruncateSync(file, end);
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    return new ReadingLog(file, lines.map(readingOf));
  }

  append(reading: Reading): void {
    const wire = toWire(reading, 0);
    if (wire !== null) this.#unsynced += `${JSON.stringify([reading.arrivalUs, wire])}\n`;
  }

  /** Returns when the disk has everything appended. */
  sync(): void {
    if (this.#unsynced === '') return;
    const bytes = Buffer.from(this.#unsynced);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    fdatasyncSync(this.#file);
    this.#unsynced = '';
  }

  close(): void {
    this.sync();
    closeSync(this.#file);
  }
}

function readingOf(line: string): Reading {
  const [arrivalUs, wire] = JSON.parse(line) as [number, unknown];
  return fromWire(wireReadingSchema.parse(wire), 0, arrivalUs);
}
