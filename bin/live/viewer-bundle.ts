import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What the page is made of. */
const SOURCES = ['simulator', 'api/live.ts', 'package-lock.json'];
const BUILT = join(root, 'node_modules/.cache/openaisle/viewer');
const STAMP = join(BUILT, 'sources.sha256');

/** Folder of the built page; builds it when its sources have changed since, after saying so. Throws where the build fails. */
export async function viewerBundle(say: (text: string) => void): Promise<string> {
  const stamp = stampOf(SOURCES.flatMap(filesUnder));
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return BUILT;
  say('building the page (once per change of its sources) …');
  const { build } = await import('vite');
  await build({
    root: join(root, 'simulator/viewer'),
    configFile: false,
    logLevel: 'error',
    base: './',
    build: { outDir: BUILT, emptyOutDir: true, chunkSizeWarningLimit: 2000 },
  });
  writeFileSync(STAMP, stamp);
  return BUILT;
}

function filesUnder(path: string): string[] {
  const full = join(root, path);
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .filter((name) => !name.endsWith('.test.ts'))
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

function stampOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(root, join(root, file))).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
