import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Recorder } from '../engine/recording/recorder.ts';
import { commission } from '../simulator/commission.ts';
import { recordedRun, recordedTruth } from './recorded-run.ts';
import { resolveFile } from './scenario-files.ts';
import { UserError } from './user-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'recorded-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = fileURLToPath(new URL('../scenarios/demo.yaml', import.meta.url));
const run = resolveFile(file, null, {});
const attached = (text: string) => ({
  path: 'a.mcap',
  attachments: [{ name: 'run.json', mediaType: 'application/json', data: Buffer.from(text) }],
});

test('reads the run that a recording was made of', () => {
  expect(recordedRun(attached(JSON.stringify(run)))).toEqual(JSON.parse(JSON.stringify(run)));
});

test('says what is wrong with one that cannot be scored', () => {
  const { slots } = run.store;
  const noShelf = { ...run, store: { ...run.store, slots: [slots[0], { ...slots[1], shelfId: 7 }] } };
  expect(() => recordedRun(attached(JSON.stringify(noShelf)))).toThrow(
    'a.mcap: run.json: store.slots.1.shelfId: found 7, expected string',
  );
  expect(() => recordedRun(attached('{'))).toThrow('a.mcap: run.json: found no JSON');
  expect(() => recordedRun({ path: 'a.mcap', attachments: [] })).toThrow('found no attachment run.json');
});

test('takes or refuses any attachment in words', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(() => recordedRun(attached(text))).toThrow(UserError);
    }),
  );
});

test('gives the truth with its types, and says where it is none', async () => {
  const record = async (name: string, poses: object[]) => {
    const path = join(folder, name);
    const recorder = await Recorder.open(path, { store: commission(run), attachments: [], metadata: {} });
    for (const pose of poses) recorder.side('truth/poses', 5, pose);
    await recorder.close();
    return path;
  };
  const onFloorM = Float32Array.of(1, 2);
  const pose = { timeUs: 5, shopperIndex: Int32Array.of(0), inWorldM: new Float32Array(9).fill(0.5), onFloorM };
  expect([...recordedTruth(await record('good.mcap', [pose]))]).toEqual([{ kind: 'pose', pose }]);
  const short = await record('short.mcap', [{ ...pose, inWorldM: new Float32Array(8) }]);
  expect(() => [...recordedTruth(short)]).toThrow('truth/poses at 5 µs: all of it: found');
});
