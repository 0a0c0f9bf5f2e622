/** One layer of a net; pictures are height × width × channels. Convolutions pad to keep their size (divided by `stride`). */
export type Layer =
  | {
      readonly kind: 'conv';
      readonly name: string;
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
    }
  | { readonly kind: 'max-pool' }
  | { readonly kind: 'average-pool' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly name: string; readonly units: number; readonly activation: Activation };

export type Activation = 'linear' | 'relu' | 'softmax';

/** A net as data: both the ONNX and the tfjs file are written from it and its weights. */
export interface NetDescription {
  readonly name: string;
  /** Height, width, channels of the input `picture`, values −1..1. */
  readonly picture: readonly [number, number, number];
  readonly layers: readonly Layer[];
}

/**
 * Weights by name: `x/kernel` (convolutions height × width × in × out, dense layers in × out) and `x/bias`, as tfjs
 * lays them out.
 */
export type Weights = ReadonlyMap<string, Float32Array>;

/** Names of a net's one input and one output in every format. */
export const INPUT = 'picture';
export const OUTPUT = 'output';

/** Shape after each layer, without the batch; throws on a net that does not fit together. */
export function layerShapes(net: NetDescription): number[][] {
  let shape: number[] = [...net.picture];
  return net.layers.map((layer) => (shape = shapeAfter(layer, shape)));
}

function shapeAfter(layer: Layer, shape: readonly number[]): number[] {
  const [height, width, channels] = shape;
  switch (layer.kind) {
    case 'conv':
      return [Math.ceil(height / layer.stride), Math.ceil(width / layer.stride), layer.filters];
    case 'max-pool':
    case 'average-pool':
      if (height % 2 !== 0 || width % 2 !== 0) throw new Error(`pool of ${height} × ${width}, expected even sides`);
      return [height / 2, width / 2, channels];
    case 'flatten':
      return [shape.reduce((a, b) => a * b, 1)];
    case 'dense':
      if (shape.length !== 1)
        throw new Error(`dense layer ${layer.name} after ${shape.join(' × ')}, expected a vector`);
      return [layer.units];
  }
}

/** Shape of each weight array by name. */
export function weightShapes(net: NetDescription): Map<string, number[]> {
  const shapes = layerShapes(net);
  const found = new Map<string, number[]>();
  net.layers.forEach((layer, i) => {
    const before = i === 0 ? net.picture : shapes[i - 1];
    if (layer.kind === 'conv') {
      found.set(`${layer.name}/kernel`, [layer.kernel, layer.kernel, before[2], layer.filters]);
      found.set(`${layer.name}/bias`, [layer.filters]);
    } else if (layer.kind === 'dense') {
      found.set(`${layer.name}/kernel`, [before[0], layer.units]);
      found.set(`${layer.name}/bias`, [layer.units]);
    }
  });
  return found;
}

/** Padding before and after along one side, as TensorFlow's SAME: the odd one comes after. */
export function samePadding(size: number, kernel: number, stride: number): [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
