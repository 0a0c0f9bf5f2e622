import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tryBackend } from '../backend/open-backend.ts';
import { anyWeights } from '../backend/test-model.ts';
import { layerShapes, type NetDescription, samePadding } from './net-description.ts';
import { writeOnnx } from './write-onnx.ts';
import { writeTfjs } from './write-tfjs.ts';

const netOf = (side: number, filters: number, kernel: number, stride: number): NetDescription => ({
  name: 'any',
  picture: [side, side, 3],
  layers: [
    { kind: 'conv', name: 'conv', filters, kernel, stride },
    { kind: 'flatten' },
    { kind: 'dense', name: 'dense', units: 4, activation: 'linear' },
  ],
});

test('pads so that a stride divides the size, as often before as after or once more after', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 3 }),
      (size, kernel, stride) => {
        const [before, after] = samePadding(size, kernel, stride);
        expect(after === before || after === before + 1).toBe(true);
        const out = Math.floor((size + before + after - kernel) / stride) + 1;
        if (kernel >= stride) expect(out).toBe(Math.ceil(size / stride));
      },
    ),
  );
});

test('writes the same net into both formats, whatever its shape', async () => {
  const [onnx, tfjs] = [await tryBackend('onnxruntime-node'), await tryBackend('tfjs-cpu')];
  if (!onnx.backend || !tfjs.backend) {
    console.log(`skipped: ${onnx.reason ?? tfjs.reason}`);
    return;
  }
  const shape = fc.tuple(
    fc.integer({ min: 4, max: 13 }),
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom(1, 3, 5),
    fc.constantFrom(1, 2),
  );
  await fc.assert(
    fc.asyncProperty(shape, async ([side, filters, kernel, stride]) => {
      const net = netOf(side, filters, kernel, stride);
      const weights = anyWeights(net);
      const { modelJson, weights: tfjsWeights } = writeTfjs(net, weights, 'model.bin');
      const files = {
        where: 'any',
        onnx: writeOnnx(net, weights),
        tfjsModelJson: modelJson,
        tfjsWeights,
        inputs: [{ name: 'picture', shape: net.picture }],
        outputs: [{ name: 'output', shape: layerShapes(net)[2] }],
      };
      const picture = Float32Array.from({ length: 3 * side * side }, (_, i) => ((i * 7) % 11) / 11 - 0.5);
      const results: Float32Array[] = [];
      for (const backend of [onnx.backend!, tfjs.backend!]) {
        const model = await backend.load(files);
        results.push((await model.run({ picture }, 1))['output']);
        await model.dispose();
      }
      for (let k = 0; k < 4; k++) expect(Math.abs(results[0][k] - results[1][k])).toBeLessThan(1e-4);
    }),
    { numRuns: 12 },
  );
});
