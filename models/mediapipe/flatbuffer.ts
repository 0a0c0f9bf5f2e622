/** A part of a flatbuffer; tables name their fields by place, null = absent. */
export type Part =
  | { readonly kind: 'table'; readonly fields: readonly Field[] }
  | { readonly kind: 'list'; readonly parts: readonly Part[] }
  | { readonly kind: 'floats'; readonly values: readonly number[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Something that is there already: its place in the file that follows the new part. */
  | { readonly kind: 'there'; readonly at: number };

/** A number that stands in the table itself, or what a table refers to. */
export type Field = number | Part | null;

export const table = (...fields: readonly Field[]): Part => ({ kind: 'table', fields });
export const list = (...parts: readonly Part[]): Part => ({ kind: 'list', parts });
export const floats = (...values: readonly number[]): Part => ({ kind: 'floats', values });
export const text = (value: string): Part => ({ kind: 'text', text: value });

/** Vectors of bytes and whatever follows start at multiples of this. */
const ALIGNMENT = 16;
const IDENTIFIER_BYTES = 4;

/**
 * Writes a flatbuffer (https://flatbuffers.dev/internals): every part after what refers to it, so that it can stand before a
 * file whose parts it refers to. Its length is a multiple of 16.
 */
export function flatbuffer(root: Part, identifier: string): Uint8Array {
  const writer = new Writer();
  const start = writer.take(4);
  for (let i = 0; i < IDENTIFIER_BYTES; i++) writer.byte(writer.take(1), identifier.charCodeAt(i));
  writer.refer(start, root);
  return writer.finish();
}

class Writer {
  private bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);
  private length = 0;
  private readonly later: { readonly from: number; readonly at: number }[] = [];

  take(size: number, alignment = 1): number {
    const at = Math.ceil(this.length / alignment) * alignment;
    this.length = at + size;
    if (this.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    return at;
  }

  byte(at: number, value: number): void {
    this.bytes[at] = value;
  }

  /** Writes a part and, at `from`, how far away it is. */
  refer(from: number, part: Part): void {
    if (part.kind === 'there') this.later.push({ from, at: part.at });
    else {
      const at = this.write(part);
      this.view.setUint32(from, at - from, true);
    }
  }

  finish(): Uint8Array {
    const end = this.take(0, ALIGNMENT);
    for (const { from, at } of this.later) this.view.setUint32(from, end + at - from, true);
    return this.bytes.slice(0, end);
  }

  private write(part: Exclude<Part, { kind: 'there' }>): number {
    switch (part.kind) {
      case 'table':
        return this.writeTable(part.fields);
      case 'list': {
        const at = this.vector(part.parts.length, 4);
        part.parts.forEach((one, i) => {
          this.refer(at + 4 + 4 * i, one);
        });
        return at;
      }
      case 'floats': {
        const at = this.vector(part.values.length, 4);
        part.values.forEach((value, i) => {
          this.view.setFloat32(at + 4 + 4 * i, value, true);
        });
        return at;
      }
      case 'text': {
        const bytes = new TextEncoder().encode(part.text);
        const at = this.vector(bytes.length, 1);
        this.bytes.set(bytes, at + 4);
        this.take(1);
        return at;
      }
      case 'bytes': {
        this.take(ALIGNMENT - 4, ALIGNMENT);
        const at = this.vector(part.bytes.length, 1);
        this.bytes.set(part.bytes, at + 4);
        return at;
      }
    }
  }

  private vector(count: number, size: number): number {
    const at = this.take(4 + count * size, 4);
    this.view.setUint32(at, count, true);
    return at;
  }

  /** First the places of the fields, then the fields, four bytes each. */
  private writeTable(fields: readonly Field[]): number {
    const places = this.take(4 + 2 * fields.length, 4);
    const present = fields.filter((field) => field !== null).length;
    const at = this.take(4 + 4 * present, 4);
    this.view.setUint16(places, 4 + 2 * fields.length, true);
    this.view.setUint16(places + 2, 4 + 4 * present, true);
    this.view.setInt32(at, at - places, true);
    let next = 4;
    fields.forEach((field, i) => {
      if (field === null) return;
      this.view.setUint16(places + 4 + 2 * i, next, true);
      if (typeof field === 'number') this.view.setUint32(at + next, field, true);
      else this.refer(at + next, field);
      next += 4;
    });
    return at;
  }
}
