import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import type { ConnectorAuth } from '../connector-auth.ts';
import { CONFORMANCE_CASES, runConformance } from './conformance.ts';
import type { ConformanceTarget } from './conformance-case.ts';
import { TestConnector } from './test-connector.ts';

const auth: ConnectorAuth = { kind: 'bearer', token: 'a-token-of-some-length' };
let connector: TestConnector;
let target: ConformanceTarget;

beforeEach(async () => {
  connector = new TestConnector(auth, systemClock);
  const baseUrl = await connector.listen();
  target = { baseUrl, auth, clock: systemClock, storeId: 'store-1', validCode: 'code-1', validSku: 'cola-330' };
});
afterEach(() => connector.close());

const failures = async () => {
  const failed: Record<string, string | null> = {};
  for await (const { id, passed, found } of runConformance(target)) if (!passed) failed[id] = found;
  return failed;
};

test('passes a connector that does as the format says, in every case', async () => {
  expect(await failures()).toEqual({});
  expect(new Set(CONFORMANCE_CASES.map(({ id }) => id)).size).toBe(CONFORMANCE_CASES.length);
});

test.each([
  ['forgets-trips', ['order.repeat', 'order.parallel']],
  ['ignores-signatures', ['identity.unsigned', 'order.unsigned']],
  ['says-200', ['order.single', 'order.empty-cart', 'order.group']],
  ['reads-nothing', ['identity.bad-location', 'order.end-first', 'order.same-line', 'order.unknown-store']],
] as const)('catches a connector that %s', async (fault, ids) => {
  connector.faults.add(fault);
  const failed = await failures();
  expect(Object.keys(failed)).toEqual(expect.arrayContaining([...ids]));
  for (const id of ids) expect(failed[id]).toMatch(/^found /);
});

test('fails every case, each with its reason, where nobody answers', async () => {
  await connector.close();
  const failed = await failures();
  expect(Object.keys(failed)).toHaveLength(CONFORMANCE_CASES.length);
  for (const why of Object.values(failed)) expect(why).toMatch(/^no answer/);
  await connector.listen();
});
