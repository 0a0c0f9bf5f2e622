import type { Manifest } from '../../models/backend/model-folder.ts';
import type { ParityRow, SpeedRow } from './model-speed.ts';

/** Speed, parity and accuracy of the models as lines of text. */
export function modelsTable(
  { speed, parity }: { readonly speed: readonly SpeedRow[]; readonly parity: readonly ParityRow[] },
  manifests: readonly Manifest[],
): string {
  const rate = (value: number) => value.toFixed(0).padStart(8);
  return [
    'crops per second: by the clock (median by benny), per second of CPU time; one thread',
    ...speed.map(
      ({ model, backend, batch, perSecond, perCpuSecond }) =>
        `${model.padEnd(20)} ${backend.padEnd(18)} batch ${String(batch).padStart(3)} ${rate(perSecond)} ${rate(perCpuSecond)}`,
    ),
    '',
    'largest difference of any output from the first backend that loads, 4 crops',
    ...parity.map(({ model, backend, largest, reason }) => {
      const said = largest === null ? `not measured, it does not load here: ${reason}` : largest.toExponential(1);
      return `${model.padEnd(20)} ${backend.padEnd(18)} ${said}`;
    }),
    '',
    'accuracy on products and cameras never seen in training, as the manifests of the weights say',
    ...manifests.flatMap(({ model, metrics, training }) => [
      `${model} (seed ${training.seed}, ${training.date})`,
      ...Object.entries(metrics).map(([name, value]) => `  ${name.padEnd(28)} ${value.toFixed(4)}`),
    ]),
  ].join('\n');
}
