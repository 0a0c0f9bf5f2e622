import { decodeLive } from '../../api/live.ts';
import { LiveStore } from '../../bin/live/live-store.ts';
import { unpackSnapshot } from '../../simulator/render/scene/packed-snapshot.ts';
import { BODIES } from '../../simulator/render/scene/snapshot-layout.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import { quantile } from '../fit-detections/spread.ts';

/** What a watched store costs by itself. */
export interface FeedCost {
  readonly seconds: number;
  readonly mostPeople: number;
  /** When that was, µs. */
  readonly crowdedUs: number;
  /** Scenes only, per second and shopper in them. */
  readonly sceneBytesPerSecondShopper: number;
  readonly sceneBytesPerSecond: number;
  readonly newsBytesPerSecond: number;
  /** Median over scenes. */
  readonly encodeUs: number;
  readonly keptBytes: number;
  readonly rssBytes: number;
}

/** Plays a run as fast as it goes and measures its feed. `atCrowd`: stops when so many people have been inside at once. */
export async function feedCost(run: Run, atCrowd = Number.POSITIVE_INFINITY): Promise<[FeedCost, LiveStore]> {
  const live = new LiveStore(run);
  live.setPace(Number.POSITIVE_INFINITY, false);
  let [sceneBytes, newsBytes, people, mostPeople, crowdedUs] = [0, 0, 0, 0, 0];
  const encodeUs: number[] = [];
  const scene = live.feed.scene.bind(live.feed);
  live.feed.scene = (timeUs, snapshot) => {
    const startMs = performance.now();
    scene(timeUs, snapshot);
    encodeUs.push((performance.now() - startMs) * 1000);
  };
  live.feed.listen((bytes, kind) => {
    if (kind === 'news') newsBytes += bytes.byteLength;
    if (kind !== 'scene') return;
    sceneBytes += bytes.byteLength;
    const message = decodeLive(bytes);
    const count = message.kind === 'scene' ? unpackSnapshot(message.bytes)[BODIES] : 0;
    people += count;
    if (count > mostPeople) [mostPeople, crowdedUs] = [count, message.timeUs];
    if (count >= atCrowd) live.stop();
  });
  await live.play();
  const seconds = live.feed.nowUs / 1e6;
  const scenes = encodeUs.length;
  return [
    {
      ...{ seconds, mostPeople, crowdedUs, encodeUs: quantile(encodeUs, 0.5), keptBytes: live.feed.timeline.bytes },
      sceneBytesPerSecondShopper: (sceneBytes / seconds) * (scenes / Math.max(1, people)),
      sceneBytesPerSecond: sceneBytes / seconds,
      newsBytesPerSecond: newsBytes / seconds,
      rssBytes: process.memoryUsage().rss,
    },
    live,
  ];
}
