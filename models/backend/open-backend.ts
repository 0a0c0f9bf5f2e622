import { ModelError } from '../model-error.ts';
import { BACKENDS, type BackendName, type InferenceBackend } from './inference-backend.ts';
import { openOnnxruntime } from './onnxruntime-backend.ts';
import { openTfjs } from './tfjs-backend.ts';

/** The environment variable that forces a backend. */
export const BACKEND_VARIABLE = 'AISLE_BACKEND';

/** What came of trying one backend. */
export interface BackendTrial {
  readonly name: BackendName;
  readonly backend: InferenceBackend | null;
  /** Why it did not load. */
  readonly reason: string | null;
}

/** Tries one backend; never throws. */
export async function tryBackend(name: BackendName): Promise<BackendTrial> {
  try {
    const backend = await (name === 'onnxruntime-node' ? openOnnxruntime() : openTfjs(name));
    return { name, backend, reason: null };
  } catch (error) {
    const message = String((error as Error).message ?? error).split('\n')[0];
    return { name, backend: null, reason: message.replace(/Require stack:.*$/, '').slice(0, 200) };
  }
}

/**
 * Opens the fastest backend that loads, or the forced one: `forced` (from `--backend`) before the variable `AISLE_BACKEND`.
 * `skipped` are those tried before it. Throws `ModelError` on an unknown name and when none loads.
 */
export async function openBackend(
  forced: string | null = null,
): Promise<{ readonly backend: InferenceBackend; readonly skipped: readonly BackendTrial[] }> {
  const names = forcedNames(forced) ?? BACKENDS;
  const skipped: BackendTrial[] = [];
  for (const name of names) {
    const trial = await tryBackend(name);
    if (trial.backend) return { backend: trial.backend, skipped };
    skipped.push(trial);
  }
  const reasons = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new ModelError(`inference backend: found none that loads (${reasons}), expected one of ${names.join(', ')}`);
}

/** The forced backend as a list of one, or null. */
function forcedNames(option: string | null): readonly BackendName[] | null {
  const asked = option ?? process.env[BACKEND_VARIABLE] ?? '';
  if (asked === '') return null;
  const name = BACKENDS.find((one) => one === asked);
  if (name) return [name];
  const where = option === null ? BACKEND_VARIABLE : '--backend';
  throw new ModelError(`${where}: found ${asked}, expected one of ${BACKENDS.join(', ')}`);
}
