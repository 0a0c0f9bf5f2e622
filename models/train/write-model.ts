import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { ModelFiles } from '../backend/inference-backend.ts';
import {
  MANIFEST_FILE,
  type Manifest,
  ONNX_FILE,
  sha256Of,
  TFJS_FILE,
  TFJS_WEIGHTS_FILE,
} from '../backend/model-folder.ts';
import { INPUT, layerShapes, type NetDescription, OUTPUT, type Weights } from '../net/net-description.ts';
import { writeOnnx } from '../net/write-onnx.ts';
import { writeTfjs } from '../net/write-tfjs.ts';

/** A net and its weights in both formats. */
export function modelFiles(net: NetDescription, weights: Weights): ModelFiles {
  const tfjs = writeTfjs(net, weights, TFJS_WEIGHTS_FILE);
  const shapes = layerShapes(net);
  return {
    where: net.name,
    onnx: writeOnnx(net, weights),
    tfjsModelJson: tfjs.modelJson,
    tfjsWeights: tfjs.weights,
    inputs: [{ name: INPUT, shape: net.picture }],
    outputs: [{ name: OUTPUT, shape: shapes[shapes.length - 1] }],
  };
}

/** What a training run says about itself. */
export type Account = Pick<Manifest, 'output' | 'metrics' | 'calibration'> &
  Partial<Pick<Manifest, 'classes'>> & {
    readonly training: Omit<Manifest['training'], 'machine' | 'date' | 'parameters'>;
  };

/** Writes a model's folder: both formats, further files of its own, the manifest, the curve. */
export function writeModel(
  folder: string,
  files: ModelFiles,
  account: Account,
  curveSvg: string,
  further: Readonly<Record<string, Uint8Array>> = {},
): void {
  mkdirSync(folder, { recursive: true });
  const written: Manifest['files'] = {};
  const put = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    written[name] = { bytes: bytes.length, sha256: sha256Of(bytes) };
  };
  put(ONNX_FILE, files.onnx);
  put(TFJS_FILE, new TextEncoder().encode(files.tfjsModelJson));
  put(TFJS_WEIGHTS_FILE, files.tfjsWeights);
  for (const [name, bytes] of Object.entries(further)) put(name, bytes);
  const { training, metrics, ...rest } = account;
  const manifest: Manifest = {
    model: files.where,
    version: 1,
    ...rest,
    inputs: files.inputs.map((port) => ({ name: port.name, shape: [...port.shape] })),
    outputs: files.outputs.map((port) => ({ name: port.name, shape: [...port.shape] })),
    files: written,
    training: {
      ...training,
      parameters: files.tfjsWeights.length / 4,
      machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`,
      date: new Date().toISOString().slice(0, 10),
    },
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, Math.round(value * 1e4) / 1e4])),
    licence: 'Apache-2.0',
  };
  writeFileSync(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'curve.svg'), curveSvg);
}
