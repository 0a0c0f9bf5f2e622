import { clamp, exp } from '../maths.ts';
import { RandomStream } from '../random.ts';
import type { Run, ScalePlan } from '../scenario/run.ts';
import type { Burst, Bursts } from './burst.ts';
import { burstEnvelope } from './burst.ts';
import type { SensorClock } from './clock.ts';
import { NORMALS, resonance, shakeTable, TABLE_MASK } from './noise-table.ts';
import { Replay } from './replay.ts';

/** Peak of a shaking plate over the SD of its shaking, in 1–4 s. */
const PEAK_PER_SD = 3;
/** No unit is louder than this many times the median one: the loudest of 23 real shelves. */
const LOUDEST = 8;
/** Spread of the cells of one unit in how strongly they shake, log SD; as the plates of one real shelf. */
const CELL_SHAKE_LOG_SD = 0.35;
/** Width of a hum line: 0.5 Hz, or a thirtieth of its frequency. */
const HUM_WIDTH_HZ = 0.5;
const HUM_WIDTH_SHARE = 1 / 30;

interface Shaking {
  readonly burst: Burst;
  /** Per cell: SD of the shaking, grams. */
  readonly sdGrams: Float64Array;
  /** Per cell: place in the shake table. */
  readonly place: Int32Array;
}

/** What a unit sends: one batch, the true time of its last sample. */
export type BatchSink = (grams: Float32Array, lastSampleUs: number) => void;

/**
 * One scale unit: load → mechanical settling → cross-talk → noise → quantum → batches. Noise per cell: white (own SD),
 * hum (narrow resonances), bursts (shared envelopes), Ornstein–Uhlenbeck drift and a fixed offset, or real residuals.
 */
export class ScaleUnit {
  readonly id: string;
  readonly periodUs: number;
  private readonly cells: number;
  private readonly firstCell: number;
  private readonly batch: number;
  private readonly truePeriodUs: number;
  private readonly phaseUs: number;
  private readonly random: RandomStream;
  private readonly burstRandom: RandomStream;
  private readonly plan: ScalePlan;
  private readonly unitFactor: number;
  private readonly settleShare: number;
  private readonly driftKeep: number;
  private readonly driftKick: number;
  private readonly hum: readonly { readonly a1: number; readonly a2: number; readonly gain: number }[];
  private readonly humState: Float64Array;
  private readonly whiteGrams: Float64Array;
  private readonly offsetGrams: Float64Array;
  private readonly driftGrams: Float64Array;
  private readonly shakeGain: Float64Array;
  private readonly fromLeft: Float64Array;
  private readonly fromRight: Float64Array;
  private readonly settled: Float64Array;
  private readonly force: Float64Array;
  private readonly place: Int32Array;
  private readonly shakeTable: Float64Array;
  private readonly replay: Replay | null;
  private shaking: Shaking[] = [];
  private samples = 0;
  private inBatch = 0;
  private out: Float32Array;

  constructor(run: Run, plan: ScalePlan, firstCell: number, clock: SensorClock, bursts: Bursts) {
    const { noise } = plan;
    const cells = plan.cells.length;
    const path = `sensor/${plan.id}`;
    this.plan = plan;
    this.id = plan.id;
    this.cells = cells;
    this.firstCell = firstCell;
    this.batch = Math.max(1, Math.round(noise.batch));
    this.periodUs = Math.round(1_000_000 / plan.rateHz);
    this.truePeriodUs = clock.periodUs(plan.rateHz);
    this.random = new RandomStream(run.seed, `${path}/noise`);
    this.burstRandom = new RandomStream(run.seed, `${path}/burst`);
    const setUp = new RandomStream(run.seed, `${path}/unit`);
    this.phaseUs = setUp.uniform() * this.truePeriodUs * this.batch;
    this.unitFactor = clamp(noise.unitFactor ? setUp.draw(noise.unitFactor) : 1, 0, LOUDEST);
    this.settleShare = noise.settleUs > 0 ? 1 - exp(-this.truePeriodUs / noise.settleUs) : 1;
    this.replay = noise.residuals === 'plate-trace' ? new Replay(run.seed, plan.id) : null;
    this.driftKeep = exp((-this.truePeriodUs * this.batch) / Math.max(1, noise.driftTauUs));
    this.driftKick = noise.driftSdGrams * Math.sqrt(1 - this.driftKeep * this.driftKeep);
    this.hum = noise.hum.map(({ hz, share }) => {
      const line = resonance(hz, Math.max(HUM_WIDTH_HZ, hz * HUM_WIDTH_SHARE), plan.rateHz);
      return { ...line, gain: line.gain * share };
    });
    this.humState = new Float64Array(2 * cells * this.hum.length);
    this.shakeTable = shakeTable(plan.rateHz);
    this.whiteGrams = new Float64Array(cells);
    this.offsetGrams = new Float64Array(cells);
    this.driftGrams = new Float64Array(cells);
    this.shakeGain = new Float64Array(cells);
    this.fromLeft = new Float64Array(cells);
    this.fromRight = new Float64Array(cells);
    this.settled = new Float64Array(cells);
    this.force = new Float64Array(cells);
    this.place = new Int32Array(cells);
    this.out = new Float32Array(this.batch * cells);
    this.drawCells(run.seed);
    this.placeNoise();
    if (this.replay === null) bursts.connect(plan, this);
  }

  private drawCells(seed: number): void {
    const { noise } = this.plan;
    for (let cell = 0; cell < this.cells; cell++) {
      const own = new RandomStream(seed, `sensor/${this.id}/cell/${cell}`);
      this.whiteGrams[cell] = Math.abs(own.draw(noise.whiteGrams)) * this.unitFactor;
      this.offsetGrams[cell] = own.draw(noise.offsetGrams);
      this.driftGrams[cell] = noise.driftSdGrams * own.normal();
      this.shakeGain[cell] = exp(CELL_SHAKE_LOG_SD * own.normal());
      if (cell > 0) this.fromLeft[cell] = own.draw(noise.crosstalk);
      if (cell + 1 < this.cells) this.fromRight[cell] = own.draw(noise.crosstalk);
    }
  }

  /** A burst begins; felt with `strength` 0..1 of this unit's own peak. */
  startBurst(burst: Burst, strength: number): void {
    const peak = Math.abs(this.burstRandom.draw(this.plan.noise.burst.peakGrams)) * this.unitFactor * strength;
    const sdGrams = this.shakeGain.map((gain) => (gain * peak) / PEAK_PER_SD);
    const place = Int32Array.from(sdGrams, () => this.burstRandom.uint32() & TABLE_MASK);
    this.shaking.push({ burst, sdGrams, place });
  }

  /**
   * Takes the samples due by `nowUs`. `load` and `press` are the world's cells now, `…Before` one tick earlier; between
   * ticks they are taken to change evenly.
   */
  advance(
    nowUs: number,
    beforeUs: number,
    load: Float64Array,
    loadBefore: Float64Array,
    press: Float64Array,
    pressBefore: Float64Array,
    sink: BatchSink,
  ): void {
    for (;;) {
      const timeUs = this.phaseUs + this.samples * this.truePeriodUs;
      if (timeUs > nowUs) return;
      const into = nowUs > beforeUs ? (timeUs - beforeUs) / (nowUs - beforeUs) : 1;
      this.feel(into, load, loadBefore, press, pressBefore);
      this.sample(timeUs);
      this.samples += 1;
      this.inBatch += 1;
      if (this.inBatch === this.batch) {
        sink(this.out, timeUs);
        this.out = new Float32Array(this.batch * this.cells);
        this.inBatch = 0;
        this.placeNoise();
      }
    }
  }

  private feel(
    into: number,
    load: Float64Array,
    loadBefore: Float64Array,
    press: Float64Array,
    pressBefore: Float64Array,
  ): void {
    const { force, firstCell } = this;
    for (let cell = 0; cell < this.cells; cell++) {
      const i = firstCell + cell;
      const before = loadBefore[i]! + pressBefore[i]!;
      force[cell] = before + into * (load[i]! + press[i]! - before);
    }
  }

  private sample(timeUs: number): void {
    const { force, settled, out, cells } = this;
    const { quantumGrams } = this.plan.noise;
    const row = this.inBatch * cells;
    const shaking = this.shaking.length > 0 ? this.shakeNow(timeUs) : null;
    for (let cell = 0; cell < cells; cell++) {
      let target = force[cell]!;
      if (cell > 0) target += this.fromLeft[cell]! * force[cell - 1]!;
      if (cell + 1 < cells) target += this.fromRight[cell]! * force[cell + 1]!;
      const held = settled[cell]!;
      const now = this.samples > 0 ? held + this.settleShare * (target - held) : target;
      settled[cell] = now;
      let value = now + this.offsetGrams[cell]!;
      value += this.replay === null ? this.noiseOf(cell) : this.replay.gramsAt(cell, timeUs);
      if (shaking !== null) value += shaking[cell]!;
      out[row + cell] = quantumGrams > 0 ? Math.round(value / quantumGrams) * quantumGrams : value;
    }
  }

  private noiseOf(cell: number): number {
    const white = this.whiteGrams[cell]!;
    const at = this.place[cell]! + this.inBatch;
    const { hum, humState } = this;
    let sum = NORMALS[at & TABLE_MASK]!;
    let state = 2 * cell * hum.length;
    for (let line = 0; line < hum.length; line++) {
      const { a1, a2, gain } = hum[line]!;
      // Another part of the table drives each line, so that white noise and hum stay independent.
      const x =
        a1 * humState[state]! + a2 * humState[state + 1]! + gain * NORMALS[(at + 9973 * (line + 1)) & TABLE_MASK]!;
      humState[state + 1] = humState[state]!;
      humState[state] = x;
      sum += x;
      state += 2;
    }
    return white * sum + this.driftGrams[cell]!;
  }

  private shakeNow(timeUs: number): Float64Array {
    const sum = scratch.length >= this.cells ? scratch : (scratch = new Float64Array(this.cells));
    sum.fill(0, 0, this.cells);
    let over = false;
    for (const { burst, sdGrams, place } of this.shaking) {
      if (timeUs >= burst.toUs) over = true;
      const envelope = burstEnvelope(burst, timeUs);
      if (envelope === 0) continue;
      const table = this.shakeTable;
      for (let cell = 0; cell < this.cells; cell++) {
        sum[cell]! += envelope * sdGrams[cell]! * table[(place[cell]! + this.samples) & TABLE_MASK]!;
      }
    }
    if (over) this.shaking = this.shaking.filter(({ burst }) => timeUs < burst.toUs);
    return sum;
  }

  /** New places in the noise table for the batch to come, and one step of drift. */
  private placeNoise(): void {
    for (let cell = 0; cell < this.cells; cell++) {
      const place = this.random.uint32();
      this.place[cell] = place & TABLE_MASK;
      this.driftGrams[cell] = this.driftKeep * this.driftGrams[cell]! + this.driftKick * NORMALS[place >>> 16]!;
    }
  }
}

let scratch: Float64Array = new Float64Array(64);
