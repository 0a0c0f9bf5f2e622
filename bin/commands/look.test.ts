import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { UserError } from '../user-error.ts';
import { lookCommand } from './look.ts';

const demo = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'look-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('writes colour, depth, ids, foreground and plan side by side', async () => {
  const out = join(folder, 'sheet.png');
  await lookCommand().parseAsync([demo, '--camera', 'c1', '--at', '20s', '--out', out], { from: 'user' });
  const { width, height } = await sharp(out).metadata();
  expect([width, height]).toEqual([5 * 640 + 32, 360]);
  const { channels } = await sharp(out).stats();
  for (const channel of channels) expect(channel.stdev).toBeGreaterThan(10);
});

test.each([
  ['an unknown camera', ['--camera', 'c99', '--at', '1s'], /--camera: found c99, expected one of c1/],
  ['a time that is none', ['--camera', 'c1', '--at', 'noon'], /--at: found noon, expected a time/],
  ['a time after the end', ['--camera', 'c1', '--at', '9h'], /--at: found 9h, expected at most/],
])('refuses %s', async (_, options, problem) => {
  const args = [demo, ...options, '--out', join(folder, 'never.png')];
  const looking = lookCommand().parseAsync(args, { from: 'user' });
  await expect(looking).rejects.toThrow(UserError);
  await expect(lookCommand().parseAsync(args, { from: 'user' })).rejects.toThrow(problem);
});
