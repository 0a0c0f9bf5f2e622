import { expect, test } from 'vitest';
import { decodeLive, type LiveNews } from '../../api/live.ts';
import type { Cart, Engine, EngineOutput, Reading, Store } from '../../engine/index.ts';
import { snapshotLength } from '../../simulator/render/scene/snapshot-layout.ts';
import { ROW, StockLog } from '../../simulator/render/scene/stock-log.ts';
import { LiveFeed } from './live-feed.ts';

const store = {
  ...{ sizeM: [5, 4], cameras: [{ id: 'c1' }] },
  scales: [{ id: 'plates/G1.1', cells: [{}, {}] }],
} as unknown as Store;

function opened() {
  const log = new StockLog();
  const feed = new LiveFeed(store, log);
  const news: LiveNews[] = [];
  const kinds: string[] = [];
  feed.listen((bytes) => {
    const message = decodeLive(bytes);
    kinds.push(message.kind);
    if (message.kind === 'news') news.push(message.news);
  });
  const drafts: Cart[] = [];
  const engine = { drafts: () => drafts, tripsOf: () => [{ tripId: 'trip-1', prob: 1 }] } as unknown as Engine;
  const tick = (timeUs: number, outputs: readonly EngineOutput[] = []) => {
    if (feed.isSceneDue(timeUs)) feed.scene(timeUs, new Float32Array(snapshotLength(0, 0, 0)));
    const tracks = { timeUs, trackIds: Int32Array.of(1), onFloorM: Float32Array.of(2, 2) };
    feed.outputs([{ kind: 'tracks', tracks }, ...outputs], engine);
  };
  return { feed, log, news, kinds, drafts, tick };
}

function cart(confidence: number, status: Cart['status'] = 'draft'): Cart {
  return {
    ...{ tripId: 'trip-1', credential: null, status, confidence, enteredAtUs: 0, exitedAtUs: null, finalAtUs: null },
    lines: [],
  };
}

function heard(sensorId: string, timeUs: number): Reading {
  const detections = { headsInImagePx: [], handsInImagePx: [] };
  return { kind: 'detection', sensorId, timeUs, arrivalUs: timeUs, sequence: 0, detections } as unknown as Reading;
}

test('shows 15 scenes a second however fast the world moves', () => {
  const { kinds, tick } = opened();
  for (let timeUs = 0; timeUs < 10e6; timeUs += 20_000) tick(timeUs);
  const scenes = kinds.filter((kind) => kind === 'scene').length;
  expect(scenes).toBeGreaterThan(140);
  expect(scenes).toBeLessThanOrEqual(151);
});

test('tells of a draft when it is another than before, and not each time it is looked at', () => {
  const { news, drafts, tick } = opened();
  drafts.push(cart(0.9));
  for (let timeUs = 0; timeUs < 5e6; timeUs += 100_000) tick(timeUs);
  drafts[0] = cart(0.5);
  for (let timeUs = 5e6; timeUs < 8e6; timeUs += 100_000) tick(timeUs);
  const told = news.flatMap((one) => (one.type === 'cart' ? [one.cart.confidence] : []));
  expect(told).toEqual([0.9, 0.5]);
  expect(news.filter(({ type }) => type === 'links')).toHaveLength(1);
});

test('tells once when a sensor falls silent, and once when it is back', () => {
  const { feed, news, tick } = opened();
  for (let timeUs = 0; timeUs < 20e6; timeUs += 100_000) {
    if (timeUs < 5e6 || timeUs > 12e6) feed.reading(heard('c1', timeUs));
    tick(timeUs);
  }
  const silences = news.flatMap((one) => (one.type === 'silence' && one.sensorId === 'c1' ? [one] : []));
  expect(silences.map(({ isSilent }) => isSilent)).toEqual([true, false]);
  expect(silences[0].timeUs).toBeGreaterThan(7.8e6);
  expect(silences[0].timeUs).toBeLessThan(9e6);
  expect(silences[1].timeUs).toBeLessThan(13e6);
});

test('sends the stock that is new before the scene that counts on it, and all of it to those who come late', () => {
  const { feed, log, kinds, tick } = opened();
  log.push(new Float32Array(ROW));
  tick(0);
  tick(100_000);
  log.push(new Float32Array(ROW));
  tick(200_000);
  expect(kinds.filter((kind) => kind === 'stock' || kind === 'scene')).toEqual([
    'stock',
    'scene',
    'scene',
    'stock',
    'scene',
  ]);
  expect(feed.stock().byteLength).toBe(4 + 16 + 2 * ROW * 4);
});

test('adds up the cells of a scale', () => {
  const { feed, news } = opened();
  const grams = Float32Array.of(100, 50, 100, 50);
  feed.reading({
    ...{ kind: 'scale', sensorId: 'plates/G1.1', timeUs: 1e6, arrivalUs: 1e6, sequence: 0, periodUs: 100_000, grams },
  } as unknown as Reading);
  expect(news).toEqual([{ type: 'scale', timeUs: 1e6, scaleId: 'plates/G1.1', periodUs: 100_000, grams: [150, 150] }]);
});

test('stops telling those who stopped listening', () => {
  const { feed } = opened();
  let told = 0;
  const stop = feed.listen(() => void told++);
  feed.alert(1, 'a', 'b');
  stop();
  feed.alert(2, 'a', 'b');
  expect(told).toBe(1);
});
