import type { DetectionReading, GateReading, Reading, ScaleReading, Stamp, Tick } from '../../engine/readings.ts';
import type { SensorFaults } from '../faults/sensor-faults.ts';
import { RandomStream } from '../random.ts';
import type { Distribution, Run } from '../scenario/run.ts';
import { SensorClock } from './clock.ts';
import type { Outbox } from './outbox.ts';

export type Payload =
  | Omit<DetectionReading, keyof Stamp>
  | Omit<ScaleReading, keyof Stamp>
  | Omit<GateReading, keyof Stamp>
  | Omit<Tick, keyof Stamp>;

/** One sensor's line to the engine's host: clock, sequence numbers, latency and faults. */
export class Line {
  readonly sensorId: string;
  readonly clock: SensorClock;
  readonly faults: SensorFaults;
  private readonly latency: RandomStream;
  private readonly latencyUs: Distribution;
  private readonly outbox: Outbox;
  private sequence = 0;
  private lastArrivalUs = 0;

  constructor(run: Run, sensorId: string, latencyUs: Distribution, faults: SensorFaults, outbox: Outbox) {
    this.sensorId = sensorId;
    this.clock = new SensorClock(new RandomStream(run.seed, `sensor/${sensorId}/clock`), run.noise.clock);
    this.latency = new RandomStream(run.seed, `sensor/${sensorId}/latency`);
    this.latencyUs = latencyUs;
    this.faults = faults;
    this.outbox = outbox;
  }

  /** Sends what was sampled at a true time. The network keeps one sensor's readings in order; faults may not. */
  send(payload: Payload, trueUs: number): void {
    // A slowed gate still reports what happens at it.
    if (payload.kind !== 'gate' && !this.faults.makes(trueUs)) return;
    const latencyUs = Math.max(0, this.latency.draw(this.latencyUs));
    this.lastArrivalUs = Math.max(this.lastArrivalUs, Math.ceil(trueUs + latencyUs));
    const stamp: Stamp = {
      sensorId: this.sensorId,
      timeUs: this.clock.stampUs(trueUs, this.faults.skewUs(trueUs)),
      arrivalUs: this.lastArrivalUs,
      sequence: this.sequence,
    };
    this.sequence += 1;
    this.faults.carry({ ...payload, ...stamp } as Reading, trueUs, (reading) => this.outbox.push(reading));
  }
}
