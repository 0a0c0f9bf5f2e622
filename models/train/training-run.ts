import * as ort from 'onnxruntime-node';
import { INPUT, type NetDescription, type Weights } from '../net/net-description.ts';
import { Dice } from './dice.ts';
import { type Loss, TrainingGraph, VARIANCE_FLOOR } from './training-graph.ts';

/** A net in training: parameters, Adam's moments, and how many steps were taken. */
export class TrainingRun {
  readonly net: NetDescription;
  readonly batch: number;
  steps = 0;
  private readonly session: ort.InferenceSession;
  private readonly graph: TrainingGraph;
  private state: Record<string, ort.Tensor> = {};

  private constructor(net: NetDescription, batch: number, graph: TrainingGraph, session: ort.InferenceSession) {
    this.net = net;
    this.batch = batch;
    this.graph = graph;
    this.session = session;
  }

  /** A net with random weights from the seed. */
  static async start(
    net: NetDescription,
    batch: number,
    loss: Loss,
    seed: number,
    threads: number,
  ): Promise<TrainingRun> {
    const graph = new TrainingGraph(net, batch, loss);
    const session = await ort.InferenceSession.create(graph.bytes, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      // Threads that wait must not burn what others on the machine could use.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    const run = new TrainingRun(net, batch, graph, session);
    for (const { name, shape, sd } of graph.parameters) {
      const dice = new Dice(seed, name);
      const size = shape.reduce((a, b) => a * b, 1);
      run.set(
        name,
        Float32Array.from({ length: size }, () => (sd === 0 ? 0 : sd * dice.normal())),
        shape,
      );
      for (const moment of ['/m', '/v']) run.set(name + moment, new Float32Array(size), shape);
    }
    for (const { name, size } of graph.statistics) run.set(name, new Float32Array(size), [size]);
    return run;
  }

  /** Takes one step; `labels`: batch × classes, each row adds up to 1. Returns the loss. */
  async step(pictures: Float32Array, labels: Float32Array, rate: number): Promise<number> {
    this.steps += 1;
    const scalar = (value: number) => new ort.Tensor('float32', [value], []);
    const out = await this.session.run({
      ...this.state,
      [INPUT]: new ort.Tensor('float32', pictures, [this.batch, ...this.net.picture]),
      labels: new ort.Tensor('float32', labels, [this.batch, labels.length / this.batch]),
      rate: scalar(rate),
      correct1: scalar(1 / (1 - 0.9 ** this.steps)),
      correct2: scalar(1 / (1 - 0.999 ** this.steps)),
    });
    for (const name of Object.keys(this.state)) this.state[name] = out[`${name}/next`] as ort.Tensor;
    return (out['loss'].data as Float32Array)[0];
  }

  /** The net's weights as files have them, normalisation folded into convolutions; the directions of classes stay behind. */
  weights(): Weights {
    const found = new Map<string, Float32Array>();
    for (const { name, shape } of this.graph.parameters) {
      const values = this.state[name].data as Float32Array;
      if (shape.length === 4) this.foldInto(found, name.replace('/kernel', ''), values, shape);
      else if (name !== 'classes' && !found.has(name) && !name.endsWith('/gain'))
        found.set(name, Float32Array.from(values));
    }
    return found;
  }

  private foldInto(
    out: Map<string, Float32Array>,
    layer: string,
    kernel: Float32Array,
    shape: readonly number[],
  ): void {
    const of = (part: string) => this.state[`${layer}/${part}`].data as Float32Array;
    // What a running mean that began at zero lacks after few steps.
    const share = 1 - 0.99 ** this.steps;
    const scale = of('gain').map((gain, f) => (1 + gain) / Math.sqrt(of('variance')[f] / share + VARIANCE_FLOOR));
    const per = kernel.length / scale.length;
    const folded = kernel.map((value, i) => value * scale[Math.floor(i / per)]);
    out.set(`${layer}/kernel`, kernelHwio(folded, shape));
    out.set(
      `${layer}/bias`,
      of('bias').map((bias, f) => bias - (of('mean')[f] / share) * scale[f]),
    );
  }

  /** Directions of the classes, of length 1. */
  directions(): Float32Array {
    const { data, dims } = this.state['classes'];
    const rows = Float32Array.from(data as Float32Array);
    for (let at = 0; at < rows.length; at += dims[1]) {
      const row = rows.subarray(at, at + dims[1]);
      const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
      for (let k = 0; k < row.length; k++) row[k] /= length;
    }
    return rows;
  }

  /** Everything needed to go on later. */
  save(): Uint8Array {
    const arrays = Object.values(this.state).map((tensor) => tensor.data as Float32Array);
    const out = new Float32Array(1 + arrays.reduce((sum, array) => sum + array.length, 0));
    out[0] = this.steps;
    let at = 1;
    for (const array of arrays) {
      out.set(array, at);
      at += array.length;
    }
    return new Uint8Array(out.buffer);
  }

  /** Goes on from what `save` gave; false when it belongs to another net. */
  restore(bytes: Uint8Array): boolean {
    const values = new Float32Array(Uint8Array.from(bytes).buffer);
    const total = Object.values(this.state).reduce((sum, tensor) => sum + tensor.size, 1);
    if (values.length !== total) return false;
    this.steps = values[0];
    let at = 1;
    for (const [name, tensor] of Object.entries(this.state)) {
      this.set(name, values.slice(at, at + tensor.size), tensor.dims);
      at += tensor.size;
    }
    return true;
  }

  private set(name: string, values: Float32Array, shape: readonly number[]): void {
    this.state[name] = new ort.Tensor('float32', values, shape);
  }
}

/** Kernels from out × in × height × width to height × width × in × out. */
function kernelHwio(values: Float32Array, [filters, channels, height, width]: readonly number[]): Float32Array {
  const out = new Float32Array(values.length);
  const area = height * width;
  for (let f = 0; f < filters; f++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < area; p++) out[(p * channels + c) * filters + f] = values[(f * channels + c) * area + p];
  return out;
}
