// Runs before `npm start` and `npm test`: installs what the lock file names when that has not happened yet.
// Plain JavaScript for Node 18 and later, because the pinned Node may not be there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');

const major = Number(process.versions.node.split('.')[0]);
if (major < 18) {
  console.error(`openaisle: found Node ${process.versions.node}, expected 18 or later (any that can run npm).`);
  process.exit(2);
}

if (!existsSync(installed) || statSync(lock).mtimeMs > statSync(installed).mtimeMs) {
  console.error('openaisle: installing packages (npm ci), once per lock file; about a minute …');
  const result = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    const reason = (result.stderr || result.error?.message || '').trim();
    const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network/i.test(reason);
    console.error(reason);
    console.error(
      offline
        ? 'openaisle: npm could not reach its registry. Packages are needed once; connect and run the same command again.'
        : `openaisle: npm ci failed with exit code ${result.status}. Mend what it says above and run the same command again.`,
    );
    process.exit(2);
  }
}
