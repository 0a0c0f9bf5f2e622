import { describe, expect, test } from 'vitest';
import { BACKENDS } from './inference-backend.ts';
import { openBackend, tryBackend } from './open-backend.ts';
import { anyNumbers, anyWeights, SMALL_NET, smallFiles } from './test-model.ts';

const BATCH = 5;
const pictures = anyNumbers(BATCH * 12 * 12 * 3, 99);

/** The net computed by its definition, one picture at a time. */
function reference(picture: Float32Array): number[] {
  const weights = anyWeights(SMALL_NET);
  let [height, width, channels]: readonly number[] = SMALL_NET.picture;
  let x: number[] = Array.from(picture);
  for (const layer of SMALL_NET.layers) {
    if (layer.kind === 'conv') {
      const { kernel, stride, filters } = layer;
      const w = weights.get(`${layer.name}/kernel`)!;
      const b = weights.get(`${layer.name}/bias`)!;
      const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
      const before = (size: number, out: number) => Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2);
      const [top, left] = [before(height, rows), before(width, columns)];
      const y: number[] = [];
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++)
          for (let f = 0; f < filters; f++) {
            let sum = b[f];
            for (let i = 0; i < kernel; i++)
              for (let j = 0; j < kernel; j++)
                for (let k = 0; k < channels; k++) {
                  const [v, u] = [r * stride + i - top, c * stride + j - left];
                  if (v < 0 || u < 0 || v >= height || u >= width) continue;
                  sum += x[(v * width + u) * channels + k] * w[((i * kernel + j) * channels + k) * filters + f];
                }
            y.push(Math.max(0, sum));
          }
      [x, height, width, channels] = [y, rows, columns, filters];
    } else if (layer.kind === 'max-pool' || layer.kind === 'average-pool') {
      const y: number[] = [];
      for (let r = 0; r < height / 2; r++)
        for (let c = 0; c < width / 2; c++)
          for (let k = 0; k < channels; k++) {
            const four = [0, 1, 2, 3].map((q) => x[((2 * r + (q >> 1)) * width + 2 * c + (q & 1)) * channels + k]);
            y.push(layer.kind === 'max-pool' ? Math.max(...four) : four.reduce((a, b) => a + b) / 4);
          }
      [x, height, width] = [y, height / 2, width / 2];
    } else if (layer.kind === 'dense') {
      const w = weights.get(`${layer.name}/kernel`)!;
      const b = weights.get(`${layer.name}/bias`)!;
      const y = Array.from(b, (bias, u) => x.reduce((sum, value, i) => sum + value * w[i * layer.units + u], bias));
      if (layer.activation === 'softmax') {
        const powers = y.map(Math.exp);
        const sum = powers.reduce((a, c) => a + c);
        x = powers.map((power) => power / sum);
      } else x = layer.activation === 'relu' ? y.map((value) => Math.max(0, value)) : y;
    }
  }
  return x;
}

for (const name of BACKENDS) {
  const { backend, reason } = await tryBackend(name);
  if (backend === null) {
    console.log(`${name}: skipped, it does not load here: ${reason}`);
    continue;
  }
  describe(name, () => {
    test('computes what the net’s definition says, to 1e-4', async () => {
      const model = await backend.load(smallFiles());
      const { output } = await model.run({ picture: pictures }, BATCH);
      const wanted = Array.from({ length: BATCH }, (_, i) =>
        reference(pictures.subarray(432 * i, 432 * (i + 1))),
      ).flat();
      expect(output.length).toBe(wanted.length);
      for (const [i, value] of output.entries()) expect(Math.abs(value - wanted[i])).toBeLessThan(1e-4);
      await model.dispose();
    });

    test('gives the same for a picture alone as for one among others', async () => {
      const model = await backend.load(smallFiles());
      const { output } = await model.run({ picture: pictures }, BATCH);
      const alone = await model.run({ picture: pictures.slice(432, 864) }, 1);
      for (let k = 0; k < 3; k++) expect(alone['output'][k]).toBeCloseTo(output[3 + k], 5);
      await model.dispose();
    });

    test('refuses inputs of another size, name or batch with what it expected', async () => {
      const model = await backend.load(smallFiles());
      await expect(model.run({ picture: pictures }, 4)).rejects.toThrow('expected 4 × 12 × 12 × 3 numbers');
      await expect(model.run({ image: pictures }, BATCH)).rejects.toThrow('input picture: found nothing of the kind');
      await expect(model.run({ picture: pictures, more: pictures }, BATCH)).rejects.toThrow('input more');
      await expect(model.run({ picture: new Float32Array(0) }, 0)).rejects.toThrow('expected a whole number from 1');
      await model.dispose();
    });

    test('refuses broken files and files of another shape', async () => {
      const files = smallFiles();
      const half = {
        ...files,
        onnx: files.onnx.slice(0, files.onnx.length >> 1),
        tfjsWeights: files.tfjsWeights.slice(0, files.tfjsWeights.length >> 1),
      };
      await expect(backend.load(half)).rejects.toThrow(/small: (ONNX|tfjs): found .*that do not load/);
      const noise = { ...files, onnx: Uint8Array.of(1, 2, 3), tfjsModelJson: '{"modelTopology":{}}' };
      await expect(backend.load(noise)).rejects.toThrow('that do not load');
      const other = { ...files, inputs: [{ name: 'picture', shape: [16, 16, 3] }] };
      await expect(backend.load(other)).rejects.toThrow('expected N × 16 × 16 × 3');
    });
  });
}

test('opens the forced backend and no other', async () => {
  expect((await openBackend('tfjs-cpu')).backend.name).toBe('tfjs-cpu');
  await expect(openBackend('cuda')).rejects.toThrow('--backend: found cuda, expected one of onnxruntime-node');
});

test('prefers onnxruntime, and says why what it tried before did not load', async () => {
  const { backend, skipped } = await openBackend();
  expect(backend.name).toBe(BACKENDS[skipped.length]);
  for (const { reason } of skipped) expect(reason).toBeTruthy();
});
