import { reject } from '../model-error.ts';

/** Names of the runtimes, fastest first. */
export const BACKENDS = ['onnxruntime-node', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** Name and shape of an array a model takes or gives, without the batch. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
}

/** One model as files: the same weights in both formats. */
export interface ModelFiles {
  /** For messages: where it came from. */
  readonly where: string;
  readonly onnx: Uint8Array;
  readonly tfjsModelJson: string;
  readonly tfjsWeights: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** A model that is ready to run. */
export interface LoadedModel {
  /** Runs `batch` rows of every named input; gives every named output. Throws `ModelError` on a wrong name or size. */
  run(inputs: Readonly<Record<string, Float32Array>>, batch: number): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** A runtime for models. One thread per model, so that the same picture always gives the same numbers. */
export interface InferenceBackend {
  readonly name: BackendName;
  readonly version: string;
  /** Throws `ModelError` when the files are broken or of another shape than they say. */
  load(files: ModelFiles): Promise<LoadedModel>;
}

/** Rows at a time at most, so that no caller fills the memory. */
const MOST_ROWS = 4096;

/** Throws `ModelError` unless the inputs are what the model takes. */
export function checkInputs(
  { where, inputs: ports }: Pick<ModelFiles, 'where' | 'inputs'>,
  inputs: Readonly<Record<string, Float32Array>>,
  batch: number,
): void {
  if (!Number.isInteger(batch) || batch < 1 || batch > MOST_ROWS)
    reject(`${where}: batch`, String(batch), `a whole number from 1 to ${MOST_ROWS}`);
  for (const { name, shape } of ports) {
    const values = inputs[name];
    const wanted = `${[batch, ...shape].join(' × ')} numbers as a Float32Array`;
    if (!(values instanceof Float32Array)) reject(`${where}: input ${name}`, 'nothing of the kind', wanted);
    const size = shape.reduce((a, b) => a * b, batch);
    if (values.length !== size) reject(`${where}: input ${name}`, `${values.length} numbers`, wanted);
  }
  for (const name of Object.keys(inputs))
    if (!ports.some((port) => port.name === name))
      reject(`${where}: input ${name}`, 'an input the model does not have', ports.map((port) => port.name).join(', '));
}

/** Throws `ModelError` unless an output has the shape that the model's description says. */
export function checkOutput(where: string, port: Port, batch: number, shape: readonly number[]): void {
  const wanted = [batch, ...port.shape];
  if (shape.length !== wanted.length || shape.some((side, i) => side !== wanted[i]))
    reject(`${where}: output ${port.name}`, shape.join(' × '), wanted.join(' × '));
}
