/** `npm run build:tasks`: puts the task files together, or says that they are there; `--print` shows their sha256 instead. */
import { buildTask, readTask, sha256Of, TASK_FOLDER, TASK_NAMES } from './task-files.ts';

for (const name of TASK_NAMES) {
  const bytes = process.argv.includes('--print') ? buildTask(name) : readTask(name);
  console.log(`${TASK_FOLDER}${name}  ${bytes.length} bytes  sha256 ${sha256Of(bytes)}`);
}
