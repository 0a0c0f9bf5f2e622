/**
 * Writes one MCAP file (mcap.dev/spec), chunk by chunk.
 *
 * Uses the record builders of `@mcap/core` but not its `McapWriter`, whose calls must be awaited one by one and which
 * keeps every chunk index as objects until the end. Writes are synchronous: a full disk fails at the call that met
 * it, nothing queues up in memory, and closing works in an exit handler.
 */
import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { constants, crc32, zstdCompressSync } from 'node:zlib';
import { McapChunkBuilder, McapConstants, McapRecordBuilder, type McapTypes } from '@mcap/core';
import { IndexSpool } from './index-spool.ts';

const { Opcode } = McapConstants;

export const MCAP_LIMITS = {
  /** A chunk is closed at this size … */
  chunkBytes: 1024 * 1024,
  /** … or when its messages span this much log time, so that a killed run loses little. */
  chunkNs: 10_000_000_000n,
} as const;

/** Readings are mostly noise: level 3 would save 4 % of the file for a tenth more time. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export type SchemaInfo = Omit<McapTypes.Schema, 'id'>;
export type ChannelInfo = { topic: string; messageEncoding: string; schema: SchemaInfo | null };

export class McapFile {
  readonly #file: number;
  readonly #builder = new McapRecordBuilder();
  readonly #chunk = new McapChunkBuilder({ useMessageIndex: true });
  readonly #chunkIndex: IndexSpool;
  readonly #attachmentIndex: McapTypes.AttachmentIndex[] = [];
  readonly #metadataIndex: McapTypes.MetadataIndex[] = [];
  readonly #schemas: McapTypes.Schema[] = [];
  readonly #schemaIds = new Map<SchemaInfo, number>();
  readonly #channels: McapTypes.Channel[] = [];
  /** Messages per channel id; those above 0 have their channel record in the file. */
  readonly #messageCounts: number[] = [];
  readonly #writtenSchemas = new Set<number>();
  #chunkCount = 0;
  #startNs: bigint | null = null;
  #endNs = 0n;
  #position = 0;
  #crc = 0;
  #open = true;

  constructor(path: string, header: McapTypes.Header) {
    this.#file = openSync(path, 'w');
    this.#chunkIndex = new IndexSpool(path);
    this.#builder.writeMagic();
    this.#builder.writeHeader(header);
    this.#flushBuilder();
  }

  /** Bytes in memory: the open chunk and the index records not yet on disk. */
  get heldBytes(): number {
    return this.#chunk.byteLength + this.#chunkIndex.heldBytes;
  }

  get bytesWritten(): number {
    return this.#position;
  }

  attach(name: string, mediaType: string, data: Uint8Array, timeNs: bigint): void {
    const offset = BigInt(this.#position);
    const stamps = { name, mediaType, logTime: timeNs, createTime: timeNs };
    const length = this.#builder.writeAttachment({ ...stamps, data });
    this.#attachmentIndex.push({ ...stamps, offset, length, dataSize: BigInt(data.length) });
    this.#flushBuilder();
  }

  metadata(name: string, entries: ReadonlyMap<string, string>): void {
    this.#finishChunk();
    const offset = BigInt(this.#position);
    const length = this.#builder.writeMetadata({ name, metadata: new Map(entries) });
    this.#metadataIndex.push({ name, offset, length });
    this.#flushBuilder();
  }

  /** A new channel's id; the channel enters the file with its first message. The same schema object is written once. */
  channel({ topic, messageEncoding, schema }: ChannelInfo): number {
    const id = this.#channels.length;
    assert.ok(id < 65_536, 'more than 65536 channels do not fit into one MCAP file');
    const schemaId = schema === null ? 0 : this.#schemaId(schema);
    this.#channels.push({ id, schemaId, topic, messageEncoding, metadata: new Map() });
    this.#messageCounts.push(0);
    return id;
  }

  message(message: McapTypes.Message): void {
    const { channelId, logTime } = message;
    assert.ok(this.#open, 'message after close');
    if (this.#chunk.numMessages > 0 && logTime - this.#chunk.messageStartTime >= MCAP_LIMITS.chunkNs) {
      this.#finishChunk();
    }
    if (this.#messageCounts[channelId] === 0) this.#introduce(channelId);
    this.#messageCounts[channelId]++;
    if (this.#startNs === null || logTime < this.#startNs) this.#startNs = logTime;
    if (logTime > this.#endNs) this.#endNs = logTime;
    this.#chunk.addMessage(message);
    if (this.#chunk.byteLength >= MCAP_LIMITS.chunkBytes) this.#finishChunk();
  }

  /** Ends the open chunk, writes the summary and closes the file. A second call does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#finishChunk();
    this.#open = false;
    this.#builder.writeDataEnd({ dataSectionCrc: this.#crc });
    this.#flushBuilder();
    this.#writeSummary();
    this.#chunkIndex.close();
    closeSync(this.#file);
  }

  #schemaId(schema: SchemaInfo): number {
    let id = this.#schemaIds.get(schema);
    if (id === undefined) {
      id = this.#schemas.length + 1;
      this.#schemas.push({ id, ...schema });
      this.#schemaIds.set(schema, id);
    }
    return id;
  }

  #introduce(channelId: number): void {
    const channel = this.#channels[channelId];
    if (channel.schemaId !== 0 && !this.#writtenSchemas.has(channel.schemaId)) {
      this.#chunk.addSchema(this.#schemas[channel.schemaId - 1]);
      this.#writtenSchemas.add(channel.schemaId);
    }
    this.#chunk.addChannel(channel);
  }

  #finishChunk(): void {
    if (this.#chunk.numMessages === 0) return;
    const records = this.#chunk.buffer;
    const compressed = zstdCompressSync(records, ZSTD);
    const chunk = {
      messageStartTime: this.#chunk.messageStartTime,
      messageEndTime: this.#chunk.messageEndTime,
      uncompressedSize: BigInt(records.length),
      compression: 'zstd',
    };
    const chunkStartOffset = BigInt(this.#position);
    const chunkLength = this.#builder.writeChunk({ ...chunk, uncompressedCrc: crc32(records), records: compressed });
    this.#flushBuilder();
    const indexStart = BigInt(this.#position);
    const messageIndexOffsets = new Map<number, bigint>();
    let messageIndexLength = 0n;
    for (const index of this.#chunk.indices) {
      messageIndexOffsets.set(index.channelId, indexStart + messageIndexLength);
      messageIndexLength += this.#builder.writeMessageIndex(index);
    }
    this.#flushBuilder();
    const compressedSize = BigInt(compressed.length);
    const where = { chunkStartOffset, chunkLength, messageIndexOffsets, messageIndexLength };
    this.#builder.writeChunkIndex({ ...chunk, ...where, compressedSize });
    this.#chunkIndex.add(this.#builder.buffer);
    this.#builder.reset();
    this.#chunk.reset();
    this.#chunkCount++;
  }

  /** Groups of index records in the order of the specification's example, then their offsets and the footer. */
  #writeSummary(): void {
    const builder = this.#builder;
    const summaryStart = BigInt(this.#position);
    this.#crc = 0;
    const offsets: McapTypes.SummaryOffset[] = [];
    const group = (groupOpcode: number, write: () => void) => {
      const start = this.#position;
      write();
      this.#flushBuilder();
      const groupLength = BigInt(this.#position - start);
      if (groupLength > 0n) offsets.push({ groupOpcode, groupStart: BigInt(start), groupLength });
    };
    const used = this.#channels.filter((channel) => this.#messageCounts[channel.id] > 0);
    const usedSchemas = this.#schemas.filter((schema) => this.#writtenSchemas.has(schema.id));
    group(Opcode.SCHEMA, () => usedSchemas.forEach((schema) => void builder.writeSchema(schema)));
    group(Opcode.CHANNEL, () => used.forEach((channel) => void builder.writeChannel(channel)));
    group(Opcode.STATISTICS, () => builder.writeStatistics(this.#statistics(usedSchemas.length, used)));
    group(Opcode.METADATA_INDEX, () => this.#metadataIndex.forEach((index) => void builder.writeMetadataIndex(index)));
    group(Opcode.ATTACHMENT_INDEX, () =>
      this.#attachmentIndex.forEach((index) => void builder.writeAttachmentIndex(index)),
    );
    group(Opcode.CHUNK_INDEX, () => this.#chunkIndex.forEachPiece((piece) => this.#write(piece)));
    const summaryOffsetStart = BigInt(this.#position);
    for (const offset of offsets) builder.writeSummaryOffset(offset);
    this.#flushBuilder();
    this.#writeFooter(summaryStart, summaryOffsetStart);
  }

  /** The summary's checksum covers the footer up to its own field. */
  #writeFooter(summaryStart: bigint, summaryOffsetStart: bigint): void {
    const builder = this.#builder;
    builder.writeFooter({ summaryStart, summaryOffsetStart, summaryCrc: 0 });
    const summaryCrc = crc32(builder.buffer.subarray(0, -4), this.#crc);
    builder.reset();
    builder.writeFooter({ summaryStart, summaryOffsetStart, summaryCrc });
    builder.writeMagic();
    this.#flushBuilder();
  }

  #statistics(schemaCount: number, used: readonly McapTypes.Channel[]): McapTypes.Statistics {
    const counts = used.map(({ id }) => [id, BigInt(this.#messageCounts[id])] as const);
    return {
      messageCount: counts.reduce((sum, [, count]) => sum + count, 0n),
      schemaCount,
      channelCount: used.length,
      attachmentCount: this.#attachmentIndex.length,
      metadataCount: this.#metadataIndex.length,
      chunkCount: this.#chunkCount,
      messageStartTime: this.#startNs ?? 0n,
      messageEndTime: this.#endNs,
      channelMessageCounts: new Map(counts),
    };
  }

  #flushBuilder(): void {
    this.#write(this.#builder.buffer);
    this.#builder.reset();
  }

  /** After a failed write (a full disk) the file is closed as it is: readable up to its last whole chunk. */
  #write(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.#open = false;
      this.#chunkIndex.close();
      closeSync(this.#file);
      throw error;
    }
    this.#position += bytes.length;
  }
}
