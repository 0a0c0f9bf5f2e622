import pictureTask from './picture.worker.ts';
import type { PictureTask } from './picture-task.ts';

/** A picture worker that fails in some way at frame 40 of camera 0. */
export function failingTask(fail: () => void): (task: PictureTask) => ReturnType<typeof pictureTask> {
  return (task) => {
    if (task.kind === 'draw' && task.orders.some(({ camera, frame }) => camera === 0 && frame === 40)) fail();
    return pictureTask(task);
  };
}
