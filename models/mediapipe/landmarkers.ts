import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import type { HandLandmarker, NormalizedLandmark, PoseLandmarker } from '@mediapipe/tasks-vision';
import { reject } from '../model-error.ts';
import type { RgbPicture } from '../picture/crop.ts';
import { checkPicture } from '../picture/read-picture.ts';
import { SoftCanvas } from './soft-canvas.ts';
import { readTask } from './task-files.ts';
import { TASKS_VISION } from './tasks-vision.ts';

/** Points of one person or one hand. */
export interface Landmarks {
  /** n × 2: u, v, pixels. */
  readonly inImagePx: Float32Array;
  /** n: the model's own guess that a point is to be seen, 0..1; 1 for hands, of which it says nothing. */
  readonly visibility: Float32Array;
}

export interface LandmarkerOptions {
  /** People or hands looked for at most. */
  readonly most: number;
  /** A .task file of the user's own, instead of the built one. */
  readonly task: string | null;
}

/** What MediaPipe takes for a browser's ImageData. */
interface RgbaPicture {
  readonly width: number;
  readonly height: number;
  /** n × 4. */
  readonly data: Uint8ClampedArray;
}

type Options = Parameters<typeof PoseLandmarker.createFromOptions>[1] & { canvas?: object; numHands?: number };
type Vision = typeof import('@mediapipe/tasks-vision');

/** Finds people or hands in single pictures, with MediaPipe on the processor. */
export class Landmarker {
  private readonly detect: (picture: RgbaPicture) => NormalizedLandmark[][];
  private readonly stop: () => void;

  private constructor(detect: (picture: RgbaPicture) => NormalizedLandmark[][], stop: () => void) {
    this.detect = detect;
    this.stop = stop;
  }

  /** People; throws `ModelError` on a task file that is none, or another version of the library. */
  static async ofPoses({ most, task }: LandmarkerOptions): Promise<Landmarker> {
    const { vision, fileset } = await openVision();
    const bytes = readTask('pose_landmarker.task', task);
    const made = await create<PoseLandmarker>(task, () =>
      vision.PoseLandmarker.createFromOptions(fileset(), { ...options(bytes), numPoses: most } as Options),
    );
    return new Landmarker(
      (picture) => made.detect(picture).landmarks,
      () => made.close(),
    );
  }

  /** Hands; throws as `ofPoses` does. */
  static async ofHands({ most, task }: LandmarkerOptions): Promise<Landmarker> {
    const { vision, fileset } = await openVision();
    const bytes = readTask('hand_landmarker.task', task);
    const made = await create<HandLandmarker>(task, () =>
      vision.HandLandmarker.createFromOptions(fileset(), { ...options(bytes), numHands: most } as Options),
    );
    return new Landmarker(
      (picture) => made.detect(picture).landmarks,
      () => made.close(),
    );
  }

  /** Landmarks in a picture, one entry per person or hand; throws `ModelError` on a picture without pixels. */
  find(picture: RgbPicture): Landmarks[] {
    checkPicture(picture, 'picture');
    const { widthPx, heightPx } = picture;
    return this.detect(rgbaOf(picture)).map((points) => {
      const inImagePx = new Float32Array(2 * points.length);
      points.forEach(({ x, y }, i) => {
        inImagePx[2 * i] = x * widthPx;
        inImagePx[2 * i + 1] = y * heightPx;
      });
      return { inImagePx, visibility: Float32Array.from(points, ({ visibility }) => visibility || 1) };
    });
  }

  close(): void {
    this.stop();
  }
}

const options = (bytes: Uint8Array): Options => ({
  baseOptions: { modelAssetBuffer: bytes, delegate: 'CPU' },
  runningMode: 'IMAGE',
  canvas: new SoftCanvas(1, 1) as unknown as OffscreenCanvas,
});

async function create<T>(task: string | null, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    return reject(
      task ?? 'task file',
      String((error as Error)?.message ?? error).split('\n')[0],
      'a task MediaPipe can open',
    );
  }
}

function rgbaOf({ widthPx, heightPx, rgb }: RgbPicture): RgbaPicture {
  const data = new Uint8ClampedArray(4 * widthPx * heightPx).fill(255);
  for (let p = 0, q = 0; p < data.length; p += 4, q += 3) {
    data[p] = rgb[q];
    data[p + 1] = rgb[q + 1];
    data[p + 2] = rgb[q + 2];
  }
  return { width: widthPx, height: heightPx, data };
}

interface OpenVision {
  readonly vision: Vision;
  /** Where the WebAssembly lies; asked for anew for every landmarker, which each use up one module. */
  readonly fileset: () => { readonly wasmLoaderPath: string; readonly wasmBinaryPath: string };
}

let opened: Promise<OpenVision> | null = null;

/** Loads the library into this thread, which must be a worker: it takes itself to be in a browser and gets what it asks for. */
function openVision(): Promise<OpenVision> {
  if (isMainThread) throw new Error('MediaPipe was opened in the main thread, expected a worker: it changes globals');
  return (opened ??= loadVision());
}

async function loadVision(): Promise<OpenVision> {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@mediapipe/tasks-vision');
  const folder = dirname(path);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  if (version !== TASKS_VISION) reject('@mediapipe/tasks-vision', `version ${version}`, TASKS_VISION);
  actAsBrowser(folder);
  const vision = (await import('@mediapipe/tasks-vision')) as Vision;
  const simd = await vision.FilesetResolver.isSimdSupported();
  const base = join(folder, 'wasm', `vision_wasm_${simd ? '' : 'nosimd_'}internal`);
  const paths = { wasmLoaderPath: `${base}.js`, wasmBinaryPath: `${base}.wasm` };
  const wasmBinary = readFileSync(paths.wasmBinaryPath);
  const fileset = () => {
    Object.assign(globalThis, { Module: { wasmBinary, print: () => {}, printErr: () => {} } });
    return paths;
  };
  return { vision, fileset };
}

function actAsBrowser(folder: string): void {
  const absent = {
    WebGLRenderingContext: class {},
    WebGL2RenderingContext: { [Symbol.hasInstance]: () => true },
    navigator: { userAgent: 'Node Chrome', hardwareConcurrency: 1 },
    OffscreenCanvas: SoftCanvas,
  };
  for (const [name, value] of Object.entries(absent))
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
  Object.assign(globalThis, {
    self: globalThis,
    require: createRequire(import.meta.url),
    __filename: join(folder, 'wasm', 'x.js'),
    __dirname: join(folder, 'wasm'),
    importScripts: (path: string) => runInThisContext(readFileSync(path, 'utf8'), { filename: path }),
  });
}
