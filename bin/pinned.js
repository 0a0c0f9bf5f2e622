// Starts a script under the pinned Node (the npm package `node`), whatever Node this is.
// Plain JavaScript: Node refuses to strip types below node_modules, and an older Node cannot strip them at all.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Runs `script` (path from the project's root) with the arguments and ends this process with its exit code. */
export function runPinned(script, args) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = join(root, 'node_modules', 'node', 'bin', name);
  if (!existsSync(node)) {
    console.error('openaisle: the pinned Node is not installed. Run `npm ci` in the project folder first.');
    process.exit(2);
  }
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
    stdio: 'inherit',
  });
  // The terminal sends Ctrl-C to both processes; the child decides what it leaves behind, this one waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT') child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 2)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) runPinned(process.argv[2], process.argv.slice(3));
