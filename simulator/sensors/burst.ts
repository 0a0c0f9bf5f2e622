import { clamp } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { Run, ScaleNoise, ScalePlan } from '../scenario/run.ts';

/** Side of the floor tiles that shared bursts start from, metres. */
const TILE_M = 3;
/** Distance at which a burst through the floor is half as strong, metres. */
const HALF_M = 3;
/** A burst weaker than this share is not felt: 6 m. */
const FELT = 0.2;
/** Tiles that one unit feels at half strength or more: π · 3² / 3². */
const TILES_FELT = Math.PI;
/** Shortest burst, µs. */
const SHORTEST_US = 200_000;

export interface Burst {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Envelope of a burst at a time: 0 outside, quarter-long soft edges, 1 between; no net change is left behind. */
export function burstEnvelope(burst: Burst, timeUs: number): number {
  const at = (timeUs - burst.fromUs) / (burst.toUs - burst.fromUs);
  if (!(at > 0 && at < 1)) return 0;
  const edge = clamp(4 * Math.min(at, 1 - at), 0, 1);
  return edge * edge * (3 - 2 * edge);
}

interface Listener {
  startBurst(burst: Burst, strength: number): void;
}

/** One place bursts start from: a tile of the floor, or one shelf that is leant on. */
class Source {
  private readonly stream: RandomStream;
  private readonly meanGapUs: number;
  private readonly noise: ScaleNoise['burst'];
  private readonly listeners: { readonly unit: Listener; readonly strength: number }[] = [];
  private nextUs: number;

  constructor(stream: RandomStream, perMinute: number, noise: ScaleNoise['burst']) {
    this.stream = stream;
    this.noise = noise;
    this.meanGapUs = 60_000_000 / perMinute;
    this.nextUs = stream.exponential(this.meanGapUs);
  }

  reach(unit: Listener, strength: number): void {
    this.listeners.push({ unit, strength });
  }

  advance(timeUs: number): void {
    while (this.nextUs <= timeUs) {
      const length = Math.max(SHORTEST_US, this.stream.draw(this.noise.durationUs));
      const burst = { fromUs: this.nextUs, toUs: this.nextUs + length };
      for (const { unit, strength } of this.listeners) unit.startBurst(burst, strength);
      this.nextUs += this.stream.exponential(this.meanGapUs);
    }
  }
}

function fixtureCentre(run: Run, plan: ScalePlan): [number, number] {
  const fixture = run.store.fixtures.find((f) => f.shelves.some((s) => s.id === plan.shelfId));
  if (!fixture) throw new Error(`scale ${plan.id}: its shelf ${plan.shelfId} stands on no fixture of the store`);
  return [fixture.atM[0], fixture.atM[1]];
}

/**
 * All sources of vibration. Shared bursts start on tiles of the floor, whose streams know nothing of the scales, and reach
 * every unit within 6 m at the same moment; so one more scale leaves the others as they were.
 */
export class Bursts {
  private readonly sources: Source[] = [];
  private readonly tiles = new Map<string, Source>();
  private readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  /** Lets a unit feel what its own noise says it feels. */
  connect(plan: ScalePlan, unit: Listener): void {
    const noise = plan.noise.burst;
    const ownPerMinute = noise.perMinute * (1 - noise.shared);
    if (ownPerMinute > 0) {
      const own = this.source(`sensor/${plan.id}/lean`, ownPerMinute, noise);
      own.reach(unit, 1);
    }
    if (noise.perMinute * noise.shared > 0) this.connectTiles(plan, unit);
  }

  private connectTiles(plan: ScalePlan, unit: Listener): void {
    const noise = plan.noise.burst;
    const [x, y] = fixtureCentre(this.run, plan);
    const [width, depth] = this.run.store.sizeM;
    for (let row = 0; row * TILE_M < depth; row++) {
      for (let column = 0; column * TILE_M < width; column++) {
        const dx = (column + 0.5) * TILE_M - x;
        const dy = (row + 0.5) * TILE_M - y;
        const strength = 1 / (1 + (dx * dx + dy * dy) / (HALF_M * HALF_M));
        if (strength < FELT) continue;
        const key = `floor/${JSON.stringify(noise)}/${column}/${row}`;
        let tile = this.tiles.get(key);
        if (!tile) {
          tile = this.source(key, (noise.perMinute * noise.shared) / TILES_FELT, noise);
          this.tiles.set(key, tile);
        }
        tile.reach(unit, strength);
      }
    }
  }

  private source(path: string, perMinute: number, noise: ScaleNoise['burst']): Source {
    const source = new Source(new RandomStream(this.run.seed, path), perMinute, noise);
    this.sources.push(source);
    return source;
  }

  advance(timeUs: number): void {
    for (const source of this.sources) source.advance(timeUs);
  }
}
