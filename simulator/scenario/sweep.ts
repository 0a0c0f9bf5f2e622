import type { Report } from './check/report.ts';
import { LIMITS } from './limits.ts';
import { entriesAt, type Path, plain, type Tree } from './yaml/tree.ts';

/** Stands in a sweep for what the file itself says. */
export const AS_WRITTEN = '@all';

/** One run of a sweep: dotted path → plain value. */
export interface SweepRun {
  readonly overrides: Readonly<Record<string, unknown>>;
  /** `run.seed=3 sensors.scales.noise.white=0.5g`. */
  readonly label: string;
}

/** Every combination of a sweep's values, the last path changing fastest; one run without overrides if there is no sweep. */
export function sweepRuns(tree: Tree): readonly SweepRun[] {
  let runs: readonly SweepRun[] = [{ overrides: {}, label: '' }];
  for (const [path, values] of sweptValues(tree)) {
    runs = runs.flatMap((run) =>
      values.map((value) => ({
        overrides: { ...run.overrides, [path]: value },
        label: `${run.label}${run.label ? ' ' : ''}${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      })),
    );
  }
  return runs;
}

/** Path → values, in the file's order; malformed ones are left out. */
export function sweptValues(tree: Tree): ReadonlyMap<string, readonly unknown[]> {
  const result = new Map<string, readonly unknown[]>();
  for (const [path, { value }] of entriesAt(tree, ['sweep'])) {
    const values = valuesOf(value);
    if (values) result.set(path, values);
  }
  return result;
}

function valuesOf(tree: Tree): readonly unknown[] | undefined {
  if (tree.kind === 'list') return tree.items.map(plain);
  const match = tree.kind === 'leaf' ? /^(\d{1,15})\.\.(\d{1,15})(?:\.\.(\d{1,15}))?$/.exec(String(tree.value)) : null;
  if (!match) return undefined;
  const [first, last, step] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)];
  const count = Math.floor((last - first) / step) + 1;
  if (!(count >= 1) || count > LIMITS.runs) return undefined;
  return Array.from({ length: count }, (_, i) => first + i * step);
}

/** Notes malformed values and sweeps of too many runs. */
export function checkSweep(report: Report): void {
  let runs = 1;
  for (const [key, { value }] of entriesAt(report.tree, ['sweep'])) {
    const path: Path = ['sweep', key];
    const values = valuesOf(value);
    if (!values) report.add(path, `a list, or a range of at most ${LIMITS.runs} integers such as 1..20`);
    else if (values.length === 0) report.add(path, 'at least one value');
    runs *= values?.length ?? 1;
  }
  if (runs > LIMITS.runs) report.add(['sweep'], `at most ${LIMITS.runs} runs`, `${runs} runs`);
}
