import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { checkPicture, readCataloguePicture } from './read-picture.ts';

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function write(name: string, widthPx: number, heightPx: number, background: string): Promise<string> {
  const path = join(folder, name);
  const red = { create: { width: 20, height: 30, channels: 3 as const, background: '#c00020' } };
  const canvas = { create: { width: widthPx, height: heightPx, channels: 4 as const, background } };
  const input = await sharp(red).png().toBuffer();
  await sharp(canvas)
    .composite([{ input, left: 15, top: 5 }])
    .png()
    .toFile(path);
  return path;
}

test('finds the product before a plain and before a transparent background', async () => {
  for (const background of ['#ffffff', '#00000000']) {
    const { picture, box } = await readCataloguePicture(await write('a.png', 60, 50, background));
    expect(box).toEqual({ u: 25, v: 20, sidePx: 30 });
    expect([...picture.rgb.slice(0, 3)]).toEqual([128, 128, 128]);
  }
});

test('shrinks large pictures and refuses enormous ones before decoding them', async () => {
  const large = join(folder, 'large.png');
  await sharp({ create: { width: 3000, height: 1000, channels: 3, background: '#123456' } })
    .png()
    .toFile(large);
  expect((await readCataloguePicture(large)).picture.widthPx).toBe(256);
  const enormous = join(folder, 'enormous.png');
  writeFileSync(enormous, pngHeader(20_000, 20_000));
  const before = process.memoryUsage().rss;
  await expect(readCataloguePicture(enormous)).rejects.toThrow('20000 × 20000 pixels, expected at most 48 million');
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});

test('refuses what is no picture, an empty file and a missing one', async () => {
  const text = join(folder, 'text.png');
  writeFileSync(text, 'not a picture');
  await expect(readCataloguePicture(text)).rejects.toThrow('nothing that can be decoded');
  writeFileSync(text, '');
  await expect(readCataloguePicture(text)).rejects.toThrow('expected a picture');
  const none = join(folder, 'none.png');
  writeFileSync(none, pngHeader(0, 0));
  await expect(readCataloguePicture(none)).rejects.toThrow('expected a picture');
  await expect(readCataloguePicture(join(folder, 'missing.png'))).rejects.toThrow('no such file');
});

test('refuses pictures in memory without pixels, with too many, or fewer than they say', () => {
  const rgb = new Uint8Array(12);
  expect(() => checkPicture({ widthPx: 0, heightPx: 0, rgb }, 'x')).toThrow('x: found 0 × 0 pixels');
  expect(() => checkPicture({ widthPx: 20_000, heightPx: 20_000, rgb }, 'x')).toThrow('20000 × 20000');
  expect(() => checkPicture({ widthPx: 3, heightPx: 2, rgb }, 'x')).toThrow('found 12 bytes, expected 3 × 3 × 2 = 18');
  checkPicture({ widthPx: 2, heightPx: 2, rgb }, 'x');
});

/** A PNG that says how large it is and holds one byte of picture. */
function pngHeader(width: number, height: number): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunks = [chunk('IHDR', head), chunk('IDAT', deflateSync(Uint8Array.of(0))), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

function chunk(name: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(name, 4);
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}
