/**
 * Reverse-mode differentiation that emits one ONNX graph for a whole training step: forward, backward and Adam
 * (Kingma & Ba 2015). onnxruntime runs it; parameters and moments go in and come out.
 */
import { INPUT, type Layer, layerShapes, type NetDescription, samePadding } from '../net/net-description.ts';
import { type Attribute, OnnxGraph } from '../net/onnx-graph.ts';

/** What is trained: shape, and SD of its first values (0 = zeros). */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly sd: number;
}

/** A value in the graph with its shape, batch first, channels before height and width. */
interface Value {
  readonly id: string;
  readonly shape: readonly number[];
}

/** How outputs are judged: `classes` by softmax, or by cosine against a direction per class (CosFace, Wang et al. 2018). */
export type Loss =
  | { readonly kind: 'softmax' }
  | { readonly kind: 'cosine'; readonly classes: number; readonly scale: number; readonly margin: number };

const BETA1 = 0.9;
const BETA2 = 0.999;
/** Share of a batch in the running mean and variance of a normalised layer. */
const NEWEST = 0.01;
/** Added to variances. */
export const VARIANCE_FLOOR = 1e-4;

export class TrainingGraph {
  readonly parameters: Parameter[] = [];
  /** Running means and variances, `x/mean` and `x/variance`, that go in and come out beside the parameters. */
  readonly statistics: { readonly name: string; readonly size: number }[] = [];
  readonly bytes: Uint8Array;
  private readonly graph = new OnnxGraph('step');
  private readonly batch: number;
  private readonly backward: (() => void)[] = [];
  private readonly gradients = new Map<string, string>();
  private readonly constants = new Map<string, string>();

  constructor(net: NetDescription, batch: number, loss: Loss) {
    this.batch = batch;
    const shapes = layerShapes(net);
    const [height, width, channels] = net.picture;
    this.graph.input(INPUT, [batch, height, width, channels]);
    let x: Value = {
      id: this.op('Transpose', [INPUT], { perm: [0, 3, 1, 2] }),
      shape: [batch, channels, height, width],
    };
    net.layers.forEach((layer, i) => {
      x = this.layer(layer, x, i === 0);
    });
    const outputs = shapes[shapes.length - 1][0];
    const classes = loss.kind === 'cosine' ? loss.classes : outputs;
    this.graph.input('labels', [batch, classes]);
    const logits = loss.kind === 'cosine' ? this.cosineLogits(x, loss) : x;
    this.crossEntropy(logits);
    for (const step of this.backward.reverse()) step();
    this.adam();
    this.bytes = this.graph.finish();
  }

  private op(type: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.graph.node(type, inputs, attributes);
  }

  private number(value: number): string {
    return this.constant(`f${value}`, () => this.graph.constant(`f${value}`, [], Float32Array.of(value)));
  }

  private integers(values: readonly number[]): string {
    const key = `i${values.join(',')}`;
    return this.constant(key, () => this.graph.constant(key, [values.length], BigInt64Array.from(values, BigInt)));
  }

  private constant(key: string, make: () => string): string {
    let name = this.constants.get(key);
    if (name === undefined) this.constants.set(key, (name = make()));
    return name;
  }

  private parameter(name: string, shape: readonly number[], sd: number): string {
    this.parameters.push({ name, shape, sd });
    return this.graph.input(name, shape);
  }

  private addGradient(id: string, gradient: string): void {
    const before = this.gradients.get(id);
    this.gradients.set(id, before === undefined ? gradient : this.op('Add', [before, gradient]));
  }

  private layer(layer: Layer, x: Value, isFirst: boolean): Value {
    switch (layer.kind) {
      case 'conv':
        return this.relu(this.normalise(this.conv(layer, x, isFirst), layer.name));
      case 'max-pool':
        return this.maxPool(x);
      case 'average-pool':
        return this.averagePool(x);
      case 'flatten':
        return this.flatten(x);
      case 'dense': {
        const y = this.dense(x, layer.units, layer.name);
        return layer.activation === 'relu' ? this.relu(y) : y;
      }
    }
  }

  private conv(layer: Layer & { kind: 'conv' }, x: Value, isFirst: boolean): Value {
    const { name, filters, kernel, stride } = layer;
    const [batch, channels, height, width] = x.shape;
    const [top, bottom] = samePadding(height, kernel, stride);
    const [left, right] = samePadding(width, kernel, stride);
    const area = kernel * kernel;
    const w = this.parameter(`${name}/kernel`, [filters, channels, kernel, kernel], Math.sqrt(2 / (area * channels)));
    const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [top, left, bottom, right] };
    const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    const y = { id: this.op('Conv', [x.id, w], attributes), shape: [batch, filters, rows, columns] };
    this.backward.push(() => {
      const dy = this.gradients.get(y.id)!;
      // Each tap of the kernel sees one shifted copy of the input: their stack times dy is the kernel's gradient.
      const padded = this.op('Pad', [x.id, this.integers([0, 0, top, left, 0, 0, bottom, right])]);
      const taps: string[] = [];
      for (let k = 0; k < area; k++) {
        const [r, c] = [Math.floor(k / kernel), k % kernel];
        const ends = [r + (rows - 1) * stride + 1, c + (columns - 1) * stride + 1];
        const axes = this.integers([2, 3]);
        const steps = this.integers([stride, stride]);
        taps.push(this.op('Slice', [padded, this.integers([r, c]), this.integers(ends), axes, steps]));
      }
      const stack = this.op('Reshape', [
        this.op('Concat', taps, { axis: 1 }),
        this.integers([batch, area * channels, rows * columns]),
      ]);
      const flat = this.op('Reshape', [dy, this.integers([batch, filters, rows * columns])]);
      const each = this.op('MatMul', [flat, this.op('Transpose', [stack], { perm: [0, 2, 1] })]);
      const sum = this.op('ReduceSum', [each, this.integers([0])], { keepdims: 0 });
      const ordered = this.op('Transpose', [this.op('Reshape', [sum, this.integers([filters, area, channels])])], {
        perm: [0, 2, 1],
      });
      this.addGradient(w, this.op('Reshape', [ordered, this.integers([filters, channels, kernel, kernel])]));
      if (!isFirst) this.convInputGradient(x, w, dy, kernel, stride);
    });
    return y;
  }

  /** Stride 1 only: dy convolved with the kernel turned by half a turn. */
  private convInputGradient(x: Value, w: string, dy: string, kernel: number, stride: number): void {
    if (stride !== 1) throw new Error(`gradient through a convolution of stride ${stride}, expected 1 after the first`);
    const half = (kernel - 1) / 2;
    const turned = this.op('Slice', [
      w,
      this.integers([-1, -1]),
      this.integers([-99, -99]),
      this.integers([2, 3]),
      this.integers([-1, -1]),
    ]);
    const back = this.op('Transpose', [turned], { perm: [1, 0, 2, 3] });
    const attributes = { kernel_shape: [kernel, kernel], pads: [half, half, half, half] };
    this.addGradient(x.id, this.op('Conv', [dy, back], attributes));
  }

  /**
   * Batch normalisation (Ioffe & Szegedy 2015), times 1 + `gain`, plus `bias`, per channel. As y = x · scale + shift it
   * needs no normalised copy of x.
   */
  private normalise(x: Value, name: string): Value {
    const [batch, channels, height, width] = x.shape;
    const count = this.number(1 / (batch * height * width));
    const all = this.integers([0, 2, 3]);
    const sumOf = (id: string) => this.op('ReduceSum', [id, all], { keepdims: 0 });
    const perChannel = (id: string) => this.op('Reshape', [id, this.integers([channels, 1, 1])]);
    const times = (...ids: string[]) => ids.reduce((a, b) => this.op('Mul', [a, b]));
    const gain = this.parameter(`${name}/gain`, [channels], 0);
    const bias = this.parameter(`${name}/bias`, [channels], 0);
    const mean = times(sumOf(x.id), count);
    const variance = this.op('Relu', [this.op('Sub', [times(sumOf(times(x.id, x.id)), count), times(mean, mean)])]);
    this.statistic(`${name}/mean`, channels, mean);
    this.statistic(`${name}/variance`, channels, variance);
    const inverse = this.op('Reciprocal', [this.op('Sqrt', [this.op('Add', [variance, this.number(VARIANCE_FLOOR)])])]);
    const scale = times(this.op('Add', [gain, this.number(1)]), inverse);
    const shift = this.op('Sub', [bias, times(mean, scale)]);
    const y = { id: this.op('Add', [times(x.id, perChannel(scale)), perChannel(shift)]), shape: x.shape };
    this.backward.push(() => {
      const dy = this.gradients.get(y.id)!;
      const dBias = sumOf(dy);
      const dGain = times(inverse, this.op('Sub', [sumOf(times(dy, x.id)), times(mean, dBias)]));
      this.addGradient(bias, dBias);
      this.addGradient(gain, dGain);
      const slope = this.op('Neg', [times(scale, inverse, dGain, count)]);
      const offset = this.op('Neg', [this.op('Add', [times(scale, dBias, count), times(slope, mean)])]);
      const through = this.op('Add', [times(dy, perChannel(scale)), times(x.id, perChannel(slope))]);
      this.addGradient(x.id, this.op('Add', [through, perChannel(offset)]));
    });
    return y;
  }

  private statistic(name: string, size: number, now: string): void {
    this.statistics.push({ name, size });
    const before = this.graph.input(name, [size]);
    const kept = this.op('Mul', [before, this.number(1 - NEWEST)]);
    this.graph.node('Add', [kept, this.op('Mul', [now, this.number(NEWEST)])], {}, `${name}/next`);
    this.graph.output(`${name}/next`, [size]);
  }

  private relu(x: Value): Value {
    const y = { id: this.op('Relu', [x.id]), shape: x.shape };
    this.backward.push(() => {
      this.addGradient(x.id, this.op('Mul', [this.gradients.get(y.id)!, this.op('Sign', [y.id])]));
    });
    return y;
  }

  private maxPool(x: Value): Value {
    const [batch, channels, height, width] = x.shape;
    const window = { kernel_shape: [2, 2], strides: [2, 2] };
    const [id, where] = this.graph.nodeOf('MaxPool', [x.id], window, [`${x.id}/pool`, `${x.id}/where`]);
    this.backward.push(() => {
      this.addGradient(x.id, this.op('MaxUnpool', [this.gradients.get(id)!, where], window));
    });
    return { id, shape: [batch, channels, height / 2, width / 2] };
  }

  private averagePool(x: Value): Value {
    const [batch, channels, height, width] = x.shape;
    const id = this.op('AveragePool', [x.id], { kernel_shape: [2, 2], strides: [2, 2] });
    this.backward.push(() => {
      const share = this.op('Mul', [this.gradients.get(id)!, this.number(0.25)]);
      const apart = this.op('Reshape', [share, this.integers([batch, channels, height / 2, 1, width / 2, 1])]);
      const spread = this.op('Expand', [apart, this.integers([batch, channels, height / 2, 2, width / 2, 2])]);
      this.addGradient(x.id, this.op('Reshape', [spread, this.integers(x.shape)]));
    });
    return { id, shape: [batch, channels, height / 2, width / 2] };
  }

  private flatten(x: Value): Value {
    const [batch, channels, height, width] = x.shape;
    const id = this.op('Flatten', [this.op('Transpose', [x.id], { perm: [0, 2, 3, 1] })], { axis: 1 });
    this.backward.push(() => {
      const apart = this.op('Reshape', [this.gradients.get(id)!, this.integers([batch, height, width, channels])]);
      this.addGradient(x.id, this.op('Transpose', [apart], { perm: [0, 3, 1, 2] }));
    });
    return { id, shape: [batch, channels * height * width] };
  }

  private dense(x: Value, units: number, name: string): Value {
    const inputs = x.shape[1];
    const w = this.parameter(`${name}/kernel`, [inputs, units], Math.sqrt(2 / inputs));
    const b = this.parameter(`${name}/bias`, [units], 0);
    const y = { id: this.op('Gemm', [x.id, w, b]), shape: [x.shape[0], units] };
    this.backward.push(() => {
      const dy = this.gradients.get(y.id)!;
      this.addGradient(x.id, this.op('Gemm', [dy, w], { transB: 1 }));
      this.addGradient(w, this.op('Gemm', [x.id, dy], { transA: 1 }));
      this.addGradient(b, this.op('ReduceSum', [dy, this.integers([0])], { keepdims: 0 }));
    });
    return y;
  }

  /** Rows divided by their lengths. */
  private unit(x: Value): Value {
    const square = this.op('ReduceSum', [this.op('Mul', [x.id, x.id]), this.integers([1])], { keepdims: 1 });
    const length = this.op('Sqrt', [this.op('Add', [square, this.number(1e-8)])]);
    const y = { id: this.op('Div', [x.id, length]), shape: x.shape };
    this.backward.push(() => {
      const dy = this.gradients.get(y.id)!;
      const along = this.op('ReduceSum', [this.op('Mul', [dy, y.id]), this.integers([1])], { keepdims: 1 });
      const across = this.op('Sub', [dy, this.op('Mul', [y.id, along])]);
      this.addGradient(x.id, this.op('Div', [across, length]));
    });
    return y;
  }

  private cosineLogits(x: Value, { classes, scale, margin }: Loss & { kind: 'cosine' }): Value {
    const size = x.shape[1];
    const directions = { id: this.parameter('classes', [classes, size], 0.05), shape: [classes, size] };
    const e = this.unit(x);
    const w = this.unit(directions);
    const cosines = this.op('Gemm', [e.id, w.id], { transB: 1 });
    const handicap = this.op('Sub', [cosines, this.op('Mul', ['labels', this.number(margin)])]);
    const y = { id: this.op('Mul', [handicap, this.number(scale)]), shape: [this.batch, classes] };
    this.backward.push(() => {
      const dc = this.op('Mul', [this.gradients.get(y.id)!, this.number(scale)]);
      this.addGradient(e.id, this.op('Gemm', [dc, w.id]));
      this.addGradient(w.id, this.op('Gemm', [dc, e.id], { transA: 1 }));
    });
    return y;
  }

  private crossEntropy(logits: Value): void {
    const logProbs = this.op('LogSoftmax', [logits.id], { axis: 1 });
    const each = this.op('ReduceSum', [this.op('Mul', [logProbs, 'labels']), this.integers([1])], { keepdims: 0 });
    this.graph.node('Neg', [this.op('ReduceMean', [each], { keepdims: 0 })], {}, 'loss');
    this.graph.output('loss', []);
    this.backward.push(() => {
      const error = this.op('Sub', [this.op('Exp', [logProbs]), 'labels']);
      this.addGradient(logits.id, this.op('Mul', [error, this.number(1 / this.batch)]));
    });
  }

  /** Inputs `rate`, `correct1`, `correct2`: step size and 1 / (1 − βᵗ). */
  private adam(): void {
    const { graph } = this;
    for (const scalar of ['rate', 'correct1', 'correct2']) graph.input(scalar, []);
    const blend = (before: string, now: string, beta: number, output: string) =>
      graph.node(
        'Add',
        [this.op('Mul', [before, this.number(beta)]), this.op('Mul', [now, this.number(1 - beta)])],
        {},
        output,
      );
    for (const { name, shape } of this.parameters) {
      const gradient = this.gradients.get(name)!;
      graph.input(`${name}/m`, shape);
      graph.input(`${name}/v`, shape);
      const m = blend(`${name}/m`, gradient, BETA1, `${name}/m/next`);
      const v = blend(`${name}/v`, this.op('Mul', [gradient, gradient]), BETA2, `${name}/v/next`);
      const root = this.op('Add', [this.op('Sqrt', [this.op('Mul', [v, 'correct2'])]), this.number(1e-8)]);
      const step = this.op('Div', [this.op('Mul', [m, 'correct1']), root]);
      graph.node('Sub', [name, this.op('Mul', [step, 'rate'])], {}, `${name}/next`);
      for (const part of ['', '/m', '/v']) graph.output(`${name}${part}/next`, shape);
    }
  }
}
