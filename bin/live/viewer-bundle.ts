import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** What the page is made of. */
const SOURCES = ['simulator', 'api/live.ts', 'package-lock.json'];
const CACHE = join(root, 'node_modules/.cache/openaisle/viewer');
/** Pages of other sources may still be served by another process for so long, ms. */
const KEPT_MS = 3_600_000;

/**
 * Folder of the built page; builds it when its sources have changed since, after saying so. Several processes may ask at
 * once: each page appears whole under the name of its sources. Throws where the build fails.
 */
export async function viewerBundle(say: (text: string) => void): Promise<string> {
  const built = join(CACHE, stampOf(SOURCES.flatMap(filesUnder)));
  if (existsSync(built)) return built;
  say('building the page (once per change of its sources) …');
  mkdirSync(CACHE, { recursive: true });
  removeOld();
  const building = mkdtempSync(join(CACHE, 'building-'));
  const { build } = await import('vite');
  await build({
    root: join(root, 'simulator/viewer'),
    configFile: false,
    logLevel: 'error',
    base: './',
    build: { outDir: building, emptyOutDir: true, chunkSizeWarningLimit: 2000 },
  });
  try {
    renameSync(building, built);
  } catch (error) {
    // Somebody else was quicker, with the same sources.
    if (!existsSync(built)) throw error;
    rmSync(building, { recursive: true });
  }
  return built;
}

function removeOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
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
