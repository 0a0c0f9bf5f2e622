import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFORMANCE_CASES } from '../../api/connectors/jwo/conformance.ts';

const AISLE = join(import.meta.dirname, '../aisle.ts');
const TOKEN = 'a-token-of-the-test';
const auth = JSON.stringify({ kind: 'bearer', token: TOKEN });
let url = '';

/** A connector that admits and takes everything as long as the caller is known: far too kind. */
const kind = createServer((request, response) => {
  const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
  const isOrder = request.url === '/v1/order/purchases';
  const body = isOrder ? { purchaseId: 'p1' } : { visitorDetails: { id: 'v1', type: 'SHOPPER' } };
  response.writeHead(isKnown ? (isOrder ? 201 : 200) : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isKnown ? body : { errorMsg: 'who?' }));
});

beforeAll(async () => {
  await new Promise<void>((done) => kind.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(kind.address() as AddressInfo).port}`;
});
afterAll(() => kind.close());

function doctor(...words: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [AISLE, 'doctor', ...words], (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr }),
    );
  });
}

const known = ['--store', 's1', '--code', 'c1', '--sku', 'k1', '--auth', auth];

test('prints one line per case and fails where a case does', async () => {
  const { code, out } = await doctor(url, ...known);
  expect(code).toBe(1);
  expect(out.match(/^(ok|NO) /gm)).toHaveLength(CONFORMANCE_CASES.length);
  expect(out).toMatch(/^ok {2}identity\.valid/m);
  expect(out).toMatch(/^NO {2}order\.distinct/m);
  expect(out).toMatch(/found status 201, expected 400/);
});

test('tells programs the same as JSON, and ends well where all asked cases pass', async () => {
  const { code, out } = await doctor(url, ...known, '--only', 'identity.valid', '--json');
  expect(JSON.parse(out)).toMatchObject({ passed: 1, failed: 0, cases: [{ id: 'identity.valid', passed: true }] });
  expect(code).toBe(0);
});

test('says what it needs', async () => {
  expect(await doctor(url)).toMatchObject({ code: 2, out: expect.stringContaining('--auth') });
  expect(await doctor(url, '--auth', auth)).toMatchObject({ code: 2, out: expect.stringContaining('--store') });
  expect(await doctor('nonsense', ...known)).toMatchObject({ code: 2, out: expect.stringContaining('http(s) URL') });
  expect(await doctor(url, ...known, '--only', 'zzz')).toMatchObject({
    code: 2,
    out: expect.stringContaining('no case'),
  });
});

test('fails every case of an endpoint that does not answer', async () => {
  const { code, out } = await doctor('http://127.0.0.1:1', ...known, '--only', 'identity.');
  expect(code).toBe(1);
  expect(out).not.toMatch(/^ok/m);
});
