import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeLive, type LiveMessage, type LiveNews, unpackLive } from '../../api/live.ts';
import { type Cart, cartsHash } from '../../engine/index.ts';
import { walkMcap } from '../../engine/recording/mcap-walk.ts';
import { Recorder } from '../../engine/recording/recorder.ts';
import { openRecording } from '../../engine/recording/replay.ts';
import { stripTruth } from '../../engine/recording/strip-truth.ts';
import { unpackSnapshot } from '../../simulator/render/scene/packed-snapshot.ts';
import { BODIES, timeOf } from '../../simulator/render/scene/snapshot-layout.ts';
import { replay } from '../commands/replay.ts';
import { executeRun } from '../execute-run.ts';
import { resolveFile } from '../scenario-files.ts';
import { LiveStore } from './live-store.ts';
import { RecordedStore } from './recorded-store.ts';
import type { WatchedStore } from './watched-store.ts';

const demo = fileURLToPath(new URL('../../scenarios/demo.yaml', import.meta.url));
const layout = new URL('../../simulator/viewer/lichtblick-layout.json', import.meta.url);
const shorter = { 'run.duration': '50s' };
const method = { attribution: 'joint', ablate: [] };

let folder: string;
let path: string;
let expected: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aisle-recorded-'));
  path = join(folder, 'demo.mcap');
  await executeRun({
    ...{ file: demo, seed: 1, overrides: shorter, cameras: null, ...method, tracks: 'engine', journal: null },
    ...{ record: path, recordPictures: false, exportDir: null, report: false, pictureWorkers: 1 },
    ...{ index: 0, progress: new SharedArrayBuffer(8) },
  });
  expected = (await replay(await openRecording(path), method, () => {})).hashes.carts;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Plays a store to its end; all that watchers were told. */
async function played(store: WatchedStore): Promise<{ messages: LiveMessage[]; hash: string }> {
  const messages: LiveMessage[] = [];
  // Bytes are lent to listeners of the same turn only as far as the wire goes; what is kept here is a copy.
  store.feed.listen((bytes) => void messages.push(decodeLive(bytes.slice())));
  store.setPace(Number.POSITIVE_INFINITY, false);
  await store.play();
  const carts = new Map<string, Cart>();
  for (const news of newsOf(messages)) if (news.type === 'cart') carts.set(news.cart.tripId, news.cart);
  return { messages, hash: cartsHash([...carts.values()]) };
}

function newsOf(messages: readonly LiveMessage[]): LiveNews[] {
  return messages.flatMap((message) => (message.kind === 'news' ? [message.news] : []));
}

function scenesOf(messages: readonly LiveMessage[]): (LiveMessage & { kind: 'scene' })[] {
  return messages.filter((message) => message.kind === 'scene');
}

test('shows a recording with the scenes of the run, byte for byte, and the carts of a replay', async () => {
  const recorded = await RecordedStore.open(path);
  const { messages, hash } = await played(recorded);
  const live = await played(new LiveStore(resolveFile(demo, 1, shorter)));
  expect(hash).toBe(expected);
  expect(recorded.hasTruth).toBe(true);
  const scenes = scenesOf(live.messages);
  expect(scenes.length).toBeGreaterThan(600);
  expect(scenesOf(messages).length).toBe(scenes.length);
  scenesOf(messages).forEach((scene, i) => {
    if (Buffer.compare(scene.bytes, scenes[i].bytes) !== 0) throw new Error(`scene ${i} differs`);
  });
  const truth = (all: readonly LiveMessage[]) => newsOf(all).filter(({ type }) => type === 'truth').length;
  expect(truth(messages)).toBe(truth(live.messages));
  // Those who come later get all of it, too.
  const times = (all: readonly LiveMessage[]) => scenesOf(all).map(({ timeUs }) => timeUs);
  const again = times(unpackLive(recorded.feed.timeline.between(30e6, 40e6)));
  expect(again).toEqual(times(messages).filter((timeUs) => timeUs >= 30e6 && timeUs < 40e6));
  expect(recorded.feed.floor().seconds.reduce((a, b) => a + b, 0)).toBeGreaterThan(50);
});

test('shows figures where the engine has bodies when truth was taken out, and the same carts', async () => {
  const blind = join(folder, 'blind.mcap');
  await stripTruth(path, blind);
  const store = await RecordedStore.open(blind);
  const { messages, hash } = await played(store);
  expect(hash).toBe(expected);
  expect(store.hasTruth).toBe(false);
  expect(newsOf(messages).some(({ type }) => type === 'truth')).toBe(false);
  const tracks = new Map(messages.flatMap((m) => (m.kind === 'tracks' ? [[m.timeUs, m.trackIds.length]] : [])));
  for (const { timeUs, bytes } of scenesOf(messages)) {
    const snapshot = unpackSnapshot(bytes);
    expect(timeOf(snapshot)).toBe(timeUs);
    expect(snapshot[BODIES]).toBe(tracks.get(timeUs));
  }
  // The shelves lose what the engine believes was taken.
  const stock = messages.flatMap((m) => (m.kind === 'stock' ? [m] : []));
  expect(stock.length).toBeGreaterThan(8);
});

test('says so and shows figures when the run is simulated another way today', async () => {
  const other = join(folder, 'other.mcap');
  const recording = await openRecording(path);
  const run = JSON.parse(Buffer.from(recording.attachments[0].data).toString());
  const data = JSON.stringify({ ...run, seed: 2 });
  const recorder = await Recorder.open(other, {
    store: recording.store,
    attachments: [{ name: 'run.json', mediaType: 'application/json', data }],
    metadata: recording.metadata,
  });
  for await (const reading of recording.readings()) recorder.reading(reading);
  await recorder.close();
  const { messages, hash } = await played(await RecordedStore.open(other));
  expect(hash).toBe(expected);
  const alerts = newsOf(messages).filter((news) => news.type === 'alert' && news.about === 'recording');
  expect(alerts).toHaveLength(1);
  const late = scenesOf(messages).filter(({ timeUs }) => timeUs > 30e6 && timeUs < 40e6);
  expect(late.some(({ bytes }) => unpackSnapshot(bytes)[BODIES] > 0)).toBe(true);
});

test('has a layout for Lichtblick that names channels of the demo', () => {
  const topics = new Set<string>();
  for (const part of walkMcap(path))
    if (part.kind === 'chunk') for (const { topic } of part.messages) topics.add(topic);
  const named = readFileSync(layout, 'utf8').match(/\/(scene|scales|cameras|log|engine)[\w/.-]*/g) ?? [];
  const paths = named.map((name) => name.replace(/\.totalGrams$/, ''));
  expect(paths.length).toBeGreaterThan(8);
  // Pictures are there only with --record-pictures.
  expect(paths.filter((name) => !topics.has(name) && name !== '/cameras/c1/color')).toEqual([]);
});
