import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { reject } from '../model-error.ts';
import {
  checkInputs,
  checkOutput,
  type InferenceBackend,
  type LoadedModel,
  type ModelFiles,
} from './inference-backend.ts';

type Runtime = typeof import('onnxruntime-node');

/** Opens onnxruntime; throws whatever keeps it from loading. */
export async function openOnnxruntime(): Promise<InferenceBackend> {
  const runtime = await import('onnxruntime-node');
  return {
    name: 'onnxruntime-node',
    version: runtime.env.versions.node ?? runtime.env.versions.common,
    load: (files) => load(runtime, files),
  };
}

async function load(runtime: Runtime, files: ModelFiles): Promise<LoadedModel> {
  const session = await createSession(runtime, files);
  checkPorts(files, session);
  return {
    async run(inputs, batch) {
      checkInputs(files, inputs, batch);
      const feeds: Record<string, Tensor> = {};
      for (const { name, shape } of files.inputs)
        feeds[name] = new runtime.Tensor('float32', inputs[name], [batch, ...shape]);
      const results = await session.run(feeds);
      const out: Record<string, Float32Array> = {};
      for (const port of files.outputs) {
        checkOutput(files.where, port, batch, results[port.name].dims);
        out[port.name] = results[port.name].data as Float32Array;
      }
      return out;
    },
    dispose: () => session.release(),
  };
}

async function createSession(runtime: Runtime, { where, onnx }: ModelFiles): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(onnx, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    return reject(`${where}: ONNX`, `${onnx.length} bytes that do not load (${firstLine(error)})`, 'an ONNX model');
  }
}

function checkPorts(files: ModelFiles, session: InferenceSession): void {
  for (const [kind, ports, names] of [
    ['input', files.inputs, session.inputNames],
    ['output', files.outputs, session.outputNames],
  ] as const)
    for (const { name } of ports)
      if (!names.includes(name)) reject(`${files.where}: ${kind}s`, names.join(', ') || 'none', `one named ${name}`);
  const metadata = [...session.inputMetadata, ...session.outputMetadata];
  for (const { name, shape } of [...files.inputs, ...files.outputs]) {
    const found = metadata.find((one) => one.name === name);
    if (!found?.isTensor) continue;
    const sides = found.shape.slice(1);
    if (sides.length !== shape.length || sides.some((side, i) => typeof side === 'number' && side !== shape[i]))
      reject(`${files.where}: ${name}`, `N × ${sides.join(' × ')}`, `N × ${shape.join(' × ')}`);
  }
}

function firstLine(error: unknown): string {
  return String((error as Error).message ?? error)
    .split('\n')[0]
    .slice(0, 160);
}
