import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelError } from '../model-error.ts';
import { MANIFEST_FILE, ONNX_FILE, readModel, sha256Of, TFJS_FILE, TFJS_WEIGHTS_FILE } from './model-folder.ts';
import { smallFiles } from './test-model.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(change: (manifest: Record<string, unknown>) => void = () => undefined): void {
  const { onnx, tfjsModelJson, tfjsWeights, inputs, outputs } = smallFiles();
  const parts: Record<string, Uint8Array> = {
    [ONNX_FILE]: onnx,
    [TFJS_FILE]: new TextEncoder().encode(tfjsModelJson),
    [TFJS_WEIGHTS_FILE]: tfjsWeights,
  };
  const files: Record<string, object> = {};
  for (const [name, bytes] of Object.entries(parts)) {
    writeFileSync(join(folder, name), bytes);
    files[name] = { bytes: bytes.length, sha256: sha256Of(bytes) };
  }
  const counts = { seed: 1, examples: 1, epochs: 1, steps: 1, batch: 1, parameters: 1, cpuMinutes: 1 };
  const manifest = {
    model: 'small',
    version: 1,
    output: 'classes',
    inputs,
    outputs,
    files,
    training: { recipe: 'none', machine: 'any', date: '2026-01-01', ...counts },
    metrics: {},
    calibration: {},
    licence: 'Apache-2.0',
  };
  change(manifest);
  writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify(manifest));
}

test('reads a folder whose files are what its manifest says', () => {
  put();
  expect(readModel(folder).files.onnx).toEqual(smallFiles().onnx);
});

test('refuses a truncated file, a changed one and a missing one', () => {
  put();
  const { onnx } = smallFiles();
  writeFileSync(join(folder, ONNX_FILE), onnx.slice(0, 100));
  expect(() => readModel(folder)).toThrow(/model\.onnx: found 100 bytes, expected \d+ as in manifest/);
  const changed = onnx.slice();
  changed[50] ^= 1;
  writeFileSync(join(folder, ONNX_FILE), changed);
  expect(() => readModel(folder)).toThrow(/model\.onnx: found sha256 [0-9a-f]{64}, expected/);
  rmSync(join(folder, ONNX_FILE));
  expect(() => readModel(folder)).toThrow('model.onnx: found no such file');
});

test('refuses a manifest that is none, and says which field is wrong', () => {
  put((manifest) => {
    delete manifest['licence'];
  });
  expect(() => readModel(folder)).toThrow('manifest.json: licence: found');
  writeFileSync(join(folder, MANIFEST_FILE), '{"model":');
  expect(() => readModel(folder)).toThrow(ModelError);
});
