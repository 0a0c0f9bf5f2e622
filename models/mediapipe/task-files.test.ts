import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import manifest from './manifest.json' with { type: 'json' };
import { buildTask, readTask, sha256Of, TASK_NAMES } from './task-files.ts';
import { TASKS_VISION } from './tasks-vision.ts';
import { withMetadata } from './tflite-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasks-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('builds the task files that the manifest names, to the byte', () => {
  for (const name of TASK_NAMES) expect(sha256Of(buildTask(name)), name).toBe(manifest.tasks[name]);
});

test('takes a task file of the user and refuses what is none', () => {
  const own = join(folder, 'own.task');
  writeFileSync(own, buildTask('hand_landmarker.task'));
  expect(sha256Of(readTask('hand_landmarker.task', own))).toBe(manifest.tasks['hand_landmarker.task']);
  writeFileSync(own, 'a text');
  expect(() => readTask('hand_landmarker.task', own)).toThrow('no archive');
  expect(() => readTask('hand_landmarker.task', join(folder, 'none.task'))).toThrow('no such file');
});

test('refuses a model that is no .tflite file', () => {
  const normalisation = { mean: 0, deviation: 255 };
  expect(() => withMetadata(new Uint8Array(10), 'short', normalisation)).toThrow('a .tflite file');
  expect(() => withMetadata(new Uint8Array(100), 'zeros', normalisation)).toThrow('a .tflite file');
});

test('pins the versions whose bundles were looked through', async () => {
  const { default: project } = await import('../../package.json', { with: { type: 'json' } });
  expect(manifest.packages['@mediapipe/tasks-vision']).toBe(TASKS_VISION);
  const installed = project.dependencies as Record<string, string>;
  for (const [name, version] of Object.entries(manifest.packages)) expect(installed[name], name).toBe(version);
});
