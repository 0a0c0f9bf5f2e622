const utf8 = new TextEncoder();

/** Encodes protobuf messages field by field. */
export class ProtobufMessage {
  private readonly parts: Uint8Array[] = [];
  private bytes = 0;

  varint(field: number, value: number | bigint): this {
    return this.key(field, 0).raw(varintBytes(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.key(field, 5).raw(bytes);
  }

  blob(field: number, bytes: Uint8Array): this {
    return this.key(field, 2).raw(varintBytes(bytes.length)).raw(bytes);
  }

  text(field: number, text: string): this {
    return this.blob(field, utf8.encode(text));
  }

  message(field: number, message: ProtobufMessage): this {
    return this.blob(field, message.finish());
  }

  finish(): Uint8Array {
    const out = new Uint8Array(this.bytes);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  private key(field: number, wire: number): this {
    return this.raw(varintBytes(field * 8 + wire));
  }

  private raw(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.bytes += bytes.length;
    return this;
  }
}

function varintBytes(value: number | bigint): Uint8Array {
  let left = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  while (left > 127n) {
    out.push(Number(left & 127n) | 128);
    left >>= 7n;
  }
  out.push(Number(left));
  return Uint8Array.from(out);
}
