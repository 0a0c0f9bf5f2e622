import { failingTask } from './test-failing-worker.ts';

export default failingTask(() => process.exit(3));
