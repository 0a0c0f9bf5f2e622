import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import { reject } from '../model-error.ts';
import {
  type BackendName,
  checkInputs,
  checkOutput,
  type InferenceBackend,
  type LoadedModel,
  type ModelFiles,
} from './inference-backend.ts';

type Core = typeof import('@tensorflow/tfjs-core');
type Layers = typeof import('@tensorflow/tfjs-layers');
type Graph = Awaited<ReturnType<Layers['loadLayersModel']>>;

const require = createRequire(import.meta.url);

/** Opens one of tfjs's backends; throws whatever keeps it from loading. */
export async function openTfjs(name: Exclude<BackendName, 'onnxruntime-node'>): Promise<InferenceBackend> {
  if (name === 'tfjs-node') await importTfjsNode();
  // The CommonJS builds: all parts of tfjs must share one copy of its core.
  const core = require('@tensorflow/tfjs-core') as Core;
  if (name === 'tfjs-wasm') {
    const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  }
  // Loaded for tfjs-wasm too: layers compute shapes and small things on it.
  require('@tensorflow/tfjs-backend-cpu');
  const layers = require('@tensorflow/tfjs-layers') as Layers;
  const registered = { 'tfjs-node': 'tensorflow', 'tfjs-wasm': 'wasm', 'tfjs-cpu': 'cpu' }[name];
  const use = async () => {
    if (core.getBackend() !== registered && !(await core.setBackend(registered)))
      throw new Error(`the ${registered} backend of tfjs does not start`);
  };
  await use();
  return { name, version: core.version_core, load: (files) => load(core, layers, use, files) };
}

/** tfjs-node 4.22 calls `util.isNullOrUndefined`, which Node 23 removed. */
async function importTfjsNode(): Promise<void> {
  const old = util as unknown as Record<string, unknown>;
  old['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  const specifier: string = '@tensorflow/tfjs-node';
  await import(pathToFileURL(require.resolve(specifier)).href);
}

async function load(core: Core, layers: Layers, use: () => Promise<void>, files: ModelFiles): Promise<LoadedModel> {
  await use();
  const model = await createModel(layers, files);
  const [input] = files.inputs;
  const [output] = files.outputs;
  if (files.inputs.length !== 1 || files.outputs.length !== 1)
    reject(files.where, `${files.inputs.length} inputs, ${files.outputs.length} outputs`, 'one of each for tfjs');
  const shape = model.inputs[0].shape.slice(1);
  if (shape.join() !== input.shape.join())
    reject(`${files.where}: ${input.name}`, `N × ${shape.join(' × ')}`, `N × ${input.shape.join(' × ')}`);
  return {
    async run(inputs, batch) {
      checkInputs(files, inputs, batch);
      await use();
      const x = core.tensor(inputs[input.name], [batch, ...input.shape], 'float32');
      const y = model.predict(x) as ReturnType<Core['tensor']>;
      try {
        checkOutput(files.where, output, batch, y.shape);
        return { [output.name]: Float32Array.from(await y.data<'float32'>()) };
      } finally {
        x.dispose();
        y.dispose();
      }
    },
    async dispose() {
      model.dispose();
    },
  };
}

async function createModel(layers: Layers, { where, tfjsModelJson, tfjsWeights }: ModelFiles): Promise<Graph> {
  try {
    const { modelTopology, weightsManifest } = JSON.parse(tfjsModelJson);
    const weightData = Uint8Array.from(tfjsWeights).buffer;
    const weightSpecs = weightsManifest.flatMap((group: { weights: unknown[] }) => group.weights);
    const wanted = weightSpecs.reduce(
      (sum: number, { shape }: { shape: number[] }) => sum + 4 * shape.reduce((a, b) => a * b, 1),
      0,
    );
    if (wanted !== weightData.byteLength)
      throw new Error(`${weightData.byteLength} bytes of weights instead of ${wanted}`);
    return await layers.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
  } catch (error) {
    const why = String((error as Error).message ?? error)
      .split('\n')[0]
      .slice(0, 160);
    return reject(`${where}: tfjs`, `files that do not load (${why})`, 'a tfjs LayersModel');
  }
}
