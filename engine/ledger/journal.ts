/**
 * The journal: what the engine booked and settled, appended and synced to disk before anyone hears of it. One JSON
 * line per record, each carrying the hash of the one before, so that a torn or altered line shows.
 *
 * Resuming is running again: the engine is deterministic, so after a crash the same readings from the start give the
 * same records, and the journal checks each against what it holds until it is back where it stopped. Nothing is lost
 * (every record was synced before it counted) and nothing is doubled (only records beyond the last one are appended).
 */
import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { EngineOutput } from '../cart.ts';

/** What a journal keeps of the engine's outputs. */
export type JournalRecord = Extract<EngineOutput, { kind: 'entry' | 'cart' }>;

/** A journal that cannot be used: damaged before its last line, or made from other readings. */
export class JournalError extends Error {
  readonly path: string;
  readonly line: number;

  constructor(path: string, line: number, found: string, expected: string) {
    super(`${path}:${line}: found ${found}, expected ${expected}`);
    this.name = 'JournalError';
    this.path = path;
    this.line = line;
  }
}

const GENESIS = '0'.repeat(64);

export class Journal {
  readonly #path: string;
  readonly #file: number;
  /** Chain hashes of the records that stood here when the journal was opened. */
  readonly #known: readonly string[];
  #chain = GENESIS;
  #count = 0;
  #unsynced = '';
  /** Bytes that the disk has. */
  #syncedBytes: number;

  private constructor(path: string, file: number, known: readonly string[], syncedBytes: number) {
    this.#path = path;
    this.#file = file;
    this.#known = known;
    this.#syncedBytes = syncedBytes;
  }

  /**
   * Opens a journal or starts one. A last line that a crash cut short is removed: it was never synced, so it never
   * counted. Throws `JournalError` for damage anywhere else and the system's error where the file cannot be used.
   */
  static open(path: string): Journal {
    const file = openSync(path, 'a+');
    const text = readFileSync(path);
    const end = text.lastIndexOf(0x0a) + 1;
    const lines = text.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    const known: string[] = [];
    let chain = GENESIS;
    lines.forEach((line, i) => {
      const body = line.slice(65);
      const hash = hashOf(chain, body);
      if (line.slice(0, 64) !== hash) {
        closeSync(file);
        throw new JournalError(path, i + 1, 'a line that does not follow from the one before', 'an unaltered journal');
      }
      known.push(hash);
      chain = hash;
    });
    if (end < text.length) ftruncateSync(file, end);
    return new Journal(path, file, known, end);
  }

  /** Records already there and not yet met again. */
  get pending(): number {
    return Math.max(0, this.#known.length - this.#count);
  }

  /** Records so far, those met again included. */
  get length(): number {
    return this.#count;
  }

  /**
   * Takes the next record: checks it against the journal where that already has one, appends it elsewhere. It is on
   * disk only after `sync`. Throws `JournalError` where the journal says something else.
   */
  add(record: JournalRecord): void {
    const body = JSON.stringify(record);
    this.#chain = hashOf(this.#chain, body);
    const known = this.#known[this.#count++];
    if (known === undefined) this.#unsynced += `${this.#chain} ${body}\n`;
    else if (known !== this.#chain) {
      throw new JournalError(
        this.#path,
        this.#count,
        'a record that these readings do not give',
        'a journal of the same run',
      );
    }
  }

  /**
   * Writes what was appended and returns when the disk has it. Throws the system's error where the disk does not take it
   * (full); calling it again tries again.
   */
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

function hashOf(chain: string, body: string): string {
  return createHash('sha256').update(chain).update(body).digest('hex');
}
