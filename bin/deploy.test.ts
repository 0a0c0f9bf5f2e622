import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from './serve/gateway-config.ts';

const here = join(import.meta.dirname, '../deploy');
const root = join(here, '..');
const read = (name: string) => readFileSync(join(here, name), 'utf8');
const has = (tool: string) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
const folder = mkdtempSync(join(tmpdir(), 'aisle-deploy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('has an image of the pinned Node that copies what there is and runs as nobody special', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const line of lines.filter((one) => one.startsWith('FROM ')))
    expect(line).toContain(`node:${devDependencies.node}-`);
  for (const line of lines.filter((one) => one.startsWith('COPY ') && !one.includes('--from')))
    for (const source of line.split(' ').slice(1, -1))
      expect([source, existsSync(join(root, source))]).toEqual([source, true]);
  const allowed = read('Dockerfile.dockerignore').split('\n');
  for (const name of ['api', 'bin', 'engine', 'models', 'simulator', 'package-lock.json'])
    expect(allowed).toContain(`!${name}`);
  expect(lines.indexOf('USER node')).toBeGreaterThan(0);
  expect(JSON.parse(lines.find((one) => one.startsWith('CMD '))!.slice(4))[0]).toBe('serve');
});

test('names in the compose file only what it has, and lets no secret have a default', () => {
  const { services, volumes } = parse(read('compose.yaml')) as {
    services: Record<string, { volumes?: string[]; depends_on?: object; environment?: Record<string, string> }>;
    volumes: object;
  };
  for (const [name, service] of Object.entries(services)) {
    for (const other of Object.keys(service.depends_on ?? {}))
      expect([name, Object.keys(services)]).toEqual([name, expect.arrayContaining([other])]);
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0]!;
      if (source.startsWith('.')) expect([source, existsSync(join(here, source))]).toEqual([source, true]);
      else expect(Object.keys(volumes)).toContain(source);
    }
  }
  expect(services['gateway']!.environment!['AISLE_MASTER_KEY']).toMatch(/^\$\{AISLE_MASTER_KEY:\?/);
  expect(services['postgres']!.environment!['POSTGRES_PASSWORD']).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
});

test('has a configuration that the gateway takes', () => {
  expect(readConfig(join(here, 'config/gateway.yaml')).retailers[0]!.stores[0]!.alternative).toBe('the staffed till');
});

test.skipIf(!has('systemd-analyze'))('has a unit that systemd understands', () => {
  // Neither Node nor the project lie on this machine where they will.
  const unit = join(folder, 'openaisle.service');
  writeFileSync(unit, read('openaisle.service').replace('/usr/bin/node', '/bin/true'));
  const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
  expect(stderr.split('\n').filter((line) => line.includes('openaisle.service'))).toEqual([]);
});

test.skipIf(!has('nats-server'))('has a configuration that NATS understands', () => {
  const { status, stdout, stderr } = spawnSync('nats-server', ['-t', '-c', join(here, 'nats.conf')], {
    encoding: 'utf8',
  });
  const said = stdout + stderr;
  const { stdout: version } = spawnSync('nats-server', ['--version'], { encoding: 'utf8' });
  // Servers before 2.10 cannot be told to sync every message.
  if (/v2\.[0-9]\./.test(version)) expect(said).toContain('sync_interval');
  else expect([status, said]).toEqual([0, expect.anything()]);
});
