import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type PlannedJob, runJobs } from './run-pool.ts';

const scenario = (path: string) => fileURLToPath(new URL(`../scenarios/${path}`, import.meta.url));

function job(file: string, overrides: Record<string, unknown>): PlannedJob {
  return {
    ...{ file: scenario(file), seed: 1, overrides, cameras: null, attribution: 'published', ablate: [] },
    ...{ tracks: 'engine', record: null, recordPictures: false, journal: null, exportDir: null, report: false },
  };
}

test('delivers what was finished behind a run that is cut short', async () => {
  const endless = job('populations/lunch-rush.yaml', { 'run.duration': '24h' });
  const short = job('behaviours/01-one-item.yaml', {});
  const abort = new AbortController();
  const files: string[] = [];
  const delivered = await runJobs([endless, short], {
    workers: 2,
    signal: abort.signal,
    progress: (_, finished) => {
      if (finished > 0) abort.abort();
    },
    done: (outcome, { file, index }) => {
      expect(outcome.ok).toBe(true);
      expect(index).toBe(1);
      files.push(file);
    },
  });
  expect(delivered).toBe(1);
  expect(files).toEqual([short.file]);
});
