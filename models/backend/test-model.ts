import { type NetDescription, type Weights, weightShapes } from '../net/net-description.ts';
import { writeOnnx } from '../net/write-onnx.ts';
import { writeTfjs } from '../net/write-tfjs.ts';
import type { ModelFiles } from './inference-backend.ts';

/** A net with one of each kind of layer. */
export const SMALL_NET: NetDescription = {
  name: 'small',
  picture: [12, 12, 3],
  layers: [
    { kind: 'conv', name: 'first', filters: 4, kernel: 5, stride: 2 },
    { kind: 'conv', name: 'second', filters: 6, kernel: 3, stride: 1 },
    { kind: 'max-pool' },
    { kind: 'conv', name: 'third', filters: 5, kernel: 3, stride: 2 },
    { kind: 'average-pool' },
    { kind: 'flatten' },
    { kind: 'dense', name: 'hidden', units: 7, activation: 'relu' },
    { kind: 'dense', name: 'last', units: 3, activation: 'softmax' },
  ],
};

/** Numbers in −0.5..0.5, the same every time. */
export function anyNumbers(count: number, seed: number): Float32Array {
  let state = seed | 1;
  return Float32Array.from({ length: count }, () => {
    state = Math.imul(state, 1664525) + 1013904223;
    return (state >>> 8) / 2 ** 24 - 0.5;
  });
}

export function anyWeights(net: NetDescription): Weights {
  const shapes = [...weightShapes(net)];
  return new Map(
    shapes.map(([name, shape], i) => [
      name,
      anyNumbers(
        shape.reduce((a, b) => a * b, 1),
        i + 1,
      ),
    ]),
  );
}

export function smallFiles(): ModelFiles {
  const weights = anyWeights(SMALL_NET);
  const { modelJson, weights: tfjsWeights } = writeTfjs(SMALL_NET, weights, 'model.bin');
  return {
    where: 'small',
    onnx: writeOnnx(SMALL_NET, weights),
    tfjsModelJson: modelJson,
    tfjsWeights,
    inputs: [{ name: 'picture', shape: [12, 12, 3] }],
    outputs: [{ name: 'output', shape: [3] }],
  };
}
