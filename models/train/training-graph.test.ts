import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { anyNumbers } from '../backend/test-model.ts';
import type { NetDescription } from '../net/net-description.ts';
import { type Loss, TrainingGraph } from './training-graph.ts';

const BATCH = 3;
const NET: NetDescription = {
  name: 'tiny',
  picture: [8, 8, 3],
  layers: [
    { kind: 'conv', name: 'first', filters: 3, kernel: 5, stride: 2 },
    { kind: 'conv', name: 'second', filters: 4, kernel: 3, stride: 1 },
    { kind: 'max-pool' },
    { kind: 'average-pool' },
    { kind: 'flatten' },
    { kind: 'dense', name: 'hidden', units: 6, activation: 'relu' },
    { kind: 'dense', name: 'last', units: 5, activation: 'linear' },
  ],
};

/** Adam's first moment after one step from zero is a tenth of the gradient. */
async function lossAndGradients(loss: Loss, classes: number) {
  const graph = new TrainingGraph(NET, BATCH, loss);
  const session = await ort.InferenceSession.create(graph.bytes);
  const values = new Map(
    graph.parameters.map(({ name, shape }, i) => [
      name,
      anyNumbers(
        shape.reduce((a, b) => a * b, 1),
        i + 5,
      ),
    ]),
  );
  const picture = anyNumbers(BATCH * 192, 77).map((value) => 2 * value);
  const labels = new Float32Array(BATCH * classes);
  for (let k = 0; k < BATCH; k++) labels[k * classes + (k % classes)] = 1;
  const run = async () => {
    const scalar = (value: number) => new ort.Tensor('float32', [value], []);
    const feeds: Record<string, ort.Tensor> = {
      picture: new ort.Tensor('float32', picture, [BATCH, 8, 8, 3]),
      labels: new ort.Tensor('float32', labels, [BATCH, classes]),
      rate: scalar(0),
      correct1: scalar(1),
      correct2: scalar(1),
    };
    for (const { name, shape } of graph.parameters) {
      const array = values.get(name)!;
      feeds[name] = new ort.Tensor('float32', array, shape);
      for (const moment of ['/m', '/v'])
        feeds[name + moment] = new ort.Tensor('float32', new Float32Array(array.length), shape);
    }
    for (const { name, size } of graph.statistics)
      feeds[name] = new ort.Tensor('float32', new Float32Array(size), [size]);
    return session.run(feeds);
  };
  return { graph, values, run };
}

for (const [loss, classes] of [
  [{ kind: 'softmax' }, 5],
  [{ kind: 'cosine', classes: 4, scale: 8, margin: 0.1 }, 4],
] as const) {
  test(`differentiates the ${loss.kind} loss as small changes of each parameter say`, async () => {
    const { graph, values, run } = await lossAndGradients(loss, classes);
    const at = await run();
    for (const { name } of graph.parameters) {
      const gradient = at[`${name}/m/next`].data as Float32Array;
      const array = values.get(name)!;
      const steep = gradient.reduce((best, value, i) => (Math.abs(value) > Math.abs(gradient[best]) ? i : best), 0);
      const kept = array[steep];
      const step = 2e-3;
      array[steep] = kept + step;
      const above = ((await run())['loss'].data as Float32Array)[0];
      array[steep] = kept - step;
      const below = ((await run())['loss'].data as Float32Array)[0];
      array[steep] = kept;
      const measured = (above - below) / (2 * step);
      const computed = 10 * gradient[steep];
      expect(Math.abs(computed)).toBeGreaterThan(1e-4);
      expect(Math.abs(measured - computed), name).toBeLessThan(0.02 * Math.abs(computed) + 2e-3);
    }
  });
}
