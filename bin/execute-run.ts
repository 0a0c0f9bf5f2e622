import { TruthExport } from '../bench/export/truth-export.ts';
import { TraceKeeper } from '../bench/report/trace-keeper.ts';
import type { RunResult, SkippedAction } from '../bench/score/run-result.ts';
import { ScoreKeeper } from '../bench/score/score-keeper.ts';
import { truePoseReading, withTruePoses } from '../bench/true-tracks.ts';
import { judge } from '../bench/verdict.ts';
import { type Cart, cartsHash, Engine, type EngineOutput, Journal } from '../engine/index.ts';
import type { Reading } from '../engine/readings.ts';
import { ReadingsHash } from '../engine/recording/reading-codec.ts';
import { Recorder } from '../engine/recording/recorder.ts';
import type { Store } from '../engine/store.ts';
import { commission } from '../simulator/commission.ts';
import type { Run } from '../simulator/scenario/run.ts';
import { Simulation, type SimulationStep } from '../simulator/simulate.ts';
import type { TruthEvent } from '../simulator/truth.ts';
import { methodMetadata } from './method-options.ts';
import { PictureKeeper } from './picture-keeper.ts';
import { openGallery } from './pictures/open-gallery.ts';
import { PicturePool, STEPS_UNDER_WAY } from './pictures/picture-pool.ts';
import type { RunJob, RunOutcome } from './run-job.ts';
import { resolveFile } from './scenario-files.ts';
import { SimulationAhead } from './simulation-ahead.ts';
import { UserError, userProblem } from './user-error.ts';

/** Simulation steps between two looks at memory. */
const memoryEvery = 100;

/** Readers believe chunks of 64 MB; a depth picture has two bytes per pixel. */
const MOST_RECORDED_PX = 30e6;

/** Simulates one run, feeds its readings to the engine, scores the carts. Never throws for what a user can cause. */
export async function executeRun(job: RunJob): Promise<RunOutcome> {
  try {
    return await new ExecutedRun(
      withCameras(resolveFile(job.file, job.seed, job.overrides), job.cameras),
      job,
    ).finish();
  } catch (error) {
    const problem = userProblem(error);
    if (problem === null) throw error;
    return { ok: false, file: job.file, seed: job.seed, problem };
  }
}

/** One run under way: where readings, outputs and truth are led to those who want them. */
class ExecutedRun {
  readonly #run: Run;
  readonly #job: RunJob;
  /** On this thread; or else ahead on one of its own. */
  readonly #simulation: Simulation | null;
  readonly #ahead: SimulationAhead | null;
  /** What the engine is told. */
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #score: ScoreKeeper;
  readonly #traces: TraceKeeper | null;
  readonly #truthExport: TruthExport | null;
  readonly #journal: Journal | null;
  readonly #hash = new ReadingsHash();
  readonly #carts = new Map<string, Cart>();
  readonly #skipped: SkippedAction[] = [];
  #recorder: Recorder | null = null;
  /** Null when pictures are not recorded. */
  readonly #keeper: PictureKeeper | null;
  /** Null when no camera sends pixels. */
  #pictures: PicturePool | null = null;
  #frames = 0;
  #scaleSamples = 0;
  #peakMemoryBytes = 0;
  #simulatedUs = 0;
  #steps = 0;
  #poses = 0;

  constructor(run: Run, job: RunJob) {
    this.#run = run;
    this.#job = job;
    if (job.recognise && !hasPixels(run))
      throw new UserError('--recognise: found no camera that sends pixels, expected --cameras pixels');
    this.#ahead = canRunAhead(run, job) ? new SimulationAhead(run) : null;
    this.#simulation = this.#ahead
      ? null
      : new Simulation(run, {
          pictures: (...picture) => this.#pictures!.take(...picture),
          watch: (world) => this.#pictures?.watch(world),
        });
    const store = this.#simulation?.store ?? commission(run);
    this.#store = job.tracks === 'true' ? withTruePoses(store) : store;
    this.#engine = new Engine(this.#store, { attribution: job.attribution, ablate: job.ablate });
    this.#score = new ScoreKeeper(run);
    this.#traces = job.report ? new TraceKeeper(run.scales) : null;
    this.#journal = job.journal ? Journal.open(job.journal) : null;
    this.#keeper = job.recordPictures ? new PictureKeeper(recordable(run)) : null;
    this.#truthExport = job.exportDir ? new TruthExport(job.exportDir, run) : null;
  }

  async finish(): Promise<RunOutcome> {
    const startedMs = performance.now();
    const { record } = this.#job;
    if (record) this.#recorder = await openRecorder(record, this.#run, this.#store, this.#job);
    const { pictureWorkers, recognise } = this.#job;
    if (hasPixels(this.#run))
      this.#pictures = await PicturePool.open(this.#run, this.#simulation!.store, {
        workers: pictureWorkers,
        gallery: recognise ? await openGallery(this.#run) : null,
        ...(this.#keeper ? { keep: (picture) => this.#keeper!.keep(picture) } : {}),
      });
    try {
      await this.#simulate();
    } finally {
      await this.#pictures?.close();
      await this.#ahead?.close();
    }
    this.#keeper?.recordUntil(Number.POSITIVE_INFINITY, this.#recorder!);
    this.#collect(this.#engine.finish());
    const truthCarts = this.#ahead?.end.carts ?? this.#simulation!.carts();
    for (const cart of truthCarts) this.#recorder?.side('truth/carts', this.#simulatedUs, cart);
    const readings = this.#ahead?.end.readingsHash ?? this.#hash.digest();
    const hashes = { readings, carts: cartsHash([...this.#carts.values()]) };
    await this.#recorder?.close(hashes);
    this.#truthExport?.close();
    this.#journal?.close();

    const score = this.#score.finish(truthCarts);
    const { scores, counts, trips, carts } = score;
    const result: RunResult = {
      scenario: this.#run.scenario,
      file: this.#job.file,
      seed: this.#run.seed,
      cameras: hasPixels(this.#run) ? 'pixels' : 'detections',
      attribution: methodName(this.#job),
      ...judge(this.#run.expect, scores, score.cartOf, score.violations),
      carts,
      scores,
      speed: this.#speed((performance.now() - startedMs) / 1000),
      hashes,
      trips,
      skipped: this.#skipped,
      counts,
    };
    const report = this.#traces
      ? { wrongLines: score.wrongLines, traces: this.#traces.tracesOf(score.wrongLines) }
      : null;
    return { ok: true, result, report };
  }

  /** Simulates ahead of the pictures by some steps, so that workers draw the next while this thread tracks the last. */
  async #simulate(): Promise<void> {
    if (this.#ahead) {
      for await (const step of this.#ahead.steps()) this.#play(step);
      return;
    }
    const pictures = this.#pictures;
    const simulation = this.#simulation!;
    const ahead: { step: SimulationStep; seen: Promise<void> | undefined }[] = [];
    for (let step = simulation.step(); step; step = simulation.step()) {
      if (!pictures) {
        this.#play(step);
        continue;
      }
      ahead.push({ step, seen: pictures.endStep() });
      if (ahead.length === STEPS_UNDER_WAY) await this.#playSeen(ahead.shift()!);
    }
    for (const one of ahead) await this.#playSeen(one);
  }

  async #playSeen({ step, seen }: { step: SimulationStep; seen: Promise<void> | undefined }): Promise<void> {
    await seen;
    await this.#keeper?.pack();
    this.#play(step);
  }

  #play(step: SimulationStep): void {
    for (const event of step.truth) {
      this.#score.truth(event);
      if (event.kind === 'skipped') this.#noteSkipped(event);
      this.#recorder?.side('truth/events', event.timeUs, event);
    }
    if (step.pose) {
      this.#score.pose(step.pose);
      this.#truthExport?.pose(step.pose);
      this.#recorder?.side('truth/poses', step.pose.timeUs, step.pose);
      if (this.#job.tracks === 'true') this.#feed(truePoseReading(step.pose, this.#poses++));
    }
    for (const reading of step.readings) {
      if (this.#job.tracks !== 'true' || reading.kind !== 'detection') this.#feed(reading);
    }
    this.#collect(this.#engine.take());
    this.#simulatedUs = step.timeUs;
    const share = new Float64Array(this.#job.progress);
    share[this.#job.index] = Math.min(0.999, step.timeUs / this.#run.durationUs);
    if (this.#steps++ % memoryEvery === 0)
      this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, process.memoryUsage.rss());
  }

  #noteSkipped({ timeUs, shopper, action, reason }: TruthEvent & { readonly kind: 'skipped' }): void {
    const { verb } = this.#run.shoppers.find(({ key }) => key === shopper)!.actions[action]!;
    this.#skipped.push({ timeUs, shopper, action, verb, reason });
  }

  #feed(reading: Reading): void {
    if (reading.kind === 'detection' && this.#pictures?.isLost(reading.detections)) return;
    if (!this.#ahead) this.#hash.add(reading);
    this.#traces?.reading(reading);
    this.#record(reading);
    this.#engine.push(reading);
    if (reading.kind === 'detection') this.#frames++;
    else if (reading.kind === 'scale') this.#scaleSamples += reading.grams.length;
  }

  #record(reading: Reading): void {
    if (!this.#recorder) return;
    this.#keeper?.recordUntil(reading.arrivalUs, this.#recorder);
    const frame = reading.kind === 'detection' ? this.#keeper?.frameOf(reading.detections) : undefined;
    this.#recorder.reading(reading, frame);
  }

  #collect(outputs: readonly EngineOutput[]): void {
    for (const output of outputs) {
      this.#score.output(output);
      this.#recorder?.output(output);
      if (output.kind === 'cart') this.#carts.set(output.cart.tripId, output.cart);
      if (output.kind === 'cart' || output.kind === 'entry') this.#journal?.add(output);
    }
    this.#journal?.sync();
  }

  #speed(wallSeconds: number): RunResult['speed'] {
    const simulatedSeconds = this.#simulatedUs / 1e6;
    return {
      simulatedSeconds,
      wallSeconds,
      realTimeFactor: simulatedSeconds / wallSeconds,
      frames: this.#frames,
      framesPerSecond: this.#frames / wallSeconds,
      scaleSamples: this.#scaleSamples,
      ...(this.#pictures ? { lostPictures: this.#pictures.lostPictures } : {}),
      peakMemoryBytes: this.#peakMemoryBytes,
    };
  }
}

/** Where a thread is to spare and all that is read is what the simulation sends. */
function canRunAhead(run: Run, job: RunJob): boolean {
  return job.pictureWorkers > 1 && !hasPixels(run) && job.tracks === 'engine';
}

function withCameras(run: Run, output: RunJob['cameras']): Run {
  return output === null ? run : { ...run, cameras: run.cameras.map((camera) => ({ ...camera, output })) };
}

function hasPixels(run: Run): boolean {
  return run.cameras.some(({ output }) => output === 'pixels');
}

/** The run, if its pictures can be recorded; throws `UserError`. */
function recordable(run: Run): Run {
  if (!hasPixels(run))
    throw new UserError('--record-pictures: found no camera that sends pixels, expected --cameras pixels');
  for (const { id, output, widthPx, heightPx } of run.cameras) {
    if (output === 'pixels' && widthPx * heightPx > MOST_RECORDED_PX)
      throw new UserError(
        `--record-pictures: found ${widthPx} × ${heightPx} pixels of camera ${id}, expected at most ${MOST_RECORDED_PX / 1e6} million`,
      );
  }
  return run;
}

/** `published`, `published −event-splitting`, `published +true-tracks`. */
function methodName({ attribution, ablate, tracks }: RunJob): string {
  return [attribution, ...ablate.map((part) => `−${part}`), ...(tracks === 'true' ? ['+true-tracks'] : [])].join(' ');
}

function openRecorder(path: string, run: Run, store: Store, job: RunJob): Promise<Recorder> {
  return Recorder.open(path, {
    store,
    attachments: [{ name: 'run.json', mediaType: 'application/json', data: JSON.stringify(run) }],
    metadata: { scenario: run.scenario, file: run.file, seed: String(run.seed), ...methodMetadata(job) },
  });
}
