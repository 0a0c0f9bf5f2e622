import type { CaseJob } from '../accuracy/case-job.ts';
import type { CaseRow } from '../accuracy/case-row.ts';
import { cellsOf, type FigureKey, lineOutcomes } from '../accuracy/figures.ts';
import { type PlayOptions, playJobs } from '../accuracy/play-jobs.ts';
import { calibrationError } from '../score/calibration.ts';
import { scenariosIn } from '../splits.ts';
import { type Interval, ratioInterval } from '../statistics/bootstrap.ts';
import type { NoisePart } from './run-change.ts';

/** One thing that is varied, everything else as the scenario says. */
export interface Sweep {
  readonly name: string;
  readonly xLabel: string;
  readonly file: string;
  readonly logX: boolean;
  readonly points: readonly (Pick<CaseJob, 'overrides' | 'change'> & {
    readonly x: number;
    /** What the point is called, where it is no number. */
    readonly place: string;
  })[];
}

const LAB = 'robustness/lab.yaml';
const STORE = 'robustness/store.yaml';

const point = (x: number, varied: Partial<Pick<CaseJob, 'overrides' | 'change'>>, place = String(x)) => ({
  ...{ x, place, overrides: {}, change: {} },
  ...varied,
});

const FACTORS = [0.5, 1, 2, 4];

/** Noise of one kind of thing alone: whose noise it is that hurts. */
const noiseAlone = (part: NoisePart, of: string): Sweep => ({
  ...{ name: `noise-${part}`, xLabel: `noise of ${of} alone, times the default`, file: LAB, logX: true },
  points: FACTORS.map((x) => point(x, { change: { noiseFactor: x, noiseOf: [part] } })),
});

/** What is played unless told otherwise. */
export const USUAL = 5;

export const SWEEPS: readonly Sweep[] = [
  {
    ...{
      name: 'noise',
      xLabel: 'noise of scales, cameras and commissioning, times the default',
      file: LAB,
      logX: true,
    },
    points: FACTORS.map((x) => point(x, { change: { noiseFactor: x } })),
  },
  {
    ...{ name: 'cameras', xLabel: 'cameras', file: LAB, logX: false },
    points: [2, 3, 4, 6, 8, 12].map((x) => point(x, { change: { cameras: x } })),
  },
  {
    ...{ name: 'scales', xLabel: 'load cells', file: LAB, logX: false },
    points: [
      ...['plate', 'lane', 'shelf'].map((per, x) =>
        point(x, { overrides: { 'sensors.scales.per': per } }, `per ${per}`),
      ),
      point(3, { overrides: { 'sensors.scales': null } }, 'none'),
    ],
  },
  {
    ...{ name: 'shoppers', xLabel: 'shoppers within 90 s on 80 m²', file: STORE, logX: false },
    points: [1, 10, 20, 40, 60].map((x) => point(x, { overrides: { 'shoppers.crowd.arrive.count': x } })),
  },
  {
    ...{ name: 'adversarial', xLabel: 'share of items acted out to confuse', file: LAB, logX: false },
    points: [0, 0.2, 0.4, 0.6, 0.8].map((x) => point(x, { overrides: { 'shoppers.visitors.adversarial': x } })),
  },
  noiseAlone('scales', 'scales'),
  noiseAlone('cameras', 'cameras'),
  noiseAlone('installation', 'commissioning (cameras aside, wrong planogram, lot weights)'),
];

/** What is drawn over a sweep. */
export const SWEEP_FIGURES: readonly FigureKey[] = ['itemF1', 'exactCarts', 'reviewed'];

export interface SweepPoint {
  readonly x: number;
  readonly place: string;
  readonly figures: Readonly<Record<string, Interval | null>>;
  readonly lineEce: number | null;
  readonly meanConfidence: number | null;
}

export interface SweepResult {
  readonly sweep: Sweep;
  readonly seeds: readonly number[];
  /** Method → its points. */
  readonly curves: ReadonlyMap<string, readonly SweepPoint[]>;
}

/** Plays sweeps with the same seeds at every point; empty after an interruption. */
export async function measureSweeps(
  sweeps: readonly Sweep[],
  methods: readonly string[],
  seeds: readonly number[],
  options: PlayOptions,
): Promise<SweepResult[]> {
  const planned = sweeps.flatMap((sweep) =>
    sweep.points.flatMap(({ overrides, change }, at) =>
      seeds.map((seed) => ({
        ...{ sweep, at },
        job: { file: scenariosIn(sweep.file)[0]!, seed, overrides, change, methods, options: {} } as CaseJob,
      })),
    ),
  );
  const played = await playJobs(
    planned.map(({ job }) => job),
    options,
  );
  if (played.interrupted) return [];
  const rowsAt = (sweep: Sweep, at: number, method: string) =>
    planned.flatMap((one, i) =>
      one.sweep === sweep && one.at === at ? played.rows[i]!.filter((row) => row.method === method) : [],
    );
  return sweeps.map((sweep) => ({
    ...{ sweep, seeds },
    curves: new Map(
      methods.map((method) => [
        method,
        sweep.points.map(({ x, place }, at) => ({ x, place, ...pointOf(rowsAt(sweep, at, method)) })),
      ]),
    ),
  }));
}

function pointOf(rows: readonly CaseRow[]): Omit<SweepPoint, 'x' | 'place'> {
  const lines = lineOutcomes(rows);
  return {
    figures: Object.fromEntries(SWEEP_FIGURES.map((key) => [key, ratioInterval(cellsOf(key, rows))])),
    lineEce: calibrationError(lines),
    meanConfidence: lines.length > 0 ? lines.reduce((sum, [prob]) => sum + prob, 0) / lines.length : null,
  };
}

/** Sweeps as text: one block each, a row per method and point. */
export function sweepText(results: readonly SweepResult[]): string {
  const cell = (value: number | null, digits = 3) => (value === null ? '–' : value.toFixed(digits)).padStart(13);
  return results
    .map(({ sweep, seeds, curves }) => {
      const head = `${sweep.name}: ${sweep.xLabel} (${sweep.file}, ${seeds.length} seeds)`;
      const titles = ['item F1', 'exact carts', 'review/1000', 'ECE lines', 'confidence'];
      const rows = [...curves].flatMap(([method, points]) =>
        points.map(
          ({ place, figures, lineEce, meanConfidence }) =>
            `${method.padEnd(18)}${place.padEnd(10)}${cell(figures['itemF1']?.value ?? null)}${cell(figures['exactCarts']?.value ?? null)}${cell(figures['reviewed']?.value ?? null, 0)}${cell(lineEce)}${cell(meanConfidence)}`,
        ),
      );
      return [head, ' '.repeat(28) + titles.map((title) => title.padStart(13)).join(''), ...rows].join('\n');
    })
    .join('\n\n');
}
