import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { testReceipt } from '../sinks/test-receipt.ts';
import { Mailer, type MailOptions, MailRefused } from './receipt-mailer.ts';
import type { ReceiptStyle } from './receipt-view.ts';

const style: ReceiptStyle = { language: 'en', timeZone: 'UTC', correctsNumber: null };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A real SMTP server that keeps what it is sent. */
async function serve(options: SMTPServerOptions = {}) {
  const mails: { readonly to: string[]; readonly source: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData: (stream, session, done) => {
      void text(stream).then((source) => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), source });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => server.close());
  return { mails, port: (server.server.address() as AddressInfo).port };
}

function mailer(port: number, change: Partial<MailOptions> = {}): Mailer {
  const made = new Mailer({
    ...{
      host: '127.0.0.1',
      port,
      secure: false,
      allowPlain: true,
      from: 'Shop <receipts@shop.example>',
      timeoutMs: 2_000,
    },
    ...change,
  });
  closers.push(() => made.close());
  return made;
}

test('sends a receipt as text, HTML and PDF under an id of its own', async () => {
  const { mails, port } = await serve();
  const sender = mailer(port);
  await sender.sendReceipt('ann@example.org', testReceipt(), style);
  await sender.sendReceipt('ann@example.org', testReceipt(), style);
  const { to, source } = mails[0]!;
  expect(to).toEqual(['ann@example.org']);
  for (const part of ['text/plain', 'text/html', 'application/pdf', 'filename=s1-000042.pdf'])
    expect(source).toContain(part);
  const ids = mails.map((mail) => /^Message-ID: (.*)$/m.exec(mail.source)![1]!.trim());
  expect(ids).toEqual(Array(2).fill(`<${testReceipt().id}@shop.example>`));
  const pdf = Buffer.from(/application\/pdf[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/.exec(source)![1]!, 'base64');
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
});

test('tells a wrong address from a server in trouble', async () => {
  const refusing = (responseCode: number) =>
    serve({ onRcptTo: (_, __, done) => done(Object.assign(new Error('no'), { responseCode })) });
  await expect(mailer((await refusing(550)).port).sendReceipt('a@b.example', testReceipt(), style)).rejects.toThrow(
    MailRefused,
  );
  const busy = mailer((await refusing(451)).port).sendReceipt('a@b.example', testReceipt(), style);
  await expect(busy).rejects.not.toThrow(MailRefused);
  await expect(mailer(1).sendReceipt('a@b.example', testReceipt(), style)).rejects.toThrow(/ECONNREFUSED/);
});

test('sends nothing to more than one address and nothing in the clear unless told to', async () => {
  const { mails, port } = await serve();
  for (const to of ['a@b.example, c@d.example', 'a@b.example\r\nBcc: c@d.example', 'a', '"x"<a@b.example>']) {
    await expect(mailer(port).sendReceipt(to, testReceipt(), style)).rejects.toThrow(MailRefused);
  }
  await expect(mailer(port, { allowPlain: false }).sendReceipt('a@b.example', testReceipt(), style)).rejects.toThrow();
  expect(mails).toEqual([]);
});

test('keeps names from adding headers', async () => {
  const { mails, port } = await serve();
  await mailer(port).sendReceipt('a@b.example', testReceipt({ retailerName: 'X\r\nBcc: c@d.example' }), style);
  expect(mails[0]!.to).toEqual(['a@b.example']);
  expect(mails[0]!.source.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
});
