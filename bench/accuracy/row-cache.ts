import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseJob } from './case-job.ts';
import type { CaseRow } from './case-row.ts';

/** What a row depends on: change a file here and every row is made anew. */
const SOURCES = ['engine', 'models', 'simulator', 'scenarios', 'bench/accuracy', 'bench/robustness', 'bench/score'];
const IGNORED = /\.test\.ts$|\/test-[a-z-]+\.ts$|\.md$|\.html$/;
/** Results of so many states of the sources are kept. */
const STATES_KEPT = 5;

/** Hash of every file that results depend on, by path and content. */
export function sourcesHash(root: string): string {
  const hash = createHash('sha256');
  for (const folder of SOURCES) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    const names = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .filter((name) => !IGNORED.test(name))
      .sort();
    for (const name of names)
      hash
        .update(name)
        .update('\0')
        .update(readFileSync(join(root, name)))
        .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

/** Rows of finished jobs on disk, one file per job and method, so that an interrupted or repeated comparison goes on. */
export class RowCache {
  readonly #folder: string;
  readonly #root: string;

  constructor(root: string, state = sourcesHash(root)) {
    this.#root = root;
    const all = join(root, 'node_modules', '.cache', 'openaisle', 'accuracy');
    this.#folder = join(all, state);
    mkdirSync(this.#folder, { recursive: true });
    const old = readdirSync(all)
      .map((name) => ({ path: join(all, name), usedMs: statSync(join(all, name)).mtimeMs }))
      .filter(({ path }) => path !== this.#folder)
      .sort((a, b) => b.usedMs - a.usedMs);
    for (const { path } of old.slice(STATES_KEPT - 1)) rmSync(path, { recursive: true, force: true });
  }

  get(job: CaseJob, method: string): CaseRow | null {
    try {
      return JSON.parse(readFileSync(this.#path(job, method), 'utf8')) as CaseRow;
    } catch {
      return null;
    }
  }

  /** Written aside and renamed, so that a killed process leaves no half row. */
  put(job: CaseJob, row: CaseRow): void {
    const path = this.#path(job, row.method);
    writeFileSync(`${path}.part`, JSON.stringify(row));
    renameSync(`${path}.part`, path);
  }

  #path(job: CaseJob, method: string): string {
    const { file, seed, overrides, change, options } = job;
    const name = file.startsWith(this.#root) ? file.slice(this.#root.length + 1) : file;
    const key = JSON.stringify([name, seed, overrides, change, options, method]);
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.json`);
  }
}
