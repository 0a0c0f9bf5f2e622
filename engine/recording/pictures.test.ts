import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { encodeColourBorrowed, encodeDepthBorrowed } from './image-codec.ts';
import type { WalkedMessage } from './mcap-walk.ts';
import { PictureParts } from './picture-parts.ts';
import { Damage } from './recording-error.ts';
import { openRecording, type RecordedPart } from './replay.ts';
import { openSample, recordSample, samplePictures, sampleReadings, scratchFolder } from './test-run.ts';

const folder = scratchFolder();
afterAll(() => rmSync(folder, { recursive: true }));

/** The sample's readings with two pictures, the first detections made of the second. */
async function record(path: string): Promise<void> {
  const recorder = await openSample(path);
  for (const picture of samplePictures()) recorder.picture(picture);
  let isFirst = true;
  for (const reading of sampleReadings()) {
    const isSeen = reading.kind === 'detection' && isFirst;
    recorder.reading(reading, isSeen ? 1 : undefined);
    if (isSeen) isFirst = false;
  }
  await recorder.close();
}

async function partsOf(path: string): Promise<{ parts: RecordedPart[]; problems: readonly object[] }> {
  const recording = await openRecording(path);
  const parts: RecordedPart[] = [];
  for await (const part of recording.parts()) parts.push(part);
  return { parts, problems: recording.problems };
}

test('gives back every picture bit for bit, and which reading was made of which', async () => {
  const path = join(folder, 'pictures.mcap');
  await record(path);
  const { parts, problems } = await partsOf(path);
  expect(problems).toEqual([]);
  const pictures = parts.filter((part) => part.kind === 'picture');
  expect(pictures).toEqual(
    samplePictures().map(({ sensorId, timeUs: _, ...rest }) => ({ kind: 'picture', cameraId: sensorId, ...rest })),
  );
  const readings = parts.filter((part) => part.kind === 'reading');
  expect(readings.map(({ reading }) => reading)).toEqual(sampleReadings());
  const made = readings.filter(({ frame }) => frame !== null);
  expect(made).toMatchObject([{ frame: 1, reading: { kind: 'detection', sequence: 0 } }]);
});

test('reads the readings of a recording with pictures as those of one without', async () => {
  const [withPictures, without] = [join(folder, 'with.mcap'), join(folder, 'without.mcap')];
  await record(withPictures);
  await recordSample(without);
  const readingsOf = async (path: string) => {
    const readings: object[] = [];
    for await (const reading of (await openRecording(path)).readings()) readings.push(reading);
    return readings;
  };
  expect(await readingsOf(withPictures)).toEqual(await readingsOf(without));
});

/** A message as the walk gives it. */
function message(topic: string, schema: string, data: Uint8Array, sequence = 0): WalkedMessage {
  const times = { logTime: 0n, publishTime: 0n, offset: 77 };
  return {
    ...{ topic, messageEncoding: 'protobuf', schema: { name: schema, encoding: 'protobuf', data: new Uint8Array() } },
    ...{ data, sequence, ...times },
  };
}

test('says where a picture cannot be right, whatever its bytes', () => {
  const stamp = { frameId: 'camera/c1', timeUs: 0 };
  const depth = encodeDepthBorrowed(stamp, Uint16Array.of(1, 2, 3, 4, 5, 6), 3, 2).slice();
  const colour = encodeColourBorrowed(stamp, Uint8Array.of(1, 2, 3)).slice();
  const take = (...messages: WalkedMessage[]) => {
    const parts = new PictureParts();
    return messages.map((one) => parts.take(one)).at(-1);
  };
  const [colours, depths] = ['/cameras/c1/color', '/cameras/c1/depth'];
  const good = message(colours, 'foxglove.CompressedImage', colour, 4);
  expect(take(good, message(depths, 'foxglove.RawImage', depth, 4))).toMatchObject({ frame: 4, widthPx: 3 });
  expect(() => take(good, message(depths, 'foxglove.RawImage', depth, 5))).toThrow(/byte 77: .*without its colour/);
  expect(() => take(message(colours, 'foxglove.RawImage', colour))).toThrow('expected foxglove.CompressedImage');
  expect(() => take(message('/cameras/c1/seen', 'x', Buffer.from('{"reading":-1}')))).toThrow('numbers of a reading');
  fc.assert(
    fc.property(fc.nat(depth.length - 1), fc.nat(255), (at, value) => {
      const bent = depth.slice();
      bent[at] = value;
      try {
        take(good, message(depths, 'foxglove.RawImage', bent, 4));
      } catch (error) {
        expect(error).toBeInstanceOf(Damage);
      }
    }),
  );
});
