import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { AddressGuard, AddressRefused, isPublicAddress } from './address-guard.ts';
import { Poster } from './post.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

function poster(options: ConstructorParameters<typeof AddressGuard>[0], timeoutMs = 2_000): Poster {
  const made = new Poster(new AddressGuard(options), { timeoutMs });
  open.push(made);
  return made;
}

const local = { allowPrivate: true };

/** A DNS server of 20 lines that answers every question with the next of the given addresses. */
async function nameServer(addresses: string[]): Promise<Resolver> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const address = addresses.length > 1 ? addresses.shift()! : addresses[0]!;
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
    const head = Buffer.from(query.subarray(0, 12));
    head.set([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], 2);
    socket.send(Buffer.concat([head, query.subarray(12, end), answer]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  open.push(socket);
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return resolver;
}

test('posts the very bytes and headers, and reads status, Retry-After and the beginning of the answer', async () => {
  let seen = '';
  const url = await serve((request, response) => {
    request.setEncoding('utf8').on('data', (text) => (seen += text));
    request.on('end', () => {
      seen += `|${request.method} ${request.headers['webhook-id']}`;
      response.writeHead(503, { 'retry-after': '7' }).end('x'.repeat(5_000));
    });
  });
  const outcome = await poster(local).post(url, { 'webhook-id': 'evt_1' }, '{"ü":1}');
  expect(seen).toBe('{"ü":1}|POST evt_1');
  expect(outcome).toMatchObject({ status: 503, retryAfter: '7', error: null });
  expect(outcome.excerpt).toHaveLength(1_024);
});

test('does not follow a redirect', async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked++;
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
  });
  expect((await poster(local).post(url, {}, '{}')).status).toBe(302);
  expect(asked).toBe(1);
});

test('gives up on receivers that never answer, answer forever, or hang up', async () => {
  const silent = await serve(() => {});
  expect(await poster(local, 200).post(silent, {}, '{}')).toMatchObject({ status: null, error: 'timeout' });
  const endless = await serve((_, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 5);
    response.on('close', () => clearInterval(timer));
  });
  expect(await poster(local).post(endless, {}, '{}')).toMatchObject({ status: 200 });
  const dripping = await serve((_, response) => void response.writeHead(200).write('x'));
  expect(await poster(local, 300).post(dripping, {}, '{}')).toMatchObject({ status: 200 });
  const cut = await serve((request) => void request.socket.destroy());
  expect(await poster(local).post(cut, {}, '{}')).toMatchObject({ status: null, error: 'ECONNRESET' });
});

test('opens a new connection where the receiver has closed the kept one', async () => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections++;
    let requests = 0;
    socket
      .on('error', () => {})
      .on('data', () => {
        // Takes one request on each connection and hangs up on the second without a word.
        if (++requests === 1) socket.write('HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n');
        else socket.resetAndDestroy();
      });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(server);
  const sender = poster(local);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (let n = 0; n < 3; n++) expect(await sender.post(url, {}, '{}')).toMatchObject({ status: 204 });
  expect(connections).toBe(3);
});

test('takes no nonsense for an answer', async () => {
  const server = createTcpServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-hello\r\n'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(server);
  const outcome = await poster(local).post(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {}, '{}');
  expect(outcome.status).toBeNull();
  expect(outcome.error).toMatch(/HPE_/);
});

test('reads a lying Content-Length as the status it came with', async () => {
  const url = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '100000' }).write('short');
    setTimeout(() => request.socket.destroy(), 20);
  });
  expect(await poster(local).post(url, {}, '{}')).toMatchObject({ status: 200, excerpt: 'short' });
});

test('refuses private networks however they are written', async () => {
  const guard = new AddressGuard();
  const hosts = ['127.0.0.1', '0x7f.1', '2130706433', '017700000001', '10.1.2.3', '169.254.169.254', '192.168.1.1'];
  hosts.push(
    '100.64.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[fe80::1]',
    '[fd00::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  );
  for (const host of hosts) expect(() => guard.checkUrl(`https://${host}/`), host).toThrow(AddressRefused);
  for (const url of [
    'http://example.com/',
    'ftp://example.com/',
    'https://a:b@example.com/',
    'nonsense',
    'file:///etc/passwd',
  ]) {
    expect(() => guard.checkUrl(url), url).toThrow(AddressRefused);
  }
  for (const url of ['https://1.1.1.1/', 'https://[2606:4700::1111]/', 'https://example.com:8443/'])
    guard.checkUrl(url);
  const outcome = await poster({}).post('https://localhost:9/', {}, '{}');
  expect(outcome.error).toMatch(/^refused: localhost: found the private address/);
});

test('knows every address of the private IPv4 networks', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(
      fc.constantFrom('10', '127', '192.168', '169.254', '172.20', '100.100', '224', '255'),
      octet,
      octet,
      octet,
      (head, a, b, c) => {
        const address = [...head.split('.'), a, b, c].slice(0, 4).join('.');
        expect(isPublicAddress(address)).toBe(false);
        expect(isPublicAddress(`::ffff:${address}`)).toBe(false);
      },
    ),
  );
});

test('connects to the address it checked, even when the name answers another one a moment later', async () => {
  let reached = 0;
  const url = await serve((_, response) => {
    reached++;
    response.end();
  });
  const { port } = new URL(url);
  const names = await nameServer(['93.184.215.14', '127.0.0.1']);
  const asked: string[] = [];
  const resolve = async (host: string) => {
    const found = await names.resolve4(host);
    asked.push(...found);
    return found;
  };
  const guard = new AddressGuard({ resolve });
  // The first answer is public and is the only one used: the check and the connection share one look-up.
  expect(await guard.addressesOf('rebind.example')).toEqual(['93.184.215.14']);
  // From now on the name is private. A guard that resolved again after its check would reach our server.
  const outcome = await poster({ resolve }, 500).post(`https://rebind.example:${port}/`, {}, '{}');
  expect(outcome.error).toMatch(/refused: rebind.example: found the private address 127.0.0.1/);
  expect(asked).toEqual(['93.184.215.14', '127.0.0.1']);
  expect(reached).toBe(0);
});

test('refuses a name of which only one address is private', async () => {
  const guard = new AddressGuard({ resolve: async () => ['93.184.215.14', '10.0.0.1'] });
  await expect(guard.addressesOf('half.example')).rejects.toThrow(/10\.0\.0\.1/);
});

test('asks for the address of a name exactly once for each connection', async () => {
  const names = await nameServer(['127.0.0.1']);
  let asked = 0;
  const resolve = async (host: string) => {
    asked++;
    return names.resolve4(host);
  };
  const url = await serve((_, response) => void response.end('ok'));
  const sender = poster({ resolve, allowPrivate: true });
  const named = url.replace('127.0.0.1', 'shop.example');
  expect((await sender.post(named, {}, '{}')).status).toBe(200);
  expect((await sender.post(named, {}, '{}')).status).toBe(200);
  expect(asked).toBe(1);
});
