import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { encodeLive, type LiveMessage, packLive } from '../../../api/live.ts';
import { packSnapshot } from '../../render/scene/packed-snapshot.ts';
import {
  BODIES,
  BODY,
  bodiesAt,
  FACING,
  FEET,
  snapshotLength,
  TIME_HIGH,
  TIME_LOW,
  TIME_UNIT,
  timeOf,
} from '../../render/scene/snapshot-layout.ts';
import { RecentScenes } from './recent-scenes.ts';

/** A scene with one body that walks along x at 1 m/s. */
function sceneAt(timeUs: number): LiveMessage & { kind: 'scene' } {
  const snapshot = new Float32Array(snapshotLength(0, 1, 0));
  snapshot[TIME_HIGH] = Math.floor(timeUs / TIME_UNIT);
  snapshot[TIME_LOW] = timeUs - snapshot[TIME_HIGH] * TIME_UNIT;
  snapshot[BODIES] = 1;
  snapshot[bodiesAt(snapshot) + FEET] = timeUs / 1e6;
  snapshot[bodiesAt(snapshot) + FACING] = 1;
  return { kind: 'scene', timeUs, bytes: packSnapshot(snapshot) };
}

const asked: string[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const from = Number(/fromUs=(\d+)/.exec(path)![1]);
    const scenes = Array.from({ length: 100 }, (_, i) => encodeLive(sceneAt(from + i * 100_000)));
    return new Response(packLive(scenes).slice().buffer);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test('shows people between two scenes where they were between them', () => {
  const scenes = new RecentScenes();
  scenes.take(sceneAt(1_000_000));
  scenes.take(sceneAt(1_100_000));
  const between = scenes.sceneAt(1_025_000)!;
  expect(timeOf(between)).toBeCloseTo(1_025_000, 0);
  expect(between[bodiesAt(between) + FEET]).toBeCloseTo(1.025, 2);
  expect(between.length).toBe(snapshotLength(0, 1, 0));
  expect(BODY).toBeGreaterThan(FEET);
});

test('fetches what is looked at and was never sent, once', async () => {
  const scenes = new RecentScenes();
  scenes.latestUs = 60e6;
  expect(scenes.sceneAt(25e6)).toBeNull();
  expect(scenes.sceneAt(25.1e6)).toBeNull();
  await vi.waitFor(() => expect(scenes.sceneAt(25e6)).not.toBeNull());
  expect(timeOf(scenes.sceneAt(25e6)!)).toBe(25e6);
  expect(asked).toEqual(['live/history?fromUs=20000000&toUs=30000000']);
});

test('takes a scene once that is sent and fetched', async () => {
  const scenes = new RecentScenes();
  scenes.latestUs = 60e6;
  scenes.take(sceneAt(20e6));
  scenes.sceneAt(20e6);
  await vi.waitFor(() => expect(timeOf(scenes.sceneAt(29.9e6)!)).toBe(29.9e6));
  expect(timeOf(scenes.sceneAt(20.05e6)!)).toBeCloseTo(20.05e6, 0);
});

test('does not blend scenes that are more than a second apart', () => {
  const scenes = new RecentScenes();
  scenes.take(sceneAt(1e6));
  scenes.take(sceneAt(3e6));
  expect(timeOf(scenes.sceneAt(2e6)!)).toBe(1e6);
});
