/** Thread entry: measures pictures where they are drawn in a run, in a worker. */
import { parentPort } from 'node:worker_threads';
import { measureVision } from './measure-vision.ts';

parentPort?.postMessage(await measureVision());
