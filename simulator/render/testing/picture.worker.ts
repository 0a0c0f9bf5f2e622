/** Thread entry: one picture per task. */
export { drawJob as default } from './picture-job.ts';
