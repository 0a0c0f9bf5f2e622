import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const VERSION = '3.7.3';
const SERVER = `const { bootstrap, DefaultLogger, dummyPaymentHandler, LogLevel } = require('@vendure/core');
void bootstrap({
  apiOptions: { port: Number(process.argv[2]), hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: { tokenMethod: ['bearer'], superadminCredentials: { identifier: 'superadmin', password: 'superadmin' } },
  dbConnectionOptions: { type: 'sqljs', synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Error }),
});
`;

export interface TestVendure {
  readonly url: string;
  readonly login: { readonly username: string; readonly password: string };
  ask<T>(query: string, variables?: object): Promise<T>;
  stop(): Promise<void>;
}

/**
 * The real Vendure (GPL-3.0, a peer over HTTP only) with an empty database in memory, installed from npm into `peers` where it
 * is not there yet.
 */
export async function startVendure(peers: string): Promise<TestVendure> {
  const dir = join(peers, 'vendure');
  install(dir);
  const port = await freePort();
  const child = spawn(process.execPath, ['server.cjs', String(port)], { cwd: dir, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/admin-api`;
  const login = { username: 'superadmin', password: 'superadmin' };
  let token = '';
  const ask = async <T>(query: string, variables: object = {}): Promise<T> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    token = response.headers.get('vendure-auth-token') ?? token;
    const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
  await answering(child, () =>
    ask(
      'mutation($username: String!, $password: String!) { login(username: $username, password: $password) { __typename } }',
      login,
    ),
  );
  const stop = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { url, login, ask, stop };
}

function install(dir: string): void {
  if (!existsSync(join(dir, 'node_modules/@vendure/core'))) {
    mkdirSync(dir, { recursive: true });
    const dependencies = { '@vendure/core': VERSION, 'sql.js': '1.8.0' };
    const overrides = { '@graphql-tools/batch-execute': '10.0.5' };
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
    const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: dir,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`npm install of Vendure: ${stderr}`);
  }
  writeFileSync(join(dir, 'server.cjs'), SERVER);
}

async function answering(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (child.exitCode !== null) throw new Error(`Vendure ended with ${child.exitCode}`);
    if (await ask().catch(() => null)) return;
    await sleep(200);
  }
  throw new Error('Vendure did not answer within a minute');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
