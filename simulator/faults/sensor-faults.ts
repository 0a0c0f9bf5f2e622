import type { Detections, Reading } from '../../engine/readings.ts';
import { RandomStream } from '../random.ts';
import type { FaultPlan, Run } from '../scenario/run.ts';
import { FAULTS_ON, type SensorKind } from './fault-table.ts';
import { type Link, linkFault } from './link.ts';
import { type ScaleFault, scaleFault } from './scale-fault.ts';

interface Spell {
  readonly fromUs: number;
  readonly toUs: number;
  readonly value: number;
}

function isDuring(spell: Spell, timeUs: number): boolean {
  return timeUs >= spell.fromUs && timeUs < spell.toUs;
}

/** Everything that is wrong with one sensor, each fault with its own stream. */
export class SensorFaults {
  private readonly grams: ScaleFault[] = [];
  private readonly links: Link[] = [];
  private readonly skews: Spell[] = [];
  private readonly jitters: { readonly spell: Spell; readonly plan: FaultPlan; readonly stream: RandomStream }[] = [];
  private readonly collapses: Spell[] = [];
  private readonly freezes: Spell[] = [];
  private readonly fogs: Spell[] = [];
  private readonly cells: number;
  private frozen: Detections | null = null;
  private nextMadeUs = 0;

  /** `cells` of a scale unit, 0 for others. */
  constructor(run: Run, sensorId: string, kind: SensorKind, cells: number) {
    this.cells = cells;
    const seen = new Map<string, number>();
    for (const plan of run.faults) {
      if (!plan.targets.includes(sensorId) || !FAULTS_ON[plan.kind].includes(kind)) continue;
      const ordinal = seen.get(plan.kind) ?? 0;
      seen.set(plan.kind, ordinal + 1);
      this.add(plan, new RandomStream(run.seed, `fault/${plan.kind}/${sensorId}/${ordinal}`));
    }
  }

  /** One more fault, during the run: `plan` must be of a kind that this sensor can suffer. */
  add(plan: FaultPlan, stream: RandomStream): void {
    const { cells } = this;
    const spell = (value: number): Spell => ({ fromUs: plan.fromUs, toUs: plan.toUs, value });
    if (plan.kind === 'skew') this.skews.push(spell(stream.draw(plan.size)));
    else if (plan.kind === 'jitter') this.jitters.push({ spell: spell(0), plan, stream });
    else if (plan.kind === 'rate-collapse' && cells === 0) this.collapses.push(spell(1_000_000 / plan.ratePerSecond));
    else if (plan.kind === 'freeze' && cells === 0) this.freezes.push(spell(0));
    else if (plan.kind === 'fog') this.fogs.push(spell(0));
    else {
      const grams = cells > 0 ? scaleFault(plan, stream, cells) : null;
      if (grams !== null) this.grams.push(grams);
      const link = linkFault(plan, stream);
      if (link !== null) this.links.push(link);
    }
  }

  /** µs added to the stamp of a reading taken at a true time. */
  skewUs(timeUs: number): number {
    let sum = 0;
    for (const spell of this.skews) if (isDuring(spell, timeUs)) sum += spell.value;
    for (const { spell, plan, stream } of this.jitters) if (isDuring(spell, timeUs)) sum += stream.draw(plan.size);
    return sum;
  }

  /** Whether the sensor makes this reading at all. */
  makes(timeUs: number): boolean {
    const collapse = this.collapses.find((spell) => isDuring(spell, timeUs));
    if (collapse === undefined) return true;
    if (timeUs < this.nextMadeUs) return false;
    this.nextMadeUs = Math.max(this.nextMadeUs, collapse.fromUs);
    this.nextMadeUs += collapse.value * (1 + Math.floor((timeUs - this.nextMadeUs) / collapse.value));
    return true;
  }

  /** Bends a batch in place: samples × cells, last sample at `lastUs`. */
  bendGrams(grams: Float32Array, cells: number, lastUs: number, periodUs: number): void {
    for (const fault of this.grams) fault(grams, cells, lastUs, periodUs);
  }

  /** The picture the camera sends: this one, or the one it froze at. */
  bendPicture(detections: Detections, timeUs: number): Detections {
    if (this.freezes.length === 0) return detections;
    if (this.frozen === null || !this.freezes.some((spell) => isDuring(spell, timeUs))) this.frozen = detections;
    return this.frozen;
  }

  isFogged(timeUs: number): boolean {
    return this.fogs.some((spell) => isDuring(spell, timeUs));
  }

  /** Carries a finished reading through all links in the order of the plan. */
  carry(reading: Reading, trueUs: number, emit: (reading: Reading) => void): void {
    this.carryFrom(0, reading, trueUs, emit);
  }

  private carryFrom(index: number, reading: Reading, trueUs: number, emit: (reading: Reading) => void): void {
    const link = this.links[index];
    if (link === undefined) emit(reading);
    else link(reading, trueUs, (next) => this.carryFrom(index + 1, next, trueUs, emit));
  }
}
