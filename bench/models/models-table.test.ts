import { expect, test } from 'vitest';
import { modelsTable } from './models-table.ts';

test('marks a backend that does not load as not measured, and never with a number', () => {
  const parity = [
    { model: 'm', backend: 'onnxruntime-node', largest: 0, reason: null },
    { model: 'm', backend: 'tfjs-node', largest: null, reason: 'no such package' },
  ] as const;
  const speed = [{ model: 'm', backend: 'onnxruntime-node', batch: 8, perSecond: 4000, perCpuSecond: 4100 }] as const;
  const lines = modelsTable({ speed, parity }, []).split('\n');
  const ofTfjs = lines.filter((line) => line.includes('tfjs-node'));
  expect(ofTfjs).toEqual([expect.stringContaining('not measured, it does not load here: no such package')]);
  expect(lines.some((line) => /onnxruntime-node\s+batch\s+8\s+4000\s+4100/.test(line))).toBe(true);
});
