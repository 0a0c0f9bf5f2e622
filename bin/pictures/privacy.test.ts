import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { walkMcap } from '../../engine/recording/mcap-walk.ts';
import { openRecording } from '../../engine/recording/replay.ts';
import { pictureModel } from '../../simulator/render/picture-model.ts';
import { PictureSource } from '../../simulator/render/picture-source.ts';
import { shopperOfId } from '../../simulator/render/scene/ids.ts';
import { SnapshotWriter } from '../../simulator/render/scene/snapshot-writer.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { Simulation } from '../../simulator/simulate.ts';
import { resolveFile } from '../scenario-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = 'scenarios/behaviours/01-one-item.yaml';
const image = [160, 90] as const;
const folder = mkdtempSync(join(tmpdir(), 'aisle-privacy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pixels in a row that make a pattern: 36 bytes of colour or 24 of depth, noise included, come about once only. */
const PIXELS = 12;
const MOST = 60;

/** Colours and depths as the shopper's clothes show them in some pictures of the run. */
async function canaries(): Promise<Buffer[]> {
  const base = resolveFile(join(root, file), null, { 'sensors.c1.image': image });
  const run: Run = { ...base, cameras: base.cameras.map((camera) => ({ ...camera, output: 'pixels' })) };
  const writer = new SnapshotWriter(run);
  const source = new PictureSource(await pictureModel(run, writer.log));
  const n = image[0] * image[1];
  const picture = { rgb: new Uint8Array(3 * n), depthMm: new Uint16Array(n), ids: new Uint16Array(n) };
  const frames = run.cameras.map(() => 0);
  const found: Buffer[] = [];
  const simulation = new Simulation(run, {
    pictures: (camera, world, timeUs) => {
      const frame = frames[camera]++;
      if (frame % 25 === 0 && found.length < MOST) {
        source.drawInto(picture, writer.take(world), camera, frame, timeUs);
        collect(found, picture);
      } else writer.take(world);
      return {
        ...{ headsInImagePx: new Float32Array(0), headDepthM: new Float32Array(0), headScore: new Float32Array(0) },
        ...{ handsInImagePx: new Float32Array(0), handDepthM: new Float32Array(0), handScore: new Float32Array(0) },
        handOwner: new Int16Array(0),
      };
    },
  });
  while (simulation.step() !== null && found.length < MOST);
  return found;
}

function collect(found: Buffer[], { rgb, depthMm, ids }: { rgb: Uint8Array; depthMm: Uint16Array; ids: Uint16Array }) {
  for (let p = 0; p + PIXELS <= ids.length; p += PIXELS) {
    let onBody = 0;
    for (let i = p; i < p + PIXELS; i++) if (shopperOfId(ids[i]) >= 0 && depthMm[i] > 0) onBody++;
    if (onBody < PIXELS) continue;
    found.push(Buffer.from(rgb.slice(3 * p, 3 * (p + PIXELS))));
    found.push(Buffer.from(depthMm.slice(p, p + PIXELS).buffer));
  }
}

function filesIn(path: string): string[] {
  return readdirSync(path).flatMap((name) => {
    const inner = join(path, name);
    return statSync(inner).isDirectory() ? filesIn(inner) : [inner];
  });
}

/** All bytes that a recording holds, unpacked. */
function* unpacked(path: string): Generator<Uint8Array> {
  for (const part of walkMcap(path)) {
    if (part.kind === 'attachment') yield part.data;
    else if (part.kind === 'chunk') for (const message of part.messages) yield message.data;
  }
}

const patterns = await canaries();

/** A run in pixels that writes all it can; `out.…` are files of the folder. */
function play(...outputs: string[]) {
  return spawnSync(
    process.execPath,
    [
      ...[join(root, 'bin/aisle.js'), 'run', join(root, file), '--cameras', 'pixels', '--json'],
      ...['--set', `sensors.c1.image=[${image.join(', ')}]`],
      ...outputs.map((word) => (word.startsWith('out.') ? join(folder, word) : word)),
    ],
    { cwd: folder, encoding: 'buffer', env: { ...process.env, TMPDIR: folder }, maxBuffer: 1 << 28 },
  );
}

test("leaves nothing of a shopper's looks outside the workers' memory: no file, no recording, no output", async () => {
  expect(patterns.length).toBeGreaterThan(20);
  const outputs = ['--record', 'out.mcap', '--journal', 'out.journal', '--report', 'out.html', '--junit', 'out.xml'];
  const { stdout, stderr, status } = play(...outputs);
  expect(status, stderr.toString()).toBe(0);
  expect(JSON.parse(stdout.toString())).toMatchObject({ cameras: 'pixels', speed: { lostPictures: 0 } });
  const files = filesIn(folder);
  expect(files.map((path) => path.slice(folder.length + 1))).toContain('out.mcap');
  const places: Uint8Array[] = [stdout, stderr, ...files.map((path) => readFileSync(path))];
  let messages = 0;
  for (const bytes of unpacked(join(folder, 'out.mcap'))) {
    places.push(Uint8Array.from(bytes));
    messages++;
  }
  expect(messages).toBeGreaterThan(1000);
  const everything = Buffer.concat(places);
  expect(patterns.filter((pattern) => everything.includes(pattern))).toEqual([]);
  // The search itself finds what is there.
  expect(Buffer.concat([everything, patterns[0]]).includes(patterns[0])).toBe(true);
}, 120_000);

test('records every picture bit for bit where it is asked to, and nothing of them anywhere else', async () => {
  const { stdout, stderr, status } = play(
    '--record',
    'out.pictures.mcap',
    '--record-pictures',
    '--journal',
    'out.2.journal',
  );
  expect(status, stderr.toString()).toBe(0);
  const found = new Set<Buffer>();
  for await (const part of (await openRecording(join(folder, 'out.pictures.mcap'))).parts()) {
    if (part.kind !== 'picture' || part.frame % 25 !== 0) continue;
    const colours = await sharp(part.png).raw().toBuffer();
    const depths = Buffer.from(part.depthMm.buffer, part.depthMm.byteOffset, part.depthMm.byteLength);
    for (const pattern of patterns) if (colours.includes(pattern) || depths.includes(pattern)) found.add(pattern);
  }
  expect(found.size).toBe(patterns.length);
  const others = Buffer.concat([stdout, stderr, readFileSync(join(folder, 'out.2.journal'))]);
  expect(patterns.filter((pattern) => others.includes(pattern))).toEqual([]);
}, 120_000);
