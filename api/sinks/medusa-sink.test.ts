import { afterEach, beforeEach, expect, test } from 'vitest';
import { MedusaSink } from './medusa-sink.ts';
import { startTestMedusa } from './test-medusa.ts';
import { testReceipt } from './test-receipt.ts';

const lines = [
  { sku: 'cola', count: 2, totalMinor: 290, taxPpm: 190_000 },
  { sku: 'bread', count: 1, totalMinor: 199, taxPpm: 70_000 },
];
const signal = () => AbortSignal.timeout(5_000);
let medusa: Awaited<ReturnType<typeof startTestMedusa>>;
let sink: MedusaSink;
beforeEach(async () => {
  medusa = await startTestMedusa({ cola: 1.45, bread: 1.99 });
  sink = new MedusaSink({ url: medusa.url, apiKey: 'sk_1', regionId: 'reg_1' });
});
afterEach(() => medusa.stop());

test('books a paid order once, minor units turned into decimals', async () => {
  const receipt = testReceipt({}, lines);
  const first = await sink.take(receipt, signal());
  expect(first).toMatchObject({ outcome: 'taken', externalId: 'order_1' });
  expect(await sink.take(receipt, signal())).toEqual(first);
  expect([...medusa.orders.values()]).toMatchObject([{ total: 4.89, payment_status: 'captured' }]);
  expect(medusa.drafts.size).toBe(0);
});

test('goes on where an earlier attempt broke off, wherever that was', async () => {
  const receipt = testReceipt({}, lines);
  for (let call = 0; call < 12; call++) {
    medusa.break(call);
    const result = await sink.take(receipt, signal());
    expect(['taken', 'later']).toContain(result.outcome);
  }
  medusa.break(null);
  expect(await sink.take(receipt, signal())).toMatchObject({ outcome: 'taken' });
  expect([...medusa.orders.values()]).toMatchObject([{ payment_status: 'captured' }]);
  expect(medusa.drafts.size).toBe(0);
});

test('refuses a total in another unit or at another price, and leaves no draft behind', async () => {
  for (const totals of [
    [289, 199],
    [29_000, 19_900],
  ]) {
    const wrong = lines.map((line, i) => ({ ...line, totalMinor: totals[i]! }));
    const result = await sink.take(testReceipt({ id: `wrong-${totals[0]}` }, wrong), signal());
    expect(result).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/^total: Medusa has 4\.89 EUR/) });
  }
  expect([medusa.drafts.size, medusa.orders.size]).toEqual([0, 0]);
});

test('refuses what Medusa cannot hold, and waits where only the key is wrong', async () => {
  const strange = testReceipt({}, [{ sku: 'none', count: 1, totalMinor: 1, taxPpm: 0 }]);
  expect(await sink.take(strange, signal())).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('none'),
  });
  const apples = testReceipt({}, [{ sku: 'apples', count: 300, unit: 'g', totalMinor: 1, taxPpm: 0 }]);
  expect(await sink.take(apples, signal())).toMatchObject({ outcome: 'refused' });
  expect(await sink.take(testReceipt({ kind: 'credit-note' }, lines), signal())).toMatchObject({ outcome: 'refused' });
  const stranger = new MedusaSink({ url: medusa.url, apiKey: 'sk_2', regionId: 'reg_1' });
  expect(await stranger.take(testReceipt({}, lines), signal())).toMatchObject({ outcome: 'later' });
});
