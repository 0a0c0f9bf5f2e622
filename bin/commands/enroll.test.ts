import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { doctorCommand } from './doctor.ts';
import { enrollCommand } from './enroll.ts';

const folder = mkdtempSync(join(tmpdir(), 'enroll-'));
const catalogue = join(folder, 'shop.catalog.yaml');
const images = join(folder, 'images');

async function picture(path: string, colour: string): Promise<void> {
  await sharp({ create: { width: 40, height: 60, channels: 3, background: colour } })
    .png()
    .toFile(path);
}

beforeAll(async () => {
  mkdirSync(join(images, 'water'), { recursive: true });
  writeFileSync(catalogue, 'catalog:\n  cola: { name: Cola }\n  water: { name: Water }\n  bread: { name: Bread }\n');
  await picture(join(images, 'cola.png'), '#c00000');
  await picture(join(images, 'cola-2.png'), '#a00000');
  await picture(join(images, 'water', 'front.png'), '#2040c0');
});
afterAll(() => rmSync(folder, { recursive: true }));

const enroll = (...args: string[]) => enrollCommand().exitOverride().parseAsync(args, { from: 'user' });

test('writes a gallery beside the catalogue and names products without a picture', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const warning = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await enroll(catalogue, '--images', images);
  expect(log.mock.calls.join()).toContain('2 products, 6 views');
  expect(warning.mock.calls.join()).toContain('bread');
  const { products } = JSON.parse(readFileSync(join(folder, 'shop.gallery.json'), 'utf8'));
  expect(products.map(({ sku }: { sku: string }) => sku)).toEqual(['cola', 'water']);
  vi.restoreAllMocks();
});

test('explains a catalogue without products, a folder without pictures, and a picture that is none', async () => {
  const empty = join(folder, 'empty.yaml');
  writeFileSync(empty, 'store: {}\n');
  await expect(enroll(empty, '--images', images)).rejects.toThrow('catalog: found nothing');
  await expect(enroll(catalogue, '--images', join(images, 'water'))).rejects.toThrow('no picture of a product');
  const bad = join(folder, 'bad');
  mkdirSync(bad);
  writeFileSync(join(bad, 'cola.png'), 'no');
  await expect(enroll(catalogue, '--images', bad)).rejects.toThrow('nothing that can be decoded');
});

test('has the doctor name the backend that runs, and refuse one it does not know', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const doctor = (...args: string[]) => doctorCommand().exitOverride().parseAsync(args, { from: 'user' });
  await doctor('--json', '--backend', 'onnxruntime-node');
  const said = JSON.parse(log.mock.calls[0][0]);
  expect(said.backend).toBe('onnxruntime-node');
  expect(said.backends).toHaveLength(4);
  expect(said.models.every(({ ok }: { ok: boolean }) => ok)).toBe(true);
  vi.restoreAllMocks();
  await expect(doctor('--backend', 'gpu')).rejects.toThrow('--backend: found gpu, expected one of');
});
