import { Damage } from './recording-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Fields of one MCAP record, read in order; whatever does not fit is `Damage` at the record's offset in the file. */
export class McapFields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #record: string;
  readonly #offset: number;
  #at = 0;

  constructor(bytes: Uint8Array, record: string, offset: number) {
    // Not a Buffer, whose `slice` would not copy.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#record = record;
    this.#offset = offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  /** A length or size; anything above 2⁵³ is far beyond every limit anyway. */
  size(): number {
    return Number(this.u64());
  }

  string(): string {
    const bytes = this.bytes(this.u32());
    try {
      return utf8.decode(bytes);
    } catch {
      throw new Damage(this.#offset, `text that is not UTF-8 in a ${this.#record}`, 'UTF-8');
    }
  }

  /** Pairs of strings. */
  pairs(): Map<string, string> {
    const inner = new McapFields(this.bytes(this.u32()), this.#record, this.#offset);
    const pairs = new Map<string, string>();
    while (inner.left > 0) pairs.set(inner.string(), inner.string());
    return pairs;
  }

  /** Borrowed. */
  bytes(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#at;
  }

  #advance(count: number): number {
    if (count > this.left) {
      throw new Damage(this.#offset, `${this.left} bytes left in a ${this.#record}`, `${count} for its next field`);
    }
    const start = this.#at;
    this.#at += count;
    return start;
  }
}
