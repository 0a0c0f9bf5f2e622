import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../splits.ts';
import type { SuiteFigures } from './comparison.ts';
import { sourcesHash } from './row-cache.ts';
import { dash } from './table.ts';

/** Commit that is checked out, marked where files differ from it; `unknown` outside a repository. */
function commit(): string {
  try {
    const git = (...words: string[]) => execFileSync('git', words, { cwd: PROJECT, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}

/** One line per method of a run of the locked family. */
export function lockedLines({ figures, seeds }: SuiteFigures, date: string, version: string): string {
  const three = (value: number | null) => dash(value, (v) => v.toFixed(3));
  return figures
    .map(({ method, ratios, whole, overAtMost }) =>
      [
        ...[date, version, `${seeds[0]}–${seeds.at(-1)}`, method.label.trim()],
        ...[ratios.caseF1, ratios.itemF1, ratios.exactCarts].map((bounded) => three(bounded?.value ?? null)),
        three(ratios.autoExact?.value ?? null),
        dash(ratios.reviewed?.value ?? null, (v) => v.toFixed(0)),
        dash(overAtMost, (v) => v.toFixed(1)),
        ...[whole.lineEce, whole.contestedEce, whole.skill].map(three),
        String(whole.lines),
      ].join(' | '),
    )
    .map((line) => `| ${line} |\n`)
    .join('');
}

/** Adds a run of the locked family to its log, with date and version. */
export function appendLockedLog(suite: SuiteFigures): void {
  const date = new Date().toISOString().slice(0, 10);
  const version = `${commit()}, sources ${sourcesHash(PROJECT).slice(0, 8)}`;
  appendFileSync(join(PROJECT, 'bench', 'locked-log.md'), lockedLines(suite, date, version));
}
