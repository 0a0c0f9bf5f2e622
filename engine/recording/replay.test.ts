import { closeSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, zstdCompressSync } from 'node:zlib';
import { McapConstants, McapRecordBuilder } from '@mcap/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reading } from '../readings.ts';
import { StoreError } from '../store.ts';
import { encodeReading, ReadingsHash } from './reading-codec.ts';
import { describeProblem, RecordingError } from './recording-error.ts';
import { openRecording } from './replay.ts';
import { stripTruth } from './strip-truth.ts';
import { recordSample, sampleReadings, sampleTruth, scratchFolder } from './test-run.ts';
import { readTruth } from './truth-reader.ts';

const folder = scratchFolder();
const whole = join(folder, 'whole.mcap');
const other = join(folder, 'other.mcap');
/** Long enough for ten chunks. */
const samples = sampleReadings(95);
const expected = samples.map(encodeReading);
let bytes: Buffer;

beforeAll(async () => {
  await recordSample(whole, { readings: samples });
  bytes = readFileSync(whole);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Readings of a file that may be damaged, or the error that says why there are none. */
async function replay(path: string) {
  const recording = await openRecording(path);
  const readings: Reading[] = [];
  for await (const reading of recording.readings()) readings.push(reading);
  return { readings, problems: recording.problems };
}

function expectPrefix(readings: readonly Reading[]): void {
  for (const [i, reading] of readings.entries()) {
    expect(Buffer.compare(encodeReading(reading), expected[i])).toBe(0);
  }
}

/** Start and opcode of every record at the top level. */
function records(file: Buffer): { offset: number; opcode: number; length: number }[] {
  const found = [];
  for (let offset = 8; offset + 9 <= file.length - 8; ) {
    const length = Number(file.readBigUInt64LE(offset + 1));
    found.push({ offset, opcode: file[offset], length });
    offset += 9 + length;
  }
  return found;
}

const chunksOf = (file: Buffer) => records(file).filter(({ opcode }) => opcode === McapConstants.Opcode.CHUNK);

type Mutation = (file: Buffer) => Buffer;
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** Heads of records are where damage can do most; half of the mutations aim at them. */
const anywhere = fc.tuple(place, fc.boolean(), fc.nat({ max: 40 })).map(([at, aimed, beyond]) => (file: Buffer) => {
  if (!aimed) return Math.floor(at * file.length);
  const heads = records(file);
  return Math.min(file.length - 1, heads[Math.floor(at * heads.length)].offset + beyond);
});
const flip: fc.Arbitrary<Mutation> = fc
  .array(fc.tuple(anywhere, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 })
  .map((flips) => (file) => {
    const copy = Buffer.from(file);
    for (const [where, xor] of flips) copy[where(file)] ^= xor;
    return copy;
  });
const cut: fc.Arbitrary<Mutation> = anywhere.map((where) => (file) => file.subarray(0, where(file)));
const lengthen: fc.Arbitrary<Mutation> = fc
  .tuple(anywhere, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
  .map(([where, value]) => (file) => {
    const copy = Buffer.from(file);
    copy.writeBigUInt64LE(value, Math.min(where(file), file.length - 8));
    return copy;
  });
const insert: fc.Arbitrary<Mutation> = fc.tuple(anywhere, fc.uint8Array({ minLength: 1, maxLength: 30 })).map(
  ([where, extra]) =>
    (file) =>
      Buffer.concat([file.subarray(0, where(file)), extra, file.subarray(where(file))]),
);
const remove: fc.Arbitrary<Mutation> = fc.tuple(anywhere, anywhere).map(([a, b]) => (file) => {
  const [from, to] = [a(file), b(file)].sort((x, y) => x - y);
  return Buffer.concat([file.subarray(0, from), file.subarray(to)]);
});

test('never takes a damaged file for a whole one, and replays only what stood before the damage', async () => {
  let usable = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(flip, cut, lengthen, insert, remove), async (mutate) => {
      const damaged = mutate(bytes);
      fc.pre(!damaged.equals(bytes));
      writeFileSync(other, damaged);
      try {
        const { readings, problems } = await replay(other);
        expectPrefix(readings);
        expect(problems.length).toBe(1);
        expect(problems[0].offset).toBeLessThanOrEqual(damaged.length);
        expect(describeProblem(problems[0])).toMatch(
          /^byte \d+: found .+, expected .+; \d+ readings before it were used$/s,
        );
        if (readings.length > 0) usable++;
      } catch (error) {
        expect(error).toBeInstanceOf(RecordingError);
        expect((error as Error).message).toMatch(/other\.mcap: byte \d+: found .+, expected .+/s);
      }
    }),
    { numRuns: 300 },
  );
  expect(usable).toBeGreaterThan(10);
}, 30_000);

test('names the byte where the file was cut and uses the chunks before it', async () => {
  const [, second, third] = chunksOf(bytes);
  writeFileSync(other, bytes.subarray(0, third.offset + 100));
  const { readings, problems } = await replay(other);
  expect(readings.length).toBeGreaterThan(0);
  expectPrefix(readings);
  expect(problems).toMatchObject([{ offset: third.offset, readingsUsed: readings.length }]);
  writeFileSync(other, bytes.subarray(0, second.offset));
  expect((await replay(other)).readings.length).toBeLessThan(readings.length);
});

test('believes no length of 4 GB', async () => {
  const [, second] = chunksOf(bytes);
  const copy = Buffer.from(bytes);
  copy.writeBigUInt64LE(2n ** 32n, second.offset + 1);
  writeFileSync(other, copy);
  const { problems } = await replay(other);
  expect(problems[0].found).toContain('a record of 4294967296 bytes');
  expect(problems[0].offset).toBe(second.offset);
});

test('believes no record that fills a sparse file of 4 GB', async () => {
  const [, second] = chunksOf(bytes);
  const copy = Buffer.from(bytes.subarray(0, second.offset + 9));
  copy.writeBigUInt64LE(2n ** 32n, second.offset + 1);
  const sparse = join(folder, 'sparse.mcap');
  writeFileSync(sparse, copy);
  truncateSync(sparse, second.offset + 9 + 2 ** 32);
  const { problems } = await replay(sparse);
  expect(problems[0].found).toBe('a chunk of 4294967296 bytes');
  rmSync(sparse);
});

/** The sample's file with its second chunk replaced. */
function withSecondChunk(uncompressedSize: number, uncompressedCrc: number, compression: string, packed: Uint8Array) {
  const [, second] = chunksOf(bytes);
  const builder = new McapRecordBuilder();
  builder.writeChunk({
    messageStartTime: 0n,
    messageEndTime: 0n,
    uncompressedSize: BigInt(uncompressedSize),
    uncompressedCrc,
    compression,
    records: packed,
  });
  const end = second.offset + 9 + second.length;
  return Buffer.concat([bytes.subarray(0, second.offset), builder.buffer, bytes.subarray(end)]);
}

test('stops a chunk that decompresses to more than it claims, or claims too much', async () => {
  const bomb = new Uint8Array(80 * 1024 * 1024);
  writeFileSync(other, withSecondChunk(1000, crc32(bomb), 'zstd', zstdCompressSync(bomb)));
  expect((await replay(other)).problems[0].found).toContain('does not decompress');
  writeFileSync(other, withSecondChunk(bomb.length, crc32(bomb), 'zstd', zstdCompressSync(bomb)));
  expect((await replay(other)).problems[0].found).toBe(`a chunk that claims ${bomb.length} bytes`);
  writeFileSync(other, withSecondChunk(3, 0, 'lz4', new Uint8Array(3)));
  expect((await replay(other)).problems[0]).toMatchObject({
    found: 'a chunk compressed by "lz4"',
    expected: 'zstd or none',
  });
});

test('notices a chunk that went missing without a trace', async () => {
  const [, second, third] = chunksOf(bytes);
  writeFileSync(other, Buffer.concat([bytes.subarray(0, second.offset), bytes.subarray(third.offset)]));
  const { readings, problems } = await replay(other);
  expectPrefix(readings);
  expect(problems[0].found).toMatch(/reading number \d+/);
});

test('takes a checksum of 0 for damage in a file of ours', async () => {
  const end = records(bytes).find(({ opcode }) => opcode === McapConstants.Opcode.DATA_END)!;
  for (const at of [end.offset + 9, bytes.length - 12]) {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(0, at);
    writeFileSync(other, copy);
    expect((await replay(other)).problems).toMatchObject([{ expected: '0', readingsUsed: expected.length }]);
  }
});

test('passes over private records, as the specification asks', async () => {
  const [first] = chunksOf(bytes);
  const header = Buffer.from([0x81, 5, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
  writeFileSync(other, Buffer.concat([bytes.subarray(0, first.offset), header, bytes.subarray(first.offset)]));
  const { readings, problems } = await replay(other);
  expect(readings.length).toBe(expected.length);
  expect(problems[0].found).toMatch(/^checksum .* of the data before it$/);
});

test('says what it found instead of a recording', async () => {
  writeFileSync(other, '');
  await expect(openRecording(other)).rejects.toThrow('byte 0: found nothing, expected MCAP');
  writeFileSync(other, 'scenario: lunch rush');
  await expect(openRecording(other)).rejects.toThrow(/byte 0: found 7363656e.*, expected MCAP's magic 89/);
  await expect(openRecording(folder)).rejects.toThrow('found something that is not a file, expected an MCAP file');
  await expect(openRecording(join(folder, 'none.mcap'))).rejects.toThrow('ENOENT');
  writeFileSync(other, bytes.subarray(0, records(bytes)[1].offset));
  await expect(openRecording(other)).rejects.toBeInstanceOf(RecordingError);
});

test('says that a recording holds no store, or one that makes no sense', async () => {
  const file = (data: string) => {
    const builder = new McapRecordBuilder();
    builder.writeMagic();
    builder.writeHeader({ profile: '', library: 'x' });
    const attachment = { name: 'store.json', mediaType: 'application/json', logTime: 0n, createTime: 0n };
    if (data !== '') builder.writeAttachment({ ...attachment, data: Buffer.from(data) });
    builder.writeDataEnd({ dataSectionCrc: 0 });
    builder.writeFooter({ summaryStart: 0n, summaryOffsetStart: 0n, summaryCrc: 0 });
    builder.writeMagic();
    return builder.buffer;
  };
  writeFileSync(other, file(''));
  await expect(openRecording(other)).rejects.toThrow('found no attachment store.json, expected the store in it');
  writeFileSync(other, file('{'));
  await expect(openRecording(other)).rejects.toThrow('found store.json that is not JSON');
  writeFileSync(other, file('{"name": 3}'));
  await expect(openRecording(other)).rejects.toBeInstanceOf(StoreError);
});

test('says so when a file shrinks while it is read', async () => {
  const long = join(folder, 'shrinking.mcap');
  const grams = new Float32Array(50_000);
  const readings = Array.from({ length: 40 }, (_, i): Reading => {
    for (let k = 0; k < grams.length; k++) grams[k] = (k * 16807 * (i + 1)) % 65_521;
    return { kind: 'scale', sensorId: 's', timeUs: i, arrivalUs: i, sequence: i, periodUs: 1, grams: grams.slice() };
  });
  await recordSample(long, { readings });
  const recording = await openRecording(long);
  let count = 0;
  for await (const _ of recording.readings()) if (++count === 5) truncateSync(long, 1_000_000);
  expect(count).toBeLessThan(40);
  expect(recording.problems).toMatchObject([{ found: 'the end of the file', readingsUsed: count }]);
});

test('replays a recording stripped of truth in the same way', async () => {
  await stripTruth(whole, other);
  const hashes = [];
  for (const path of [whole, other]) {
    const hash = new ReadingsHash();
    const { readings, problems } = await replay(path);
    for (const reading of readings) hash.add(reading);
    expect(problems).toEqual([]);
    hashes.push(hash.digest());
  }
  expect(hashes[0]).toBe(hashes[1]);
  expect([...readTruth(other)]).toEqual([]);
  const stripped = await openRecording(other);
  expect(stripped.attachments).toEqual([]);
  expect(stripped.metadata).toEqual({ attribution: 'published' });
  expect(stripped.store).toEqual((await openRecording(whole)).store);
});

test('strips to the same bytes as a recording made without truth, but for run file and seed', async () => {
  const never = join(folder, 'never.mcap');
  const [strippedPath, neverStripped] = [join(folder, 's1.mcap'), join(folder, 's2.mcap')];
  await recordSample(never, { readings: samples, withTruth: false });
  await stripTruth(whole, strippedPath);
  await stripTruth(never, neverStripped);
  expect(readFileSync(strippedPath).equals(readFileSync(neverStripped))).toBe(true);
});

test('reads truth as it was recorded, typed arrays as plain ones', () => {
  const truth = [...readTruth(whole)].map(({ channel, timeUs, json }) => [channel, timeUs, json]);
  expect(truth).toEqual(sampleTruth);
});

test('says where truth is damaged, after what stood before', () => {
  const [first] = chunksOf(bytes);
  writeFileSync(other, bytes);
  const file = openSync(other, 'r+');
  writeSync(file, Buffer.from([1, 2, 3]), 0, 3, first.offset + 60);
  closeSync(file);
  expect(() => [...readTruth(other)]).toThrow(RecordingError);
});
