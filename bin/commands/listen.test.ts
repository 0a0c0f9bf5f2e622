import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestReceiver } from '../../api/webhooks/test-receiver.ts';

const AISLE = join(import.meta.dirname, '../aisle.ts');
const state = mkdtempSync(join(tmpdir(), 'aisle-desk-'));
const env = { PATH: process.env['PATH'], XDG_STATE_HOME: state };

let receiver: TestReceiver;
let listening: ChildProcess;
let url = '';
let secret = '';
const heard: { type: string; isVerified: boolean; forwardedStatus: number | null; status: number }[] = [];

function trigger(...words: string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [AISLE, 'trigger', ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: stdout + stderr }),
    );
  });
}

beforeAll(async () => {
  receiver = await TestReceiver.start();
  listening = spawn(process.execPath, [AISLE, 'listen', '--forward-to', receiver.url, '--port', '0', '--json'], {
    env,
  });
  const lines = createInterface({ input: listening.stdout! });
  const [first] = await once(lines, 'line');
  ({ url, secret } = JSON.parse(first));
  lines.on('line', (line) => heard.push(JSON.parse(line)));
});

afterAll(async () => {
  listening.kill('SIGTERM');
  const [code] = await once(listening, 'exit');
  receiver.stop();
  rmSync(state, { recursive: true });
  expect(code).toBe(0);
});

test('shows a triggered event, verified, and passes it on as it came', async () => {
  const sent = await trigger('cart.finalized', '--url', url, '--data', '{"tripId":"t-77"}');
  expect(sent).toMatchObject({ code: 0, out: expect.stringContaining('answered 204') });
  await expect.poll(() => heard.length).toBe(1);
  expect(heard[0]).toMatchObject({
    type: 'cart.finalized',
    isVerified: true,
    forwardedStatus: 204,
    subject: 'trip/t-77',
  });
  const { body, headers } = receiver.received[0]!;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ data: { tripId: 't-77' } });
});

test('refuses what is signed with another secret and passes nothing on', async () => {
  const before = receiver.received.length;
  const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  expect(await trigger('trip.ended', '--url', url, '--secret', other)).toMatchObject({ code: 1 });
  await expect.poll(() => heard.at(-1)).toMatchObject({ type: 'trip.ended', isVerified: false, status: 401 });
  expect(receiver.received).toHaveLength(before);
});

test('answers the sender what the program behind answered', async () => {
  receiver.answer = (_, response) => void response.writeHead(503).end();
  expect(await trigger('trip.ended', '--url', url)).toMatchObject({
    code: 1,
    out: expect.stringContaining('answered 503'),
  });
});

test('says what is wrong with what was asked, and keeps the secret from other users', async () => {
  expect(await trigger('cart.finalised')).toMatchObject({
    code: 2,
    out: expect.stringContaining('expected one of trip.started'),
  });
  expect(await trigger('trip.ended', '--data', '[]')).toMatchObject({
    code: 2,
    out: expect.stringContaining('JSON object'),
  });
  expect(await trigger('trip.ended', '--data', '{"tripId":5}')).toMatchObject({
    code: 2,
    out: expect.stringContaining('tripId'),
  });
  expect((await trigger('--list')).out).toContain('planogram.alert');
  expect(statSync(join(state, 'aisle/webhook-secret')).mode & 0o077).toBe(0);
});
