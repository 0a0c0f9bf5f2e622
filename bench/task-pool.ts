import { Piscina } from 'piscina';

export interface TaskPoolOptions<Task, Answer> {
  readonly worker: URL;
  readonly workers: number;
  readonly signal?: AbortSignal;
  /** Called as tasks finish, in any order. */
  readonly done: (answer: Answer, task: Task, finished: number) => void;
}

/** Runs tasks over worker threads, in the order given; resolves when all are done or the signal has come. */
export async function runTasks<Task extends object, Answer>(
  tasks: readonly Task[],
  options: TaskPoolOptions<Task, Answer>,
): Promise<void> {
  const { worker, workers, signal, done } = options;
  if (tasks.length === 0) return;
  // A module that cannot be imported would hang a second thread; here it fails at once and with its reason.
  await import(worker.href);
  const pool = new Piscina({
    filename: worker.href,
    minThreads: 1,
    maxThreads: Math.max(1, Math.min(workers, tasks.length)),
    atomics: 'disabled',
    maxQueue: Number.POSITIVE_INFINITY,
  });
  // Each failure also rejects its task, which is where it is told.
  pool.on('error', () => {});
  let finished = 0;
  try {
    await Promise.all(
      tasks.map(async (task) => {
        try {
          const answer = (await pool.run(task, signal ? { signal } : {})) as Answer;
          done(answer, task, ++finished);
        } catch (error) {
          if (!signal?.aborted) throw error;
        }
      }),
    );
  } finally {
    await pool.destroy();
  }
}
