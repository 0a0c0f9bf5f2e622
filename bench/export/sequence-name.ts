import type { Run } from '../../simulator/scenario/run.ts';

/** Name of one camera's sequence: scenario, seed and camera, in characters any file system takes. */
export function sequenceName(run: Pick<Run, 'scenario' | 'seed'>, cameraId: string): string {
  return `${run.scenario}-s${run.seed}-${cameraId}`.replace(/[^A-Za-z0-9._-]+/g, '_');
}
