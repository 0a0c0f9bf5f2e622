import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reject } from '../model-error.ts';
import manifest from './manifest.json' with { type: 'json' };
import { storedZip } from './stored-zip.ts';
import { type Normalisation, withMetadata } from './tflite-metadata.ts';

export type TaskName = keyof typeof recipes;

/** Where built task files lie: beside other outputs, outside version control. */
export const TASK_FOLDER = fileURLToPath(new URL('../../out/mediapipe/', import.meta.url));

const ZERO_TO_ONE: Normalisation = { mean: 0, deviation: 255 };
const MINUS_ONE_TO_ONE: Normalisation = { mean: 127.5, deviation: 127.5 };

interface Recipe {
  readonly package: string;
  readonly files: readonly {
    readonly name: string;
    /** File of the package; with `packed`, inside the package's packed assets. */
    readonly from: string;
    readonly packed?: string;
    readonly normalisation: Normalisation;
  }[];
}

/** What each task file is put together from: the models of Google's older packages, which come without metadata. */
const recipes = {
  'pose_landmarker.task': {
    package: '@mediapipe/pose',
    files: [
      {
        name: 'pose_detector.tflite',
        from: 'pose_detection.tflite',
        packed: 'pose_solution_packed_assets',
        normalisation: MINUS_ONE_TO_ONE,
      },
      { name: 'pose_landmarks_detector.tflite', from: 'pose_landmark_lite.tflite', normalisation: ZERO_TO_ONE },
    ],
  },
  'hand_landmarker.task': {
    package: '@mediapipe/hands',
    files: [
      {
        name: 'hand_detector.tflite',
        from: 'palm_detection_lite.tflite',
        packed: 'hands_solution_packed_assets',
        normalisation: ZERO_TO_ONE,
      },
      { name: 'hand_landmarks_detector.tflite', from: 'hand_landmark_lite.tflite', normalisation: ZERO_TO_ONE },
    ],
  },
} as const satisfies Record<string, Recipe>;

export const TASK_NAMES = Object.keys(recipes) as TaskName[];

export const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Puts a task file together; throws `ModelError` when a package holds something else than the manifest says. */
export function buildTask(task: TaskName): Uint8Array {
  const { package: from, files }: Recipe = recipes[task];
  const expected: Record<string, string> = manifest.sources;
  const parts = files.map(({ name, from: file, packed, normalisation }) => {
    const bytes = packed === undefined ? fileOf(from, file) : packedFileOf(from, packed, file);
    const found = sha256Of(bytes);
    const where = `${from}/${file}`;
    if (found !== expected[where]) reject(where, `sha256 ${found}`, expected[where] ?? 'a file of the manifest');
    return [name, withMetadata(bytes, file, normalisation)] as const;
  });
  return storedZip(parts);
}

/** Bytes of a task file: the user's own file if a path is given, else the built one, built now where it is missing or stale. */
export function readTask(task: TaskName, own: string | null = null): Uint8Array {
  if (own !== null) return readOwnTask(own);
  const path = join(TASK_FOLDER, task);
  const expected = manifest.tasks[task];
  if (existsSync(path)) {
    const bytes = readFileSync(path);
    if (sha256Of(bytes) === expected) return bytes;
  }
  const built = buildTask(task);
  if (sha256Of(built) !== expected) reject(task, `sha256 ${sha256Of(built)}`, expected);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, built);
  renameSync(`${path}.new`, path);
  return built;
}

/** Longest task file that is read, bytes: Google's largest has 30 MB. */
const MOST_BYTES = 200e6;

function readOwnTask(path: string): Uint8Array {
  if (!existsSync(path)) reject(path, 'no such file', 'a .task file');
  const bytes = readFileSync(path);
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start !== 'PK\x03\x04' || bytes.length > MOST_BYTES)
    reject(path, `${bytes.length} bytes that are no archive`, `a .task file of at most ${MOST_BYTES} bytes`);
  return bytes;
}

const require = createRequire(import.meta.url);

/** A file of an installed package. */
function fileOf(packageName: string, file: string): Uint8Array {
  return readFileSync(join(dirname(require.resolve(`${packageName}/package.json`)), file));
}

/** A file from what Emscripten's file packager made: its script says where in the data each file lies. */
function packedFileOf(packageName: string, packed: string, file: string): Uint8Array {
  const script = new TextDecoder().decode(fileOf(packageName, `${packed}_loader.js`));
  const listed =
    /"files": (\[.*?\])/.exec(script)?.[1] ?? reject(packed, 'no list of files', 'Emscripten packed assets');
  const files = JSON.parse(listed) as { filename: string; start: number; end: number }[];
  const found = files.find(({ filename }) => filename.endsWith(`/${file}`));
  if (found === undefined) return reject(`${packageName}/${packed}`, 'no such file', file);
  return fileOf(packageName, `${packed}.data`).slice(found.start, found.end);
}
