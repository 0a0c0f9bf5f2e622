import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { misfitsOf } from '../engine/recording/test-conformance.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'aisle-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const aisle = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'bin/aisle.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
const one = 'scenarios/behaviours/01-one-item.yaml';
const write = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const small = (more: string) =>
  `scenario: small\nversion: 1\nextends: ${join(root, 'scenarios/base/room.store.yaml')}\nrun: { duration: 60s }\n` +
  `shoppers:\n  ana: { do: [{ take: cola-can, from: G1.2.2 }, { leave: out }] }\n${more}`;

describe('run', () => {
  test('prints one JSON object per run with the agreed keys, and a summary of several', () => {
    const { stdout, status } = aisle('run', one, '--seed', '1..2', '--json');
    expect(status).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(3);
    const [run, , last] = lines;
    expect(Object.keys(run)).toEqual(
      expect.arrayContaining([
        'scenario',
        'file',
        'seed',
        'cameras',
        'attribution',
        'verdict',
        'failures',
        'carts',
        'scores',
        'speed',
        'hashes',
      ]),
    );
    expect(Object.keys(run.scores)).toEqual(
      expect.arrayContaining([
        ...[
          'itemPrecision',
          'itemRecall',
          'itemF1',
          'caseF1',
          'exactCartRate',
          'overchargedUnits',
          'underchargedUnits',
        ],
        ...[
          'changePrecision',
          'changeRecall',
          'productAccuracy',
          'associationAccuracy',
          'calibrationError',
          'reviewRate',
        ],
        ...['autoExactRate', 'receiptDelaySecondsP50', 'receiptDelaySecondsP95', 'hota', 'mota', 'idf1'],
      ]),
    );
    expect(Object.keys(run.speed)).toEqual(
      expect.arrayContaining([
        'simulatedSeconds',
        'wallSeconds',
        'realTimeFactor',
        'frames',
        'framesPerSecond',
        'scaleSamples',
        'peakMemoryBytes',
      ]),
    );
    expect(run.carts[0]).toMatchObject({
      credential: 'ana',
      status: 'final',
      lines: [{ quantity: { value: 1, unit: 'each' } }],
    });
    expect(run.hashes.carts).toMatch(/^[0-9a-f]{64}$/);
    expect(last.summary).toMatchObject({ runs: 2, passed: 2, scores: { caseF1: 1 } });
  });

  test('exits with 1 and says which expectation failed', () => {
    const { stdout, status } = aisle(
      'run',
      write('wrong.yaml', small('expect: { receipts: { ana: { cola-can: 7 } } }\n')),
    );
    expect(status).toBe(1);
    expect(stdout).toContain('ana: cola-can expected 7, got 1');
  });

  test('exits with 2 and gives every error of a file with its place', () => {
    const path = write('bad.yaml', small('falts: []\nexpect: { receipts: { anna: { cola-can: 1 } } }\n'));
    const { stderr, status } = aisle('run', path);
    expect(status).toBe(2);
    expect(stderr).toContain(`${path}:7:1 falts:`);
    expect(stderr).toContain('did you mean "faults"?');
    expect(stderr).toContain('anna');
    expect(stderr).not.toContain('    at ');
  });

  test('exits with 2 for a missing file, an unknown option value, and cameras it cannot draw', () => {
    expect(aisle('run', 'scenarios/no-such.yaml')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('found nothing there'),
    });
    expect(aisle('run', one, '--attribution', 'magic')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('published'),
    });
    expect(aisle('run', one, '--ablate', 'gravity')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('dynamic-planogram'),
    });
    expect(aisle('run', one, '--seed', '5..1')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('smaller number first'),
    });
  });

  test('writes a self-contained page, a JUnit file and the truth', () => {
    const [page, junit, truth] = [join(folder, 'out.html'), join(folder, 'out.xml'), join(folder, 'truth')];
    expect(aisle('run', one, '--report', page, '--junit', junit, '--export', truth).status).toBe(0);
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/(src|href)="?https?:/);
    expect(readFileSync(junit, 'utf8')).toContain('tests="1" failures="0"');
    expect(existsSync(join(truth, 'mot-challenge'))).toBe(true);
  });

  test('keeps what was finished when interrupted', async () => {
    const child = spawn(
      process.execPath,
      [join(root, 'bin/aisle.js'), 'run', one, '--seed', '1..200', '--workers', '1', '--json'],
      { cwd: root, detached: true },
    );
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      // To the group, as a terminal does.
      if (text.includes('\n')) process.kill(-child.pid!, 'SIGINT');
    });
    const code = await new Promise((done) => child.on('close', done));
    expect(code).toBe(130);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(200);
  });
});

describe('sweep', () => {
  test('runs every combination, resumes from its rows, and names the worst run', () => {
    const path = write('swept.yaml', small('sweep: { run.seed: 1..2, noise: [default, none] }\n'));
    const out = join(folder, 'sweep');
    const half = aisle('sweep', path, '--shard', '1/2', '--out', out);
    expect(half.status).toBe(0);
    expect(readFileSync(join(out, 'rows.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2);
    const whole = aisle('sweep', path, '--out', out);
    expect(whole.stderr).toContain('2 of 4 runs are done');
    expect(whole.stdout).toContain('noise=none');
    expect(whole.stdout).toContain(`aisle run ${path} --seed`);
    const again = aisle('sweep', path, '--out', out, '--json');
    expect(again.stderr).toContain('4 of 4 runs are done');
    expect(again.stdout.trim().split('\n')).toHaveLength(4);
    // Rows of a file that has changed since are no rows of this one; what was set stands in the command.
    write('swept.yaml', small('sweep: { run.seed: 1..1 }\n').replace('60s', '50s'));
    const changed = aisle('sweep', path, '--out', out, '--set', 'noise={ set: none }');
    expect(changed.stderr).not.toContain('resuming');
    expect(changed.stdout).toMatch(/--seed 1 .* --set 'noise=\{"set":"none"\}'/);
  });
});

describe('recordings', () => {
  test('replay and score to the carts of the run, whole or as far as they go', () => {
    const file = join(folder, 'run.mcap');
    const run = JSON.parse(aisle('run', one, '--record', file, '--json').stdout);
    const replayed = JSON.parse(aisle('replay', file, '--json').stdout);
    expect(replayed.hashes).toEqual(run.hashes);
    expect(replayed.sameAsRecorded).toBe(true);
    const scored = JSON.parse(aisle('score', file, '--json').stdout);
    expect(scored.scores).toEqual(run.scores);

    const blind = join(folder, 'blind.mcap');
    expect(aisle('strip', file, blind).status).toBe(0);
    expect(JSON.parse(aisle('replay', blind, '--json').stdout).hashes).toEqual(run.hashes);
    expect(aisle('score', blind)).toMatchObject({ status: 2, stderr: expect.stringContaining('run.json') });

    truncateSync(blind, 400_000);
    expect(aisle('replay', blind)).toMatchObject({ status: 2, stderr: expect.stringMatching(/byte \d+/) });
    expect(aisle('replay', write('no.mcap', 'not a recording'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expected'),
    });
  });

  test('replays by the method and the bodies that a recording was made with, unless told another', () => {
    const file = join(folder, 'method.mcap');
    for (const more of [
      ['--attribution', 'nearest-person'],
      ['--ablate', 'dynamic-planogram'],
      ['--tracks', 'true'],
    ]) {
      const run = JSON.parse(aisle('run', one, '--record', file, '--json', ...more).stdout);
      expect(JSON.parse(aisle('replay', file, '--json').stdout).hashes).toEqual(run.hashes);
    }
    expect(JSON.parse(aisle('replay', file, '--attribution', 'nearest-person', '--json').stdout).carts).toHaveLength(1);
  });

  test('hold pictures where they are asked for, and give the same carts when these are looked at again', () => {
    const file = join(folder, 'pictures.mcap');
    const small = ['--set', 'sensors.c1.image=[64, 36]', '--set', 'run.duration=30s'];
    const pixels = ['--cameras', 'pixels', ...small, '--record', file, '--json'];
    const run = JSON.parse(aisle('run', one, ...pixels, '--record-pictures').stdout);
    for (const from of ['readings', 'pictures'])
      expect(JSON.parse(aisle('replay', file, '--from', from, '--json').stdout).hashes).toEqual(run.hashes);
    const { misfits, topics } = misfitsOf(file);
    expect(misfits).toEqual([]);
    expect(topics.get('/cameras/c1/depth')).toBeGreaterThan(100);
    const withPictures = statSync(file).size;
    expect(JSON.parse(aisle('run', one, ...pixels).stdout).hashes).toEqual(run.hashes);
    expect(statSync(file).size).toBeLessThan(withPictures / 5);
    expect(aisle('replay', file, '--from', 'pictures')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('expected a recording made with --record-pictures'),
    });
  });

  test('refuse pictures that nobody takes or nobody keeps', () => {
    const file = join(folder, 'none.mcap');
    for (const [reason, ...args] of [
      ['found no --record', '--cameras', 'pixels'],
      ['expected --cameras pixels', '--record', file, '--cameras', 'detections'],
      ['found no camera that sends pixels', '--record', file],
    ])
      expect(aisle('run', one, '--record-pictures', ...args)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(reason),
      });
    expect(existsSync(file)).toBe(false);
  });

  test('never strips a recording onto itself, however its path is spelt', () => {
    const file = join(folder, 'precious.mcap');
    aisle('run', one, '--record', file);
    const before = readFileSync(file);
    expect(aisle('strip', file, `${folder}/./precious.mcap`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('found the recording itself'),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

test('says in words which path cannot be used', () => {
  const nowhere = join(folder, 'no-such-folder', 'x');
  for (const args of [
    ['replay', nowhere],
    ['run', one, '--record', nowhere],
    ['run', one, '--report', nowhere],
  ])
    expect(aisle(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(`${nowhere}: found no `) });
  expect(aisle('expand', one, '--seed', 'x')).toMatchObject({ status: 2, stderr: expect.not.stringContaining('at ') });
});

/** Four for a look; `AISLE_KILLS=50` spreads fifty over the length of a run. */
const KILLS = Number(process.env.AISLE_KILLS ?? 0);

test('a run killed again and again goes on from its journal to the same bytes', {
  timeout: 120_000 * (1 + KILLS / 10),
}, () => {
  const [whole, killed] = [join(folder, 'whole.journal'), join(folder, 'killed.journal')];
  const startedMs = performance.now();
  const hashes = JSON.parse(aisle('run', one, '--journal', whole, '--json').stdout).hashes;
  const wholeMs = performance.now() - startedMs;
  // Golden-ratio steps: evenly spread however many there are.
  const spread = Array.from({ length: KILLS }, (_, i) => Math.round(wholeMs * (0.3 + 0.65 * ((i * 0.618) % 1))));
  for (const ms of KILLS > 0 ? spread : [800, 1300, 1900, 2700]) {
    // Without the launcher, so that the signal meets the process that writes.
    const args = [join(root, 'bin/aisle.ts'), 'run', one, '--journal', killed];
    spawnSync(process.execPath, args, { cwd: root, timeout: ms, killSignal: 'SIGKILL' });
  }
  const last = JSON.parse(aisle('run', one, '--journal', killed, '--json').stdout);
  expect(last.hashes).toEqual(hashes);
  expect(readFileSync(killed)).toEqual(readFileSync(whole));
  expect(aisle('run', one, '--seed', '9', '--journal', killed)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('do not give'),
  });
});

test('expand prints the same run for the same seed, and another for another', () => {
  const [a, b, c] = ['1', '1', '2'].map((seed) => aisle('expand', 'scenarios/demo.yaml', '--seed', seed).stdout);
  expect(a).toContain('shoppers:');
  expect(b).toBe(a);
  expect(c).not.toBe(a);
});

test('truth says what happened, from a scenario or its recording', () => {
  const file = join(folder, 'truth.mcap');
  expect(aisle('run', one, '--record', file).status).toBe(0);
  const { stdout } = aisle('truth', one);
  expect(stdout).toMatch(/ana moves cola-can \(\d+\.\d g\) from G1\.2\.2 to ana/);
  expect(stdout).toContain('ana carried out 1 × cola-can');
  expect(aisle('truth', file).stdout).toBe(stdout);
});
