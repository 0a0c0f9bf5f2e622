import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Simulation } from '../../simulator/simulate.ts';
import { withGuests } from '../../simulator/world/guests.ts';
import { resolveFile } from '../scenario-files.ts';
import { InterventionLog } from './intervention-log.ts';
import { Interventions } from './interventions.ts';
import { LiveFeed } from './live-feed.ts';
import { WorldScenes } from './world-scenes.ts';

const folder = mkdtempSync(join(tmpdir(), 'aisle-watchers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const demo = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));
const run = withGuests(resolveFile(demo, null, {}), 2);

/** Plays 30 s with a log at `path`; `act` is called after every step. */
function play(path: string, act: (interventions: Interventions, seconds: number) => void): string[] {
  const log = new InterventionLog(path);
  const simulation = new Simulation(run);
  const interventions = new Interventions(run, simulation, new LiveFeed(simulation.store, new WorldScenes(run).log));
  interventions.keep(log);
  const readings: string[] = [];
  for (let k = 1; k <= 300; k++) {
    log.repeat(simulation);
    for (const reading of simulation.step()!.readings) readings.push(JSON.stringify(reading));
    act(interventions, k / 10);
  }
  return readings;
}

test('brings a run that was acted on back to the same readings, even after half a line', () => {
  const path = join(folder, 'watchers.ndjson');
  let guest = '';
  const camera = run.cameras[0]!.id;
  const first = play(path, (interventions, seconds) => {
    if (seconds === 3) guest = interventions.admit()!;
    if (seconds === 12) interventions.move({ type: 'steer', guest, x: 1, y: 0 });
    if (seconds === 14) interventions.move({ type: 'steer', guest, x: 0, y: 0 });
    if (seconds === 15) interventions.suffer({ kind: 'blind', target: camera });
  });
  expect(guest).toBe('guest-1');
  appendFileSync(path, '{"afterUs":99');
  for (let again = 0; again < 2; again++) expect(play(path, () => {})).toEqual(first);
  expect(play(join(folder, 'none.ndjson'), () => {})).not.toEqual(first);
});

test('refuses what is no sensor and who is no guest', () => {
  play(join(folder, 'refused.ndjson'), (interventions, seconds) => {
    if (seconds !== 1) return;
    expect(() => interventions.suffer({ kind: 'blind', target: 'c99' })).toThrow('c99');
    expect(() => interventions.suffer({ kind: 'silence', target: run.cameras[0]!.id })).toThrow('scale');
    expect(() => interventions.order('ana', { verb: 'leave' })).toThrow('ana');
  });
});
