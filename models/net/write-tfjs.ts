import { INPUT, type Layer, type NetDescription, OUTPUT, type Weights, weightShapes } from './net-description.ts';

/** A tfjs LayersModel as its two files; `weightsFile` is the name of the second. */
export interface TfjsFiles {
  readonly modelJson: string;
  readonly weights: Uint8Array;
}

/** Writes a net as a tfjs LayersModel (the format of `tf.loadLayersModel`). */
export function writeTfjs(net: NetDescription, weights: Weights, weightsFile: string): TfjsFiles {
  const shapes = [...weightShapes(net)];
  const bytes = new Uint8Array(4 * shapes.reduce((sum, [, shape]) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const [name] of shapes) {
    const values = weights.get(name)!;
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  const model = {
    format: 'layers-model',
    generatedBy: 'openaisle',
    modelTopology: { class_name: 'Sequential', config: { name: net.name, layers: configsOf(net) } },
    weightsManifest: [
      { paths: [weightsFile], weights: shapes.map(([name, shape]) => ({ name, shape, dtype: 'float32' })) },
    ],
  };
  return { modelJson: `${JSON.stringify(model, null, 1)}\n`, weights: bytes };
}

function configsOf(net: NetDescription): object[] {
  const input = {
    class_name: 'InputLayer',
    config: { name: INPUT, batch_input_shape: [null, ...net.picture], dtype: 'float32', sparse: false },
  };
  return [input, ...net.layers.map((layer, i) => configOf(layer, i === net.layers.length - 1 ? OUTPUT : `layer-${i}`))];
}

function configOf(layer: Layer, fallback: string): object {
  switch (layer.kind) {
    case 'conv':
      return {
        class_name: 'Conv2D',
        config: {
          name: layer.name,
          filters: layer.filters,
          kernel_size: [layer.kernel, layer.kernel],
          strides: [layer.stride, layer.stride],
          padding: 'same',
          activation: 'relu',
          use_bias: true,
        },
      };
    case 'max-pool':
    case 'average-pool':
      return {
        class_name: layer.kind === 'max-pool' ? 'MaxPooling2D' : 'AveragePooling2D',
        config: { name: fallback, pool_size: [2, 2], strides: [2, 2], padding: 'valid' },
      };
    case 'flatten':
      return { class_name: 'Flatten', config: { name: fallback } };
    case 'dense':
      return {
        class_name: 'Dense',
        config: { name: layer.name, units: layer.units, activation: layer.activation, use_bias: true },
      };
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
