/**
 * Writes and reads protobuf's wire format (protobuf.dev/programming-guides/encoding) for messages whose fields
 * always come in the same order. Packed floats lie in it as raw little-endian bytes, so NaN payloads survive.
 */
import assert from 'node:assert/strict';
import { endianness } from 'node:os';

assert.equal(endianness(), 'LE', 'packed arrays are copied as they lie in memory');

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Grows as needed and is reused: `borrow()` is valid until the next `reset()`. */
export class WireWriter {
  #bytes = Buffer.alloc(4096);
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
  #length = 0;

  reset(): void {
    this.#length = 0;
  }

  borrow(): Uint8Array {
    // Not a Buffer, whose `slice` would not copy.
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset, this.#length);
  }

  /** Unsigned integer below 2³². */
  uint(field: number, value: number): void {
    this.#reserve(7);
    this.#varint((field << 3) | VARINT);
    this.#varint(value);
  }

  double(field: number, value: number): void {
    this.#reserve(10);
    this.#varint((field << 3) | FIXED64);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  fixed32(field: number, value: number): void {
    this.#reserve(6);
    this.#varint((field << 3) | FIXED32);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  string(field: number, value: string): void {
    assert.ok(value.isWellFormed(), `cannot write a string with half a surrogate pair: ${JSON.stringify(value)}`);
    const bytes = Buffer.byteLength(value, 'utf8');
    this.#lengthHeader(field, bytes);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  /** `repeated float` or `repeated double`, packed, or any nested bytes. */
  packed(field: number, values: Float32Array | Float64Array | Uint8Array | Uint16Array): void {
    this.#lengthHeader(field, values.byteLength);
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.#length);
    this.#length += values.byteLength;
  }

  /** `repeated sint32`, packed, zigzag. */
  packedInts(field: number, values: ArrayLike<number>): void {
    let bytes = 0;
    for (let i = 0; i < values.length; i++) bytes += varintLength(zigzag(values[i]));
    this.#lengthHeader(field, bytes);
    for (let i = 0; i < values.length; i++) this.#varint(zigzag(values[i]));
  }

  #lengthHeader(field: number, bytes: number): void {
    this.#reserve(7 + bytes);
    this.#varint((field << 3) | BYTES);
    this.#varint(bytes);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#length + bytes));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function varintLength(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

// `ignoreBOM` keeps a leading U+FEFF, which would otherwise vanish.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads what `WireWriter` wrote, in the same order; anything else throws a `RangeError` that says where. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint(field: number, name: string): number {
    this.#tag(field, VARINT, name);
    return this.#varint(name);
  }

  double(field: number, name: string): number {
    this.#tag(field, FIXED64, name);
    this.#need(8, name);
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  fixed32(field: number, name: string): number {
    this.#tag(field, FIXED32, name);
    this.#need(4, name);
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  string(field: number, name: string): string {
    const at = this.#at;
    const bytes = this.bytes(field, name);
    try {
      return utf8.decode(bytes);
    } catch {
      throw new RangeError(`byte ${at}: found bytes that are not UTF-8, expected ${name}`);
    }
  }

  /** Borrowed: a view into the message. */
  bytes(field: number, name: string): Uint8Array {
    this.#tag(field, BYTES, name);
    const length = this.#varint(name);
    this.#need(length, name);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  floats(field: number, name: string): Float32Array {
    return new Float32Array(this.#numbers(field, name, 4));
  }

  doubles(field: number, name: string): Float64Array {
    return new Float64Array(this.#numbers(field, name, 8));
  }

  /** `repeated sint32` into 16 bits. */
  shorts(field: number, name: string): Int16Array {
    const inner = new WireReader(this.bytes(field, name));
    const values: number[] = [];
    while (!inner.atEnd()) {
      const coded = inner.#varint(name);
      const value = coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
      if (value < -32768 || value > 32767) {
        throw new RangeError(`byte ${this.#at}: found ${value} in ${name}, expected an integer of 16 bits`);
      }
      values.push(value);
    }
    return Int16Array.from(values);
  }

  atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Is the next field a length-delimited one with this number? */
  nextIs(field: number): boolean {
    const tag = (field << 3) | BYTES;
    if (tag < 128) return this.#bytes[this.#at] === tag;
    return this.#bytes[this.#at] === ((tag & 127) | 128) && this.#bytes[this.#at + 1] === tag >>> 7;
  }

  expectEnd(name: string): void {
    if (!this.atEnd()) {
      throw new RangeError(
        `byte ${this.#at}: found ${this.#bytes.length - this.#at} more bytes, expected the end of ${name}`,
      );
    }
  }

  /** A copy with its own memory, because the message need not lie at a multiple of 4 or 8. */
  #numbers(field: number, name: string, bytesEach: number): ArrayBuffer {
    const bytes = this.bytes(field, name);
    if (bytes.length % bytesEach !== 0) {
      throw new RangeError(
        `byte ${this.#at}: found ${bytes.length} bytes of ${name}, expected a multiple of ${bytesEach}`,
      );
    }
    const copy = new Uint8Array(bytes.length);
    copy.set(bytes);
    return copy.buffer;
  }

  #tag(field: number, wireType: number, name: string): void {
    const at = this.#at;
    const tag = this.#varint(name);
    if (tag !== ((field << 3) | wireType)) {
      const found = `field ${tag >>> 3} of wire type ${tag & 7}`;
      throw new RangeError(`byte ${at}: found ${found}, expected ${name} (field ${field} of wire type ${wireType})`);
    }
  }

  #varint(name: string): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      this.#need(1, name);
      const byte = this.#bytes[this.#at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError(`byte ${this.#at}: found a number above 35 bits, expected ${name}`);
  }

  #need(bytes: number, name: string): void {
    const left = this.#bytes.length - this.#at;
    if (left < bytes) throw new RangeError(`byte ${this.#at}: found ${left} bytes left, expected ${bytes} for ${name}`);
  }
}
