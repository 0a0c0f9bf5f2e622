import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { postgresMissing } from '../../api/store/test-postgres.ts';
import { type FaultPlan, playFaults } from '../../bench/gateway/faults.ts';
import { TightDisk } from '../../bench/gateway/tight-disk.ts';

const scenario = new URL('../../scenarios/demo.yaml', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'aisle-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The full size is `aisle bench gateway --faults`. */
const smoke = (database: FaultPlan['database'], hasDiskFaults: boolean): FaultPlan => ({
  ...{ scenario: [scenario], speed: 'max', database, hasDiskFaults },
  ...{ kills: 2, ordersPerKill: 1, seed: 1, folder: join(folder, database) },
});

const noDisk = TightDisk.missing();
if (noDisk !== null) console.warn(`killed gateways: no disk is filled, ${noDisk}`);
test('has one order and one capture of the right amount per trip, killed, starved and lied to', async () => {
  const { problems, counts, done } = await playFaults(smoke('sqlite', noDisk === null));
  expect(problems).toEqual([]);
  expect(counts.completed).toBeGreaterThanOrEqual(4);
  expect(counts.completed + counts.inReview).toBe(counts.trips);
  expect(done.get('kill -9 of the server')).toBe(2);
}, 240_000);

const missing = postgresMissing();
if (missing !== null) console.warn(`killed gateways: skipped on PostgreSQL, ${missing}`);
test.skipIf(missing !== null)(
  'has them on PostgreSQL too, with the database killed as well',
  async () => {
    const { problems, counts, done } = await playFaults(smoke('postgres', false));
    expect(problems).toEqual([]);
    expect(counts.completed).toBeGreaterThanOrEqual(4);
    expect(counts.completed + counts.inReview).toBe(counts.trips);
    expect(done.get('kill -9 of the server')).toBe(2);
    expect(done.get('kill -9 of PostgreSQL')).toBeGreaterThan(0);
  },
  240_000,
);
