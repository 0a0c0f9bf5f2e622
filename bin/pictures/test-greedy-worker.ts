import { failingTask } from './test-failing-worker.ts';

const kept: number[][] = [];

export default failingTask(() => {
  for (;;) kept.push(new Array(100_000).fill(0.5));
});
