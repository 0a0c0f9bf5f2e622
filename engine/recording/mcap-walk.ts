/**
 * Walks through an MCAP file record by record and checks everything that has a checksum.
 *
 * Our own instead of `McapStreamReader`, which cannot say where a file is broken or what stood before the break, and
 * waits for as many bytes as a corrupt length asks for. Nothing is allocated here before its size has been compared
 * with the file's rest and the limits below.
 */
import { constants, crc32, zstdDecompressSync } from 'node:zlib';
import { McapConstants } from '@mcap/core';
import { FileBytes } from './file-bytes.ts';
import { McapFields } from './mcap-fields.ts';
import { Damage } from './recording-error.ts';
import { RECORDING_LIBRARY } from './recording-names.ts';

const { MCAP_MAGIC, Opcode } = McapConstants;
const MAGIC = Buffer.from(MCAP_MAGIC);

/** Largest things believed; a chunk of ours has about 1 MB. */
export const WALK_LIMITS = {
  recordBytes: 256 * 1024 * 1024,
  chunkBytes: 64 * 1024 * 1024,
} as const;

export type WalkedSchema = { readonly name: string; readonly encoding: string; readonly data: Uint8Array };

export interface WalkedMessage {
  readonly topic: string;
  readonly messageEncoding: string;
  /** The same object for all channels that share it. */
  readonly schema: WalkedSchema | null;
  readonly sequence: number;
  readonly logTime: bigint;
  readonly publishTime: bigint;
  /** Borrowed from the chunk. */
  readonly data: Uint8Array;
  /** Where the message's chunk starts in the file. */
  readonly offset: number;
}

export type Walked =
  | { readonly kind: 'header'; readonly profile: string; readonly library: string }
  | {
      readonly kind: 'attachment';
      readonly name: string;
      readonly mediaType: string;
      readonly logTime: bigint;
      readonly data: Uint8Array;
    }
  | { readonly kind: 'metadata'; readonly name: string; readonly entries: ReadonlyMap<string, string> }
  /** A whole chunk that passed its checksum. */
  | { readonly kind: 'chunk'; readonly messages: Iterable<WalkedMessage> };

type Channel = Pick<WalkedMessage, 'topic' | 'messageEncoding' | 'schema'>;
type Tables = {
  readonly schemas: Map<number, WalkedSchema>;
  readonly channels: Map<number, Channel>;
  /** Other writers may leave checksums at 0 for "not counted"; in a file of ours that is damage. */
  readonly isOurs: boolean;
};

/** Everything of a file up to its end; throws `Damage` at the first thing that cannot be right. */
export function* walkMcap(path: string): Generator<Walked, void> {
  const file = new FileBytes(path);
  try {
    expectMagic(file);
    const header = readHeader(file);
    yield header;
    const isOurs = header.library === RECORDING_LIBRARY;
    yield* walkData(file, { schemas: new Map(), channels: new Map(), isOurs });
    checkSummary(file, isOurs);
  } finally {
    file.close();
  }
}

function expectMagic(file: FileBytes): void {
  const offset = file.offset;
  const found = file.take(Math.min(MAGIC.length, file.left), 'magic');
  if (!MAGIC.equals(found)) {
    throw new Damage(
      offset,
      found.length === 0 ? 'nothing' : found.toString('hex'),
      `MCAP's magic ${MAGIC.toString('hex')}`,
    );
  }
}

/** Opcode and content length of the next record; the length has been checked against the file and the limits. */
function recordHead(file: FileBytes): { offset: number; opcode: number; length: number } {
  const offset = file.offset;
  const head = file.take(9, "a record's head");
  const opcode = head[0];
  const length = Number(head.readBigUInt64LE(1));
  if (length > file.left) {
    throw new Damage(offset, `a record of ${length} bytes with ${file.left} left in the file`, 'a whole record');
  }
  return { offset, opcode, length };
}

function readHeader(file: FileBytes): Extract<Walked, { kind: 'header' }> {
  const { offset, opcode, length } = recordHead(file);
  if (opcode !== Opcode.HEADER) throw new Damage(offset, `record type ${opcode}`, `a header (type ${Opcode.HEADER})`);
  const fields = contentFields(file, length, 'header', offset);
  return { kind: 'header', profile: fields.string(), library: fields.string() };
}

function contentFields(file: FileBytes, length: number, record: string, offset: number): McapFields {
  if (length > WALK_LIMITS.recordBytes) {
    throw new Damage(offset, `a ${record} of ${length} bytes`, `at most ${WALK_LIMITS.recordBytes}`);
  }
  return new McapFields(file.take(length, record), record, offset);
}

function* walkData(file: FileBytes, tables: Tables): Generator<Walked, void> {
  const { isOurs } = tables;
  for (;;) {
    if (file.left === 0) throw new Damage(file.offset, 'the end of the file', 'more chunks or the end of the data');
    const crcBefore = file.crc;
    const { offset, opcode, length } = recordHead(file);
    switch (opcode) {
      case Opcode.ATTACHMENT:
        yield readAttachment(contentFields(file, length, 'attachment', offset), file, length, offset, isOurs);
        break;
      case Opcode.METADATA: {
        const fields = contentFields(file, length, 'metadata record', offset);
        yield { kind: 'metadata', name: fields.string(), entries: fields.pairs() };
        break;
      }
      case Opcode.CHUNK: {
        const records = readChunk(contentFields(file, length, 'chunk', offset), offset, isOurs);
        yield { kind: 'chunk', messages: messagesOf(records, tables, offset) };
        break;
      }
      case Opcode.MESSAGE_INDEX:
        file.skip(length, 'message index');
        break;
      case Opcode.DATA_END:
        checkDataEnd(contentFields(file, length, 'end of data', offset), crcBefore, offset, isOurs);
        return;
      default:
        // The specification reserves these for other people's records and asks readers to pass over them.
        if (opcode < 0x80)
          throw new Damage(offset, `record type ${opcode}`, 'a chunk, its index or the end of the data');
        file.skip(length, 'private record');
    }
  }
}

function readAttachment(fields: McapFields, file: FileBytes, length: number, offset: number, isOurs: boolean): Walked {
  const logTime = fields.u64();
  fields.u64();
  const name = fields.string();
  const mediaType = fields.string();
  const data = fields.bytes(fields.size());
  const covered = fields.at;
  const found = crc32(file.borrowLast(length).subarray(0, covered));
  checkCrc({ found, expected: fields.u32(), isOurs }, `attachment ${name}`, offset);
  return { kind: 'attachment', name, mediaType, logTime, data };
}

/** Uncompressed records of a chunk, in memory of their own. */
function readChunk(fields: McapFields, offset: number, isOurs: boolean): Uint8Array {
  fields.bytes(16);
  const size = fields.size();
  const expected = fields.u32();
  const compression = fields.string();
  const packed = fields.bytes(fields.size());
  if (size > WALK_LIMITS.chunkBytes) {
    throw new Damage(offset, `a chunk that claims ${size} bytes`, `at most ${WALK_LIMITS.chunkBytes}`);
  }
  const records = unpack(packed, compression, size, offset);
  if (records.length !== size) throw new Damage(offset, `${records.length} bytes in a chunk`, `${size}`);
  checkCrc({ found: crc32(records), expected, isOurs }, 'chunk', offset);
  return records;
}

function unpack(packed: Uint8Array, compression: string, size: number, offset: number): Uint8Array {
  if (compression === '') return packed.slice();
  if (compression !== 'zstd') {
    throw new Damage(offset, `a chunk compressed by ${JSON.stringify(compression)}`, 'zstd or none');
  }
  try {
    // Window sizes above 2²⁷ are refused by default, so a corrupt frame cannot ask for more memory than that.
    return zstdDecompressSync(packed, { maxOutputLength: Math.max(1, size), params: DECOMPRESSION });
  } catch (error) {
    throw new Damage(offset, `a chunk that does not decompress (${(error as Error).message})`, 'a zstd frame');
  }
}

const DECOMPRESSION = { [constants.ZSTD_d_windowLogMax]: 27 };

type Checksum = { readonly found: number; readonly expected: number; readonly isOurs: boolean };

function checkCrc({ found, expected, isOurs }: Checksum, what: string, offset: number): void {
  if (found === expected || (expected === 0 && !isOurs)) return;
  throw new Damage(offset, `checksum ${found.toString(16)} of the ${what}`, expected.toString(16));
}

function* messagesOf(records: Uint8Array, tables: Tables, offset: number): Generator<WalkedMessage, void> {
  const fields = new McapFields(records, 'chunk', offset);
  while (fields.left > 0) {
    const opcode = fields.u8();
    const content = fields.bytes(fields.size());
    if (opcode === Opcode.MESSAGE) yield readMessage(content, tables, offset);
    else if (opcode === Opcode.SCHEMA) readSchema(new McapFields(content, 'schema', offset), tables);
    else if (opcode === Opcode.CHANNEL) readChannel(new McapFields(content, 'channel', offset), tables, offset);
    else if (opcode < 0x80) throw new Damage(offset, `record type ${opcode} inside a chunk`, 'messages');
  }
}

function readSchema(fields: McapFields, { schemas }: Tables): void {
  const id = fields.u16();
  if (schemas.has(id)) return;
  schemas.set(id, { name: fields.string(), encoding: fields.string(), data: fields.bytes(fields.u32()).slice() });
}

function readChannel(fields: McapFields, { schemas, channels }: Tables, offset: number): void {
  const id = fields.u16();
  const schemaId = fields.u16();
  const schema = schemaId === 0 ? null : schemas.get(schemaId);
  if (schema === undefined) throw new Damage(offset, `a channel of schema ${schemaId}`, 'a schema seen before');
  channels.set(id, { topic: fields.string(), messageEncoding: fields.string(), schema });
}

function readMessage(content: Uint8Array, { channels }: Tables, offset: number): WalkedMessage {
  const fields = new McapFields(content, 'message', offset);
  const channelId = fields.u16();
  const channel = channels.get(channelId);
  if (channel === undefined) throw new Damage(offset, `a message of channel ${channelId}`, 'a channel seen before');
  return {
    ...channel,
    sequence: fields.u32(),
    logTime: fields.u64(),
    publishTime: fields.u64(),
    data: fields.bytes(fields.left),
    offset,
  };
}

function checkDataEnd(fields: McapFields, found: number, offset: number, isOurs: boolean): void {
  const expected = fields.u32();
  if (fields.left > 0) throw new Damage(offset, `${fields.left} bytes too many`, 'an end of data of 4 bytes');
  checkCrc({ found, expected, isOurs }, 'data before it', offset);
}

/** The index is not needed to read from front to back; a file without a whole one was still cut short or changed. */
function checkSummary(file: FileBytes, isOurs: boolean): void {
  file.restartCrc();
  for (;;) {
    if (file.left === 0) throw new Damage(file.offset, 'the end of the file', 'the index and the footer');
    const { offset, opcode, length } = recordHead(file);
    if (opcode !== Opcode.FOOTER) {
      file.skip(length, 'index');
      continue;
    }
    if (length !== 20) throw new Damage(offset, `a footer of ${length} bytes`, '20');
    file.take(16, 'footer');
    const found = file.crc;
    const expected = file.take(4, 'footer').readUInt32LE();
    checkCrc({ found, expected, isOurs }, 'index', offset);
    expectMagic(file);
    if (file.left > 0) throw new Damage(file.offset, `${file.left} more bytes`, 'the end of the file');
    return;
  }
}
