import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { Journal, JournalError, type JournalRecord } from './journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = (seq: number, sku = 'cola'): JournalRecord => ({
  kind: 'entry',
  entry: {
    ...{ seq, timeUs: seq * 1000, changeId: `c${seq}`, sku, quantity: 1 },
    ...{ from: { kind: 'slot', id: 'G1.1.1' }, to: { kind: 'trip', id: 'trip-1' }, reason: 'pick' },
  },
});
const records = Array.from({ length: 12 }, (_, i) => entry(i + 1));

function write(path: string, some: readonly JournalRecord[]): void {
  const journal = Journal.open(path);
  for (const record of some) {
    journal.add(record);
    journal.sync();
  }
  journal.close();
}

test('gives the same bytes however often and wherever a run was cut short', () => {
  const whole = join(folder, 'whole');
  write(whole, records);
  const bytes = readFileSync(whole);
  let run = 0;
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length }), { minLength: 1, maxLength: 4 }), (cuts) => {
      const path = join(folder, `cut-${run++}`);
      for (const cut of cuts) {
        write(path, records);
        truncateSync(path, cut);
      }
      write(path, records);
      expect(readFileSync(path)).toEqual(bytes);
    }),
    { numRuns: 60 },
  );
});

test('notices a journal of another run and one that was altered', () => {
  const path = join(folder, 'other');
  write(path, records);
  const journal = Journal.open(path);
  journal.add(records[0]!);
  expect(journal.pending).toBe(11);
  expect(() => journal.add(entry(2, 'tea'))).toThrow(JournalError);
  expect(() => Journal.open(path).add(entry(7))).toThrow(/other:1: found a record that these readings do not give/);

  const text = readFileSync(path, 'utf8').split('\n');
  text[4] = text[4]!.replace('"quantity":1', '"quantity":9');
  writeFileSync(path, text.join('\n'));
  expect(() => Journal.open(path)).toThrow(/other:5: found a line that does not follow/);
});

test('drops a last line without its end, and nothing else', () => {
  const path = join(folder, 'torn');
  write(path, records.slice(0, 5));
  const before = readFileSync(path);
  appendFileSync(path, 'f00 {"kind":"ent');
  Journal.open(path).close();
  expect(readFileSync(path)).toEqual(before);
});
