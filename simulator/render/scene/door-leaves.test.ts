import { expect, test } from 'vitest';
import { World } from '../../world/world.ts';
import { demoRun } from '../test-scene.ts';
import { HEAD } from './snapshot-layout.ts';
import { SnapshotWriter } from './snapshot-writer.ts';

test('opens only leaves before hands, keeps them until the front is shut, then none', () => {
  const run = demoRun();
  const world = new World(run);
  const writer = new SnapshotWriter(run);
  let wasOpen = 0;
  let before = 0;
  while (world.timeUs < run.durationUs && !world.isOver) {
    world.step();
    writer.watch(world);
    if (world.timeUs < 60e6) continue;
    const [fixture, openness, used] = writer.take(world).subarray(HEAD, HEAD + 3);
    expect(run.store.fixtures[fixture].door).not.toBe(null);
    if (openness === 0) expect(used).toBe(0);
    else {
      wasOpen += 1;
      expect(used).not.toBe(0);
      expect(used & before).toBe(before);
    }
    before = openness === 0 ? 0 : used;
  }
  expect(wasOpen).toBeGreaterThan(10);
});
