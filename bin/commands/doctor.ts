import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { BACKENDS, type BackendName, type InferenceBackend } from '../../models/backend/inference-backend.ts';
import { readModel } from '../../models/backend/model-folder.ts';
import { type BackendTrial, openBackend, tryBackend } from '../../models/backend/open-backend.ts';
import { HAND_STATE_FOLDER } from '../../models/hand-state/hand-state.ts';
import { readTask, TASK_FOLDER, TASK_NAMES, type TaskName } from '../../models/mediapipe/task-files.ts';
import { TASKS_VISION } from '../../models/mediapipe/tasks-vision.ts';
import { ModelError } from '../../models/model-error.ts';
import { RECOGNISER_FOLDER } from '../../models/product-recogniser/product-recogniser.ts';
import { SHELF_READER_FOLDER } from '../../models/shelf-reader/shelf-reader.ts';
import { UserError } from '../user-error.ts';
import { addEndpointOptions, checkEndpoint, type EndpointOptions } from './doctor-endpoint.ts';

/** One thing looked at: whether it works, and what there is to say. */
interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

interface Diagnosis {
  readonly node: string;
  /** The backend that models run on. */
  readonly backend: BackendName;
  readonly backends: readonly Finding[];
  readonly models: readonly Finding[];
  /** Task files of MediaPipe. */
  readonly tasks: readonly Finding[];
}

interface DoctorOptions extends EndpointOptions {
  readonly backend?: string;
  readonly buildTasks?: boolean;
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      "Say what works on this machine: inference backends, and why others do not; model weights. With a URL: check a retailer's connector",
    )
    .argument('[url]', "a retailer's connector, to run the conformance list against")
    .option('--backend <name>', `force an inference backend, as AISLE_BACKEND does: ${BACKENDS.join(', ')}`)
    .option('--build-tasks', "put MediaPipe's task files together from the installed packages")
    .option('--json', 'as JSON')
    .action(async (url: string | undefined, options: DoctorOptions) => {
      if (url !== undefined) return checkEndpoint(url, options);
      if (options.buildTasks) for (const name of TASK_NAMES) readTask(name);
      const diagnosis = await diagnose(options.backend ?? null);
      console.log(options.json ? JSON.stringify(diagnosis, null, 2) : inWords(diagnosis));
      if (diagnosis.models.some(({ ok }) => !ok)) process.exitCode = 1;
    });
  return addEndpointOptions(command);
}

async function diagnose(forced: string | null): Promise<Diagnosis> {
  try {
    const { backend } = await openBackend(forced);
    const trials: BackendTrial[] = [];
    for (const name of BACKENDS) trials.push(await tryBackend(name));
    const models: Finding[] = [];
    for (const [name, folder] of [
      ['product-recogniser', RECOGNISER_FOLDER],
      ['hand-state', HAND_STATE_FOLDER],
      ['shelf-reader', SHELF_READER_FOLDER],
    ] as const)
      if (existsSync(folder)) models.push(await modelFinding(name, folder, backend));
    return {
      node: process.version,
      backend: backend.name,
      backends: trials.map(backendFinding),
      models,
      tasks: TASK_NAMES.map(taskFinding),
    };
  } catch (error) {
    if (error instanceof ModelError) throw new UserError(error.message);
    throw error;
  }
}

function taskFinding(name: TaskName): Finding {
  const path = join(TASK_FOLDER, name);
  if (!existsSync(path)) return { name, ok: false, detail: 'not built: `npm run build:tasks` does' };
  return { name, ok: true, detail: `built from npm packages, for @mediapipe/tasks-vision ${TASKS_VISION}` };
}

function backendFinding({ name, backend, reason }: BackendTrial): Finding {
  return backend === null
    ? { name, ok: false, detail: reason ?? 'no reason given' }
    : { name, ok: true, detail: `version ${backend.version}` };
}

async function modelFinding(name: string, folder: string, backend: InferenceBackend): Promise<Finding> {
  try {
    const { manifest, files } = readModel(folder);
    const model = await backend.load(files);
    await model.dispose();
    const { parameters, seed, date } = manifest.training;
    return { name, ok: true, detail: `${parameters} parameters, seed ${seed}, ${date}; loads on ${backend.name}` };
  } catch (error) {
    if (error instanceof ModelError) return { name, ok: false, detail: error.message };
    throw error;
  }
}

function inWords({ node, backend, backends, models, tasks }: Diagnosis): string {
  const line = ({ name, ok, detail }: Finding) => `  ${ok ? 'ok ' : 'no '} ${name.padEnd(20)} ${detail}`;
  return [
    `Node ${node}`,
    `inference runs on ${backend}`,
    ...backends.map(line),
    models.length > 0 ? 'models' : 'no models are installed',
    ...models.map(line),
    'MediaPipe tasks',
    ...tasks.map(line),
  ].join('\n');
}
