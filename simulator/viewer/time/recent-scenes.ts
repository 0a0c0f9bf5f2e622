import type { LiveMessage } from '../../../api/live.ts';
import { unpackSnapshot } from '../../render/scene/packed-snapshot.ts';
import { blendSnapshots } from '../shop/blend-snapshots.ts';
import { fetchHistory } from './live-connection.ts';

type Scene = LiveMessage & { kind: 'scene' };
type Tracks = LiveMessage & { kind: 'tracks' };
type Sample = LiveMessage & { kind: 'news' };

/** Length of a stretch that is fetched at once. */
const STRETCH_US = 10e6;
/** Stretches kept, least lately used out first: 20 minutes. */
const MAX_STRETCHES = 120;
/** Scenes that are further apart do not belong together. */
const GAP_US = 1e6;
/** Readings arrive up to so much after their time. */
const LATE_US = 1e6;

interface Stretch {
  readonly scenes: Scene[];
  readonly tracks: Tracks[];
  readonly samples: Sample[];
  /** Up to here everything has been fetched, samples too; live messages bring the scenes of later. */
  fetchedToUs: number;
}

/** What passed by, in stretches of ten seconds: live ones as they come, older ones fetched when they are looked at. */
export class RecentScenes {
  readonly #stretches = new Map<number, Stretch>();
  readonly #under = new Set<number>();
  #blend: { key: string; snapshot: Float32Array } | null = null;
  #unpacked: { scene: Scene; snapshot: Float32Array }[] = [];
  /** Latest time of anything. */
  latestUs = 0;

  take(message: Scene | Tracks | Sample): void {
    const stretch = this.#stretchAt(message.timeUs);
    const list =
      message.kind === 'scene' ? stretch.scenes : message.kind === 'tracks' ? stretch.tracks : stretch.samples;
    insert(list as LiveMessage[], message);
    if (message.kind === 'scene') this.latestUs = Math.max(this.latestUs, message.timeUs);
  }

  /** The scene at a time, between those that were sent; null when it is not known (yet: it is being fetched). */
  sceneAt(timeUs: number): Float32Array | null {
    this.#need(timeUs);
    const [before, after] = this.#around(timeUs, (stretch) => stretch.scenes);
    if (!before) return after ? this.#unpack(after) : null;
    if (!after || after.timeUs - before.timeUs > GAP_US) return this.#unpack(before);
    const share = (timeUs - before.timeUs) / (after.timeUs - before.timeUs);
    const key = `${before.timeUs}/${share}`;
    if (this.#blend?.key !== key) {
      const snapshot = blendSnapshots(this.#unpack(before), this.#unpack(after), share);
      this.#blend = { key, snapshot };
    }
    return this.#blend.snapshot;
  }

  /** Where the engine had bodies at a time. */
  tracksAt(timeUs: number): Tracks | null {
    const [before] = this.#around(timeUs, (stretch) => stretch.tracks);
    return before && timeUs - before.timeUs < GAP_US ? before : null;
  }

  /** Samples known of [fromUs, toUs]; what is missing is being fetched. */
  samplesBetween(fromUs: number, toUs: number): Sample[] {
    const found: Sample[] = [];
    for (let index = stretchOf(fromUs); index <= stretchOf(toUs); index++) {
      this.#need(index * STRETCH_US, Math.min(toUs, (index + 1) * STRETCH_US - 1));
      const samples = this.#stretches.get(index)?.samples ?? [];
      found.push(...samples.filter(({ timeUs }) => timeUs >= fromUs && timeUs <= toUs));
    }
    return found;
  }

  /** Fetches the stretch of a time if nothing is known of it, or if more is wanted than was there the last time. */
  #need(timeUs: number, wantedToUs = timeUs): void {
    const index = stretchOf(timeUs);
    const known = this.#stretches.get(index);
    const toUs = Math.min(wantedToUs, this.latestUs - LATE_US);
    if (timeUs < 0 || this.#under.has(index)) return;
    if (known && known.fetchedToUs > 0 && (known.fetchedToUs >= toUs || wantedToUs === timeUs)) return;
    this.#under.add(index);
    const latestUs = this.latestUs - LATE_US;
    fetchHistory(index * STRETCH_US, (index + 1) * STRETCH_US).then(
      (messages) => {
        for (const message of messages) if (message.kind !== 'stock') this.take(message);
        this.#stretchAt(index * STRETCH_US).fetchedToUs = Math.max(1, latestUs);
        this.#under.delete(index);
      },
      () => setTimeout(() => this.#under.delete(index), 1000),
    );
  }

  #around<M extends LiveMessage>(timeUs: number, listOf: (stretch: Stretch) => M[]): [M | null, M | null] {
    const index = stretchOf(timeUs);
    let before: M | null = null;
    let after: M | null = null;
    for (const at of [index - 1, index, index + 1]) {
      const stretch = this.#stretches.get(at);
      if (!stretch) continue;
      const list = listOf(stretch);
      const next = firstAfter(list, timeUs);
      if (next > 0) before = list[next - 1];
      if (next < list.length && !after) after = list[next];
    }
    return [before, after];
  }

  #unpack(scene: Scene): Float32Array {
    const known = this.#unpacked.find((row) => row.scene === scene);
    if (known) return known.snapshot;
    const snapshot = unpackSnapshot(scene.bytes);
    this.#unpacked = [...this.#unpacked.slice(-3), { scene, snapshot }];
    return snapshot;
  }

  #stretchAt(timeUs: number): Stretch {
    const index = stretchOf(timeUs);
    let stretch = this.#stretches.get(index);
    if (!stretch) {
      stretch = { scenes: [], tracks: [], samples: [], fetchedToUs: 0 };
      this.#stretches.set(index, stretch);
      if (this.#stretches.size > MAX_STRETCHES) this.#stretches.delete(this.#stretches.keys().next().value!);
    }
    return stretch;
  }
}

/** Index of the first message after a time. */
function firstAfter(list: readonly LiveMessage[], timeUs: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].timeUs > timeUs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Puts a message at its place in time, once: live and fetched ones come twice. */
function insert(list: LiveMessage[], message: LiveMessage): void {
  const at = firstAfter(list, message.timeUs);
  for (let i = at - 1; i >= 0 && list[i].timeUs === message.timeUs; i--) if (isSame(list[i], message)) return;
  list.splice(at, 0, message);
}

/** Of messages of the same time: scenes and tracks there is one of each, of samples one per sensor. */
function isSame(a: LiveMessage, b: LiveMessage): boolean {
  return a.kind !== 'news' || b.kind !== 'news' || sensorOf(a.news) === sensorOf(b.news);
}

function sensorOf(news: Sample['news']): string {
  return news.type === 'scale' ? news.scaleId : news.type === 'camera' ? news.cameraId : '';
}

function stretchOf(timeUs: number): number {
  return Math.floor(timeUs / STRETCH_US);
}
