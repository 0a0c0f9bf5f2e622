import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Reading } from '../../engine/index.ts';
import { ReadingLog } from './reading-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'aisle-reading-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gate = (sequence: number): Reading => ({
  ...{ kind: 'gate', sensorId: 'Eingang-ü', timeUs: sequence * 10, arrivalUs: sequence * 10 + 5, sequence },
  ...{ event: 'entry', credential: `visit-${sequence}`, admits: 1 },
});

test('gives back what was synced, over many pieces, without the line that a crash cut short', () => {
  const path = join(folder, 'long.ndjson');
  const count = 20_000;
  const log = ReadingLog.open(path);
  for (let i = 0; i < count; i++) log.append(gate(i));
  log.close();
  const whole = readFileSync(path);
  expect(whole.length).toBeGreaterThan(2 << 20);
  appendFileSync(path, '[12,{"kind":"ga');

  const again = ReadingLog.open(path);
  expect([...again.readings()]).toEqual(Array.from({ length: count }, (_, i) => gate(i)));
  again.append(gate(count));
  again.close();
  const last = ReadingLog.open(path);
  expect([...last.readings()].at(-1)).toEqual(gate(count));
  last.close();
});

test('gives nothing of a new log or of one without a whole line', () => {
  const path = join(folder, 'empty.ndjson');
  appendFileSync(path, '[1,{"kind"');
  const log = ReadingLog.open(path);
  expect([...log.readings()]).toEqual([]);
  log.close();
  expect(readFileSync(path).length).toBe(0);
});
