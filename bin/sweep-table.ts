import { styleText } from 'node:util';
import type { RunResult } from '../bench/score/run-result.ts';
import { poolScores } from '../bench/score/score-counts.ts';
import { overrideArguments } from './override-value.ts';

/** One run of a sweep, as kept in `rows.jsonl`. */
export interface SweepRow extends Pick<RunResult, 'seed' | 'verdict' | 'scores' | 'counts' | 'speed' | 'hashes'> {
  /** Identifies file, method and values, so that a resumed sweep knows what is done. */
  readonly key: string;
  readonly label: string;
  readonly overrides: Readonly<Record<string, unknown>>;
}

const columns = [
  ['caseF1', 'case F1'],
  ['itemF1', 'item F1'],
  ['exactCartRate', 'exact carts'],
  ['changeRecall', 'change recall'],
  ['associationAccuracy', 'association'],
  ['hota', 'HOTA'],
] as const;

/** Values that vary, pooled over seeds: one line per combination. */
export function sweepTable(rows: readonly SweepRow[]): string {
  const groups = new Map<string, SweepRow[]>();
  for (const row of rows) {
    const rest = Object.entries(row.overrides).filter(([path]) => path !== 'run.seed');
    const name = rest.map(([path, value]) => `${path.split('.').at(-1)}=${show(value)}`).join(' ') || 'all';
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const width = Math.max(11, ...[...groups.keys()].map((name) => name.length));
  const lines = [
    [`${'combination'.padEnd(width)}  runs  passed`, ...columns.map(([, title]) => title.padStart(15))].join(''),
  ];
  for (const [name, group] of groups) {
    const scores = poolScores(group.map((row) => row.counts));
    const passed = group.filter((row) => row.verdict === 'pass').length;
    const cells = columns.map(([key]) => (scores[key] === null ? '–' : scores[key].toFixed(3)).padStart(15));
    lines.push(
      `${name.padEnd(width)}  ${String(group.length).padStart(4)}  ${String(passed).padStart(6)}${cells.join('')}`,
    );
  }
  return lines.join('\n');
}

/** The command that replays the run with the lowest case F1 (first of equals). */
export function worstCommand(
  file: string,
  rows: readonly SweepRow[],
  options: { attribution: string; ablate: readonly string[]; tracks: string; cameras?: string },
): string {
  let worst: SweepRow | null = null;
  for (const row of rows) {
    if (worst === null || (row.scores.caseF1 ?? 1) < (worst.scores.caseF1 ?? 1)) worst = row;
  }
  if (worst === null) return 'no run finished';
  const { 'run.seed': _, ...overrides } = worst.overrides;
  const ablate = options.ablate.length > 0 ? ` --ablate ${options.ablate.join(',')}` : '';
  const tracks = options.tracks === 'engine' ? '' : ` --tracks ${options.tracks}`;
  const cameras = options.cameras === undefined ? '' : ` --cameras ${options.cameras}`;
  const method = `--attribution ${options.attribution}${ablate}${tracks}${cameras}`;
  const command = `aisle run ${file} --seed ${worst.seed} ${method}${overrideArguments(overrides)}`;
  return `worst run (case F1 ${worst.scores.caseF1?.toFixed(3) ?? '–'}):\n  ${styleText('bold', command)}`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `${value.length} entries`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
