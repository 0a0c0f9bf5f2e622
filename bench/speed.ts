import { Engine } from '../engine/index.ts';
import type { Reading } from '../engine/readings.ts';
import type { Run } from '../simulator/scenario/run.ts';
import { Simulation } from '../simulator/simulate.ts';

/** CPU time of the two halves of a run, each on its own, over the same readings. */
export interface SpeedRow {
  readonly simulatedSeconds: number;
  readonly people: number;
  readonly simulatorSeconds: number;
  readonly engineSeconds: number;
  readonly readings: number;
  readonly detectionReadings: number;
  readonly scaleSamples: number;
  /** Simulated time per CPU time of simulator and engine together. */
  readonly realTimeFactor: number;
  readonly peakMemoryBytes: number;
}

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Runs simulator and engine in turns of one simulated second and takes the CPU time of each. */
export function measureSpeed(run: Run, untilUs: number): SpeedRow {
  const simulation = new Simulation(run);
  const engine = new Engine(simulation.store);
  let [simulatorSeconds, engineSeconds] = [0, 0];
  let [readings, detectionReadings, scaleSamples, people, peakMemoryBytes, timeUs] = [0, 0, 0, 0, 0, 0];
  let done = false;
  while (!done && timeUs < untilUs) {
    const batch: Reading[] = [];
    const startSeconds = cpuSeconds();
    for (let i = 0; i < 10 && !done; i++) {
      const step = simulation.step();
      done = step === null;
      if (!step) break;
      timeUs = step.timeUs;
      people = Math.max(people, step.pose?.shopperIndex.length ?? 0);
      for (const reading of step.readings) batch.push(reading);
    }
    const middleSeconds = cpuSeconds();
    for (const reading of batch) engine.push(reading);
    engine.take();
    engineSeconds += cpuSeconds() - middleSeconds;
    simulatorSeconds += middleSeconds - startSeconds;
    readings += batch.length;
    for (const reading of batch) {
      if (reading.kind === 'detection') detectionReadings++;
      else if (reading.kind === 'scale') scaleSamples += reading.grams.length;
    }
    peakMemoryBytes = Math.max(peakMemoryBytes, process.memoryUsage.rss());
  }
  const simulatedSeconds = timeUs / 1e6;
  const realTimeFactor = simulatedSeconds / (simulatorSeconds + engineSeconds);
  return {
    ...{ simulatedSeconds, people, simulatorSeconds, engineSeconds, readings, detectionReadings, scaleSamples },
    ...{ realTimeFactor, peakMemoryBytes },
  };
}

/** One row as text: milliseconds of CPU per simulated second, and the factor. */
export function speedLine(name: string, row: SpeedRow): string {
  const ms = (seconds: number) => `${((1000 * seconds) / row.simulatedSeconds).toFixed(1)} ms/s`;
  return [
    name.padEnd(24),
    `${row.simulatedSeconds.toFixed(0)} s simulated, at most ${row.people} people`,
    `simulator ${ms(row.simulatorSeconds)}`,
    `engine ${ms(row.engineSeconds)}`,
    `${row.realTimeFactor.toFixed(1)} × real time`,
    `${Math.round(row.readings / row.simulatedSeconds)} readings/s`,
    `${Math.round(row.scaleSamples / row.simulatedSeconds)} samples/s`,
    `${(row.peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`,
  ].join('   ');
}
