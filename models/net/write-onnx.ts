import {
  INPUT,
  type Layer,
  layerShapes,
  type NetDescription,
  OUTPUT,
  samePadding,
  type Weights,
} from './net-description.ts';
import { OnnxGraph } from './onnx-graph.ts';

/** Writes a net as ONNX: input `picture` N × H × W × C, output `output` N × units; channels come first inside. */
export function writeOnnx(net: NetDescription, weights: Weights): Uint8Array {
  const graph = new OnnxGraph(net.name);
  const shapes = layerShapes(net);
  graph.input(INPUT, ['N', ...net.picture]);
  let x = graph.node('Transpose', [INPUT], { perm: [0, 3, 1, 2] });
  net.layers.forEach((layer, i) => {
    x = addLayer(graph, layer, x, i === 0 ? net.picture : shapes[i - 1], weights);
  });
  graph.node('Identity', [x], {}, OUTPUT);
  graph.output(OUTPUT, ['N', ...shapes[shapes.length - 1]]);
  return graph.finish();
}

function addLayer(graph: OnnxGraph, layer: Layer, x: string, before: readonly number[], weights: Weights): string {
  switch (layer.kind) {
    case 'conv': {
      const { name, filters, kernel, stride } = layer;
      const [height, width, channels] = before;
      const w = kernelOihw(weights.get(`${name}/kernel`)!, kernel, channels, filters);
      const inputs = [
        x,
        graph.constant(`${name}/kernel`, [filters, channels, kernel, kernel], w),
        graph.constant(`${name}/bias`, [filters], weights.get(`${name}/bias`)!),
      ];
      const [top, bottom] = samePadding(height, kernel, stride);
      const [left, right] = samePadding(width, kernel, stride);
      const attributes = {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [top, left, bottom, right],
      };
      return graph.node('Relu', [graph.node('Conv', inputs, attributes)]);
    }
    case 'max-pool':
      return graph.node('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    case 'average-pool':
      return graph.node('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    case 'flatten':
      // Height × width × channels order, as tfjs flattens.
      return graph.node('Flatten', [graph.node('Transpose', [x], { perm: [0, 2, 3, 1] })], { axis: 1 });
    case 'dense': {
      const { name, units, activation } = layer;
      const w = graph.constant(`${name}/kernel`, [before[0], units], weights.get(`${name}/kernel`)!);
      const b = graph.constant(`${name}/bias`, [units], weights.get(`${name}/bias`)!);
      const y = graph.node('Gemm', [x, w, b]);
      if (activation === 'linear') return y;
      return activation === 'relu' ? graph.node('Relu', [y]) : graph.node('Softmax', [y], { axis: 1 });
    }
  }
}

/** Kernels from height × width × in × out to out × in × height × width. */
function kernelOihw(values: Float32Array, kernel: number, channels: number, filters: number): Float32Array {
  const out = new Float32Array(values.length);
  const area = kernel * kernel;
  for (let p = 0; p < area; p++)
    for (let c = 0; c < channels; c++)
      for (let f = 0; f < filters; f++) out[(f * channels + c) * area + p] = values[(p * channels + c) * filters + f];
  return out;
}
