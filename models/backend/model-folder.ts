import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { reject } from '../model-error.ts';
import type { ModelFiles } from './inference-backend.ts';

const port = z.object({ name: z.string().min(1), shape: z.array(z.int().positive()).min(1).max(4) });
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What stands beside a model's weights. */
export const manifestSchema = z.object({
  model: z.string().min(1),
  version: z.int().positive(),
  /** Names of the classes, or what the output is. */
  output: z.string(),
  classes: z.array(z.string()).optional(),
  inputs: z.array(port).min(1),
  outputs: z.array(port).min(1),
  files: z.record(z.string(), z.object({ bytes: z.int().nonnegative(), sha256 })),
  training: z.object({
    recipe: z.string(),
    seed: z.int(),
    examples: z.int(),
    products: z.int().optional(),
    epochs: z.int(),
    steps: z.int(),
    batch: z.int(),
    parameters: z.int(),
    cpuMinutes: z.number(),
    machine: z.string(),
    date: z.string(),
  }),
  metrics: z.record(z.string(), z.number()),
  /** Numbers that turn raw scores into probabilities. */
  calibration: z.record(z.string(), z.number()),
  licence: z.string(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Files of a model's folder. */
export const MANIFEST_FILE = 'manifest.json';
export const ONNX_FILE = 'model.onnx';
export const TFJS_FILE = 'model.json';
export const TFJS_WEIGHTS_FILE = 'model.bin';
/** Larger files are not read: our models are under 2 MB each. */
const MOST_BYTES = 64 << 20;

/** A further file of a model that its manifest names; null when it names none of this name. Throws `ModelError`. */
export function readFurtherFile(folder: string, name: string, manifest: Manifest): Uint8Array | null {
  return manifest.files[name] === undefined ? null : readChecked(folder, name, manifest);
}

export interface Model {
  readonly manifest: Manifest;
  readonly files: ModelFiles;
}

/** Reads a model's folder and checks every file against the manifest; throws `ModelError`. */
export function readModel(folder: string): Model {
  const where = join(folder, MANIFEST_FILE);
  const manifest = parseManifest(where, readBounded(where));
  return {
    manifest,
    files: {
      where: folder,
      onnx: readChecked(folder, ONNX_FILE, manifest),
      tfjsModelJson: new TextDecoder().decode(readChecked(folder, TFJS_FILE, manifest)),
      tfjsWeights: readChecked(folder, TFJS_WEIGHTS_FILE, manifest),
      inputs: manifest.inputs,
      outputs: manifest.outputs,
    },
  };
}

function parseManifest(where: string, bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    return reject(where, (error as Error).message, 'a manifest as JSON');
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return reject(`${where}: ${issue.path.join('.') || '(top)'}`, issue.message, 'a manifest of a model');
}

function readChecked(folder: string, name: string, { files }: Manifest): Uint8Array {
  const where = join(folder, name);
  const said = files[name];
  if (said === undefined) return reject(join(folder, MANIFEST_FILE), `no entry for ${name}`, 'its size and sha256');
  const bytes = readBounded(where);
  if (bytes.length !== said.bytes)
    return reject(where, `${bytes.length} bytes`, `${said.bytes} as in ${MANIFEST_FILE}`);
  const hash = sha256Of(bytes);
  if (hash !== said.sha256) return reject(where, `sha256 ${hash}`, `${said.sha256} as in ${MANIFEST_FILE}`);
  return bytes;
}

function readBounded(where: string): Uint8Array {
  let size: number;
  try {
    size = statSync(where).size;
  } catch {
    return reject(where, 'no such file', 'a file of the model');
  }
  if (size > MOST_BYTES) return reject(where, `${size} bytes`, `at most ${MOST_BYTES}`);
  return Uint8Array.from(readFileSync(where));
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
