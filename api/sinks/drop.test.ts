import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { csvFormat } from './csv.ts';
import { type Drop, DropSink, LocalDrop } from './drop.ts';
import { SftpDrop } from './sftp-drop.ts';
import { testReceipt } from './test-receipt.ts';
import { newPrivateKey, startSftpServer, type TestSftpServer } from './test-sftp-server.ts';

let dir = '';
let server: TestSftpServer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'aisle-drop-'));
  mkdirSync(join(dir, 'in'));
  server = await startSftpServer(dir, { username: 'store', password: 'secret' });
});
afterEach(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

const sftp = (change: Partial<ConstructorParameters<typeof SftpDrop>[0]> = {}) =>
  new SftpDrop({
    host: '127.0.0.1',
    port: server.port,
    username: 'store',
    password: 'secret',
    hostKeySha256: server.hostKeySha256,
    dir: '/in',
    timeoutMs: 10_000,
    ...change,
  });

const drops: [string, () => Drop][] = [
  ['a folder', () => new LocalDrop(join(dir, 'in'))],
  ['an SFTP server', () => sftp()],
];

test.each(drops)('puts a file and its manifest into %s, once for each receipt', async (_, open) => {
  const sink = new DropSink('csv', open(), csvFormat);
  const first = await sink.take(testReceipt());
  expect(first).toMatchObject({ outcome: 'taken', externalId: '20260301T120500Z-receipt-s1-000042-b7c2ff0e.csv' });
  expect(await sink.take(testReceipt())).toEqual(first);
  await sink.close();
  const names = readdirSync(join(dir, 'in')).sort();
  expect(names).toEqual([names[0], `${names[0]}.manifest.json`]);
  const manifest = JSON.parse(readFileSync(join(dir, 'in', names[1]!), 'utf8'));
  const bytes = readFileSync(join(dir, 'in', names[0]!));
  expect(manifest).toMatchObject({ file: names[0], records: 3, bytes: bytes.length });
  expect(manifest.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test.each(drops)('finishes in %s what a crash between file and manifest left', async (_, open) => {
  const file = '20260301T120500Z-receipt-s1-000042-b7c2ff0e.csv';
  writeFileSync(join(dir, 'in', file), 'half');
  const sink = new DropSink('csv', open(), csvFormat);
  expect((await sink.take(testReceipt())).outcome).toBe('taken');
  await sink.close();
  expect(readFileSync(join(dir, 'in', file), 'utf8')).toContain('receipt_id');
});

test.each(drops)('refuses in %s another content under the same receipt', async (_, open) => {
  const sink = new DropSink('csv', open(), csvFormat);
  await sink.take(testReceipt());
  const other = await sink.take(testReceipt({ storeId: 's2' }));
  await sink.close();
  expect(other).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/sha256/) });
});

test('comes back later where the folder cannot be written, the login fails or the server has another key', async () => {
  writeFileSync(join(dir, 'file'), '');
  const sinks = [
    new LocalDrop(join(dir, 'file/below')),
    sftp({ password: 'wrong' }),
    sftp({ hostKeySha256: createHash('sha256').update('another').digest('base64') }),
    sftp({ dir: '/nowhere' }),
  ];
  for (const drop of sinks) {
    const sink = new DropSink('csv', drop, csvFormat);
    expect((await sink.take(testReceipt())).outcome).toBe('later');
    await sink.close();
  }
  expect(readdirSync(join(dir, 'in'))).toEqual([]);
});

test('logs in with a key and connects anew after the server hung up', async () => {
  const privateKey = newPrivateKey();
  server.allowKey(privateKey);
  const { password: _, ...login } = { host: '127.0.0.1', port: server.port, username: 'store', password: '' };
  const drop = new SftpDrop({
    ...login,
    privateKey,
    hostKeySha256: `SHA256:${server.hostKeySha256.replace(/=+$/, '')}`,
    dir: '/in/',
  });
  await drop.put('a.txt', Buffer.from('1'));
  await drop.put('a.txt', Buffer.from('2'));
  server.hangUp();
  await expect.poll(() => drop.read('a.txt').then(String, () => null), { timeout: 30_000 }).toBe('2');
  await drop.close();
});
