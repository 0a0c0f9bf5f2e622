import type { Reading } from '../../engine/readings.ts';
import type { SensorKind } from '../faults/fault-table.ts';
import { SensorFaults } from '../faults/sensor-faults.ts';
import { checkTargets } from '../faults/targets.ts';
import { RandomStream } from '../random.ts';
import type { CameraNoise, Distribution, FaultPlan, Run } from '../scenario/run.ts';
import type { WorldView } from '../world/view.ts';
import { BodySight } from './body-sight.ts';
import { Bursts } from './burst.ts';
import { CameraSensor } from './camera-sensor.ts';
import { FixtureSight } from './fixture-sight.ts';
import { Line } from './line.ts';
import { Outbox } from './outbox.ts';
import { People } from './people.ts';
import { PictureSensor, type TakePicture } from './picture-sensor.ts';
import { ScaleUnit } from './scale-unit.ts';

/** A sensor that only speaks on events says this often that it is alive, µs. */
const TICK_US = 500_000;

interface Gate {
  readonly line: Line;
  nextTickUs: number;
}

/**
 * All sensors of a run: watches the world tick by tick and gives the readings in order of arrival. Every sensor has its own
 * clock, phase, latency, sequence and random streams; none depends on which others there are.
 */
export class Sensors {
  private readonly outbox = new Outbox();
  private readonly bursts: Bursts;
  private readonly people: People;
  private readonly bodies: BodySight;
  private readonly scales: { readonly unit: ScaleUnit; readonly line: Line; readonly cells: number }[] = [];
  private readonly cameras: { readonly sensor: CameraSensor; readonly line: Line }[] = [];
  private readonly pictures: { readonly sensor: PictureSensor; readonly line: Line }[] = [];
  private readonly gates = new Map<string, Gate>();
  private readonly lines = new Map<string, Line>();
  private readonly run: Run;
  private strikes = 0;
  private readonly load: Float64Array;
  private readonly press: Float64Array;
  private beforeUs = Number.NaN;

  /**
   * `take`: takes the pictures of cameras that send pixels. Throws on such a camera where nobody takes pictures, on a fault
   * whose target is unknown, and when replay noise has no trace.
   */
  constructor(run: Run, take?: TakePicture) {
    checkTargets(run);
    this.run = run;
    this.bursts = new Bursts(run);
    const common = commonNoise(run);
    this.people = new People(run, common);
    this.bodies = new BodySight(run);
    const sight = new FixtureSight(run);
    let cells = 0;
    for (const plan of run.scales) {
      const line = this.line(run, plan.id, 'scale', plan.cells.length, plan.noise.latencyUs);
      this.scales.push({
        unit: new ScaleUnit(run, plan, cells, line.clock, this.bursts),
        line,
        cells: plan.cells.length,
      });
      cells += plan.cells.length;
    }
    for (const plan of run.cameras) {
      const line = this.line(run, plan.id, 'camera', 0, plan.noise.latencyUs);
      if (plan.output === 'pixels') {
        if (!take)
          throw new Error(`camera ${plan.id}: found output pixels, expected detections where none takes pictures`);
        this.pictures.push({ sensor: new PictureSensor(run, plan, line.clock, take), line });
        continue;
      }
      this.cameras.push({ sensor: new CameraSensor(run, plan, line.clock, sight, common), line });
    }
    for (const plan of run.gates) {
      const line = this.line(run, plan.id, 'gate', 0, plan.latencyUs);
      const phase = new RandomStream(run.seed, `sensor/${plan.id}/tick`).uniform() * TICK_US;
      this.gates.set(plan.id, { line, nextTickUs: phase });
    }
    this.load = new Float64Array(cells);
    this.press = new Float64Array(cells);
  }

  private line(run: Run, id: string, kind: SensorKind, cells: number, latencyUs: Distribution): Line {
    const line = new Line(run, id, latencyUs, new SensorFaults(run, id, kind, cells), this.outbox);
    this.lines.set(id, line);
    return line;
  }

  /** Adds a fault while the run goes on, with a stream of its own. Throws on a target that cannot suffer it. */
  suffer(fault: FaultPlan): void {
    const { run } = this;
    checkTargets({ ...run, faults: [fault] });
    this.strikes += 1;
    for (const id of fault.targets)
      this.lines.get(id)?.faults.add(fault, new RandomStream(run.seed, `fault/live/${this.strikes}/${id}`));
  }

  /** Senses one tick of the world; ticks must come in order of time. */
  observe(world: WorldView): void {
    if (Number.isNaN(this.beforeUs)) {
      this.beforeUs = world.timeUs;
      this.keep(world);
    }
    this.watchGates(world);
    this.weigh(world);
    this.people.advance(world);
    this.bodies.advance(world);
    for (const { sensor, line } of this.cameras) {
      sensor.advance(
        world,
        this.people,
        this.bodies,
        (timeUs) => line.faults.isFogged(timeUs),
        (seen, timeUs) => {
          line.send({ kind: 'detection', detections: line.faults.bendPicture(seen, timeUs) }, timeUs);
        },
      );
    }
    for (const { sensor, line } of this.pictures) {
      sensor.advance(
        world.timeUs,
        (timeUs) => line.faults.isFogged(timeUs),
        (seen, timeUs) => line.send({ kind: 'detection', detections: line.faults.bendPicture(seen, timeUs) }, timeUs),
      );
    }
    this.keep(world);
    this.beforeUs = world.timeUs;
  }

  private keep(world: WorldView): void {
    this.load.set(world.loadGrams);
    this.press.set(world.pressGrams);
  }

  private weigh(world: WorldView): void {
    this.bursts.advance(world.timeUs);
    const { load, press } = this;
    for (const { unit, line, cells } of this.scales) {
      unit.advance(world.timeUs, this.beforeUs, world.loadGrams, load, world.pressGrams, press, (grams, lastUs) => {
        line.faults.bendGrams(grams, cells, lastUs, unit.periodUs);
        line.send({ kind: 'scale', periodUs: unit.periodUs, grams }, lastUs);
      });
    }
  }

  private watchGates(world: WorldView): void {
    for (const { gateId, event, credential, admits } of world.gateEvents) {
      const gate = this.gates.get(gateId);
      if (!gate) throw new Error(`gate event at ${gateId}, which is no gate of the run`);
      gate.line.send({ kind: 'gate', event, credential, admits }, world.timeUs);
    }
    for (const gate of this.gates.values()) {
      while (gate.nextTickUs <= world.timeUs) {
        gate.line.send({ kind: 'tick' }, gate.nextTickUs);
        gate.nextTickUs += TICK_US;
      }
    }
  }

  /** Readings that have arrived by a time and were not given before, by arrival, sensor id and sequence. */
  arrivedBy(timeUs: number): Reading[] {
    return this.outbox.takeUntil(timeUs);
  }

  /** Everything still on its way, at the end of the run. */
  flush(): Reading[] {
    return this.outbox.takeUntil(Number.POSITIVE_INFINITY);
  }
}

/** Figures of what all cameras share (misses, merges, swaps): the cameras' own where they agree, else the noise set's. */
export function commonNoise({ cameras, noise }: Run): CameraNoise {
  const [first, ...others] = cameras.map((camera) => camera.noise);
  if (first === undefined) return noise.camera;
  const text = JSON.stringify(first);
  return others.every((other) => JSON.stringify(other) === text) ? first : noise.camera;
}
