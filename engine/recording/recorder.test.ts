import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { McapIndexedReader, type McapTypes } from '@mcap/core';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Reading } from '../readings.ts';
import { IndexSpool } from './index-spool.ts';
import { MCAP_LIMITS } from './mcap-file.ts';
import { encodeReading } from './reading-codec.ts';
import { Recorder } from './recorder.ts';
import { openRecording } from './replay.ts';
import { anyReading } from './test-readings.ts';
import { openSample, recordSample, sampleReadings, sampleStore, scratchFolder } from './test-run.ts';

const folder = scratchFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const hex = (reading: Reading) => Buffer.from(encodeReading(reading)).toString('hex');

async function replayed(path: string): Promise<{ readings: string[]; problems: readonly object[] }> {
  const recording = await openRecording(path);
  const readings: string[] = [];
  for await (const reading of recording.readings()) readings.push(hex(reading));
  return { readings, problems: recording.problems };
}

/** The file as the reference implementation sees it. */
async function readIndexed(path: string) {
  const file = await open(path);
  const { size } = await file.stat();
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: async () => BigInt(size),
      read: async (offset: bigint, length: bigint) => {
        const bytes = new Uint8Array(Number(length));
        await file.read(bytes, 0, bytes.length, Number(offset));
        return bytes;
      },
    },
    decompressHandlers: { zstd: (bytes) => zstdDecompressSync(bytes) },
  });
  const messages: McapTypes.TypedMcapRecords['Message'][] = [];
  for await (const message of reader.readMessages()) messages.push(message);
  await file.close();
  const topicOf = (message: { channelId: number }) => reader.channelsById.get(message.channelId)!.topic;
  return { reader, messages, topicOf };
}

test('gives back store, metadata, attachments and every reading in the order pushed', async () => {
  const path = join(folder, 'whole.mcap');
  await recordSample(path);
  const recording = await openRecording(path);
  expect(recording.store).toStrictEqual(sampleStore);
  expect(Object.is(recording.store.cameras[0].intrinsics.k2, -0)).toBe(true);
  expect(recording.metadata).toEqual({ scenario: 'sample', seed: '42', attribution: 'published' });
  expect(recording.attachments.map(({ name, data }) => [name, Buffer.from(data).toString()])).toEqual([
    ['run.json', '{"seed":42}'],
  ]);
  expect(recording.result).toBe(null);
  const readings: Reading[] = [];
  for await (const reading of recording.readings()) readings.push(reading);
  expect(readings).toEqual(sampleReadings());
  expect(recording.result).toEqual({ carts: 'abc' });
  expect(recording.problems).toEqual([]);
});

test('gives back attachments of any size, each whole', async () => {
  const path = join(folder, 'attachments.mcap');
  const attachments = [10, 200_000, 90_000, 600_000, 10].map((bytes, i) => {
    return { name: `part-${i}`, mediaType: 'x', data: new Uint8Array(bytes).fill(i + 1) };
  });
  const recorder = await Recorder.open(path, { store: sampleStore, attachments, metadata: {} });
  await recorder.close();
  const recording = await openRecording(path);
  expect(recording.store).toStrictEqual(sampleStore);
  for (const [i, { data }] of recording.attachments.entries()) {
    expect(Buffer.compare(data, attachments[i].data), `part-${i}`).toBe(0);
  }
});

test('gives back any readings byte for byte, broken stamps and disorder included', async () => {
  const path = join(folder, 'any.mcap');
  await fc.assert(
    fc.asyncProperty(fc.array(anyReading, { maxLength: 60 }), async (readings) => {
      await recordSample(path, { readings });
      expect(await replayed(path)).toEqual({ readings: readings.map(hex), problems: [] });
    }),
    { numRuns: 60 },
  );
});

test('writes the same bytes for the same run', async () => {
  const paths = ['a.mcap', 'b.mcap'].map((name) => join(folder, name));
  for (const path of paths) await recordSample(path);
  expect(readFileSync(paths[0]).equals(readFileSync(paths[1]))).toBe(true);
});

test('is read by the MCAP reference reader, with every channel, schema and message', async () => {
  const path = join(folder, 'indexed.mcap');
  await recordSample(path);
  const { reader, messages, topicOf } = await readIndexed(path);
  const topics = [...reader.channelsById.values()].map((channel) => channel.topic).sort();
  expect(topics).toEqual([
    '/cameras/c1/calibration',
    '/engine/carts',
    '/engine/changes',
    '/engine/claims',
    '/log',
    '/readings/detection/c1',
    '/readings/gate/gate',
    '/readings/scale/s1',
    '/readings/scale/s2',
    '/readings/tick/s1',
    '/scales/s1',
    '/scales/s2',
    '/scene/people',
    '/scene/store',
    '/tf',
    '/truth/carts',
    '/truth/events',
    '/truth/poses',
  ]);
  expect(reader.schemasById.size).toBe(10);
  expect(reader.chunkIndexes.length).toBeGreaterThan(3);
  expect(reader.attachmentIndexes.map(({ name }) => name)).toEqual(['store.json', 'run.json']);
  expect(BigInt(messages.length)).toBe(reader.statistics!.messageCount);
  const readings = messages.filter((message) => topicOf(message).startsWith('/readings/'));
  expect(readings.length).toBe(sampleReadings().length);
  expect(reader.dataSectionCrc).toBeGreaterThan(0);
});

test('writes people with the goods of their trip, and messages without null', async () => {
  const path = join(folder, 'words.mcap');
  await recordSample(path);
  const { messages, topicOf } = await readIndexed(path);
  const texts = new Map<string, string[]>();
  for (const message of messages) {
    const topic = topicOf(message);
    if (topic.startsWith('/readings/')) continue;
    texts.set(topic, [...(texts.get(topic) ?? []), Buffer.from(message.data).toString()]);
  }
  expect(texts.get('/scene/people')!.at(-1)).toContain('7 · t1\\ncola × 1');
  expect(texts.get('/log')!.map((text) => JSON.parse(text).message)).toEqual([
    '-352.0 g on G1.2.1: cola × -1, 97 %',
    'cola × 1 to trip t1, 90 %',
    'trip t1 draft: cola × 1, 90 %',
    'no sample for 1 s',
    'trip t1 final: cola × 1, 90 %',
  ]);
  expect(JSON.parse(texts.get('/scales/s2')![0])).toEqual({
    timeUs: 500_000,
    cell0: 500,
    cell1: 600,
    totalGrams: 1100,
  });
  for (const [topic, all] of texts) {
    if (topic.startsWith('/truth/')) continue;
    for (const text of all) expect(withoutJson(text), topic).not.toMatch(/:null|\[null|,null/);
  }
});

/** The cart's own JSON lies as text in its message and may hold nulls. */
function withoutJson(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value) => (key === 'json' ? '' : value));
}

test('holds at most one chunk in memory, however long the run', async () => {
  const recorder = await openSample(join(folder, 'long.mcap'));
  const grams = new Float32Array(500);
  let [mostBytes, noise] = [0, 1];
  for (let i = 0; i < 3000; i++) {
    for (let k = 0; k < grams.length; k++) grams[k] = noise = (noise * 48_271) % 0x7fffffff;
    const timeUs = i * 10_000;
    recorder.reading({ kind: 'scale', sensorId: 's1', timeUs, arrivalUs: timeUs, sequence: i, periodUs: 20, grams });
    mostBytes = Math.max(mostBytes, recorder.heldBytes);
  }
  await recorder.close();
  expect(recorder.bytesWritten).toBeGreaterThan(2 * MCAP_LIMITS.chunkBytes);
  expect(mostBytes).toBeGreaterThan(MCAP_LIMITS.chunkBytes / 2);
  expect(mostBytes).toBeLessThan(MCAP_LIMITS.chunkBytes + 65_536);
});

test('moves a long index to a file beside the recording and removes it at the end', () => {
  const path = join(folder, 'spooled.mcap');
  const spool = new IndexSpool(path);
  const records = Array.from({ length: 90 }, (_, i) => new Uint8Array(100_000 + i).fill(i));
  for (const record of records) spool.add(record);
  expect(spool.heldBytes).toBeLessThan(4 * 1024 * 1024);
  expect(existsSync(`${path}.index`)).toBe(true);
  const pieces: Uint8Array[] = [];
  spool.forEachPiece((piece) => pieces.push(piece.slice()));
  expect(Buffer.concat(pieces).equals(Buffer.concat(records))).toBe(true);
  spool.close();
  expect(readdirSync(folder).filter((name) => name.endsWith('.index'))).toEqual([]);
});

test('leaves a file that replays to its last whole chunk when the run is killed', async () => {
  const path = join(folder, 'running.mcap');
  const recorder = await openSample(path);
  const readings = sampleReadings(60);
  for (const reading of readings) recorder.reading(reading);
  const killed = join(folder, 'killed.mcap');
  copyFileSync(path, killed);
  await recorder.close();
  const { readings: used, problems } = await replayed(killed);
  expect(used.length).toBeGreaterThan(readings.length / 2);
  expect(used).toEqual(readings.slice(0, used.length).map(hex));
  expect(problems).toMatchObject([{ found: 'the end of the file', readingsUsed: used.length }]);
});

test('can be closed twice', async () => {
  const path = join(folder, 'twice.mcap');
  const recorder = await openSample(path);
  await recorder.close();
  const before = readFileSync(path);
  recorder.closeNow({ late: 'x' });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(await replayed(path)).toEqual({ readings: [], problems: [] });
});

test('says which file cannot be written', async () => {
  const header = { store: sampleStore, attachments: [], metadata: {} };
  await expect(Recorder.open(join(folder, 'no', 'such.mcap'), header)).rejects.toThrow('ENOENT');
});

test.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
  await expect(openSample('/dev/full')).rejects.toThrow('ENOSPC');
});

test('gives thousands of unknown sensors one channel together', async () => {
  const path = join(folder, 'flood.mcap');
  const readings = Array.from({ length: 9000 }, (_, i): Reading => {
    return { kind: 'tick', sensorId: `x${i}`, timeUs: i, arrivalUs: i, sequence: 0 };
  });
  await recordSample(path, { readings });
  expect((await replayed(path)).readings).toEqual(readings.map(hex));
});
