import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodeColourBorrowed } from './image-codec.ts';
import { McapFile } from './mcap-file.ts';
import { nsFromUs } from './recording-time.ts';
import { FOXGLOVE_SCHEMAS, IMAGE_SCHEMAS } from './schemas.ts';
import { misfitsOf } from './test-conformance.ts';
import { openSample, sampleOutputs, samplePictures, sampleReadings, sampleTruth, scratchFolder } from './test-run.ts';

const folder = scratchFolder();
afterAll(() => rmSync(folder, { recursive: true }));

test("writes every channel as Foxglove's schemas have it, in order of time", async () => {
  const path = join(folder, 'whole.mcap');
  const recorder = await openSample(path);
  for (const [channel, timeUs, json] of sampleTruth) recorder.side(channel, timeUs, json);
  const pictures = samplePictures();
  const readings = sampleReadings().sort((a, b) => a.arrivalUs - b.arrivalUs);
  readings.forEach((reading, i) => {
    for (const [after, output] of sampleOutputs) if (after === i) recorder.output(output);
    while (pictures.length > 0 && pictures[0].timeUs <= reading.arrivalUs) recorder.picture(pictures.shift()!);
    recorder.reading(reading, reading.kind === 'detection' && i < 5 ? 0 : undefined);
  });
  await recorder.close();
  const { misfits, topics } = misfitsOf(path);
  expect(misfits).toEqual([]);
  expect([...topics.keys()]).toEqual(
    expect.arrayContaining([
      ...['/cameras/c1/calibration', '/cameras/c1/color', '/cameras/c1/depth', '/cameras/c1/seen'],
      ...['/tf', '/log', '/scene/store', '/scene/people'],
    ]),
  );
});

test('would notice what is written otherwise', () => {
  const path = join(folder, 'odd.mcap');
  const file = new McapFile(path, { profile: '', library: 'odd' });
  const log = file.channel({ topic: '/log', messageEncoding: 'json', schema: FOXGLOVE_SCHEMAS.log });
  const image = file.channel({ topic: '/image', messageEncoding: 'protobuf', schema: IMAGE_SCHEMAS.colour });
  const swapped = { ...IMAGE_SCHEMAS.colour, name: 'foxglove.RawImage' };
  const raw = file.channel({ topic: '/raw', messageEncoding: 'protobuf', schema: swapped });
  const bare = file.channel({ topic: '/bare', messageEncoding: 'json', schema: null });
  const png = encodeColourBorrowed({ frameId: 'c', timeUs: 5 }, Uint8Array.of(1));
  const at = (channelId: number, timeUs: number, data: Uint8Array) =>
    file.message({ channelId, sequence: 0, logTime: nsFromUs(timeUs), publishTime: nsFromUs(timeUs), data });
  at(log, 9, Buffer.from('{"timestamp":{"sec":"x","nsec":0}}'));
  at(image, 5, png);
  at(image, 10, png);
  at(raw, 11, png);
  at(bare, 12, Buffer.from('{}'));
  file.close();
  const { misfits } = misfitsOf(path);

  for (const part of [
    '/bare: no schema',
    '/image: log time',
    '/image: timestamp',
    '/log:  must have',
    '/raw: foxglove',
  ])
    expect(
      misfits.some((misfit) => misfit.startsWith(part)),
      part,
    ).toBe(true);
});
