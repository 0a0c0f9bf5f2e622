import { Beam, eventsOf, joinedBeams } from './beam.ts';
import { factoredBeam } from './factor-beam.ts';
import { isAtFloor } from './grow-hand.ts';
import type { FloorEvent } from './hand-watch.ts';
import { EMPTY, type Stray, type Thing, withHolds } from './hypothesis.ts';
import { holdersOf } from './put-story.ts';
import type { ShelfPart } from './shelf-part.ts';

/** What was left in wrong places and never taken up again is forgotten at last, the oldest first. */
const STRAYS_MOST = 512;

/** All beams, each about trips that hang together, and what lies in wrong places for certain. */
export class BeamSet {
  #beams: Beam[] = [];
  /** Left in the wrong place for certain; in no beam. */
  #strays: Stray[] = [];

  /** The beam that speaks of a trip, if any does. */
  of(tripId: string): Beam | undefined {
    return this.#beams.find(({ trips }) => trips.has(tripId));
  }

  /** Events that stories tell differently, or may. */
  disputed(): Set<number> {
    const ids = new Set<number>();
    for (const { hypotheses } of this.#beams) {
      for (const { path } of hypotheses) for (const eventId of eventsOf(path).keys()) ids.add(eventId);
    }
    return ids;
  }

  /** Whether something may lie on the floor there. */
  liesNear(event: FloorEvent): boolean {
    return (
      this.#strays.some((stray) => isAtFloor(stray, event)) ||
      this.#beams.some(({ hypotheses }) => hypotheses.some(({ strays }) => strays.some((one) => isAtFloor(one, event))))
    );
  }

  /** Everything that may lie in a wrong place on a unit. */
  straysOn(unitIndex: number): Stray[] {
    const all = [
      ...this.#strays,
      ...this.#beams.flatMap(({ hypotheses }) => hypotheses.flatMap(({ strays }) => strays)),
    ];
    return [...new Set(all)].filter((stray) => stray.unitIndex === unitIndex);
  }

  /** Trips, of those near, that may hold what was put down; where none does, whoever does anywhere may have handed it over. */
  holdersFor(part: ShelfPart, near: ReadonlySet<string>): Set<string> {
    const holders = new Set<string>();
    for (const { hypotheses } of this.#beams) {
      for (const one of hypotheses)
        for (const tripId of holdersOf(one, part)) if (near.has(tripId.trimEnd())) holders.add(tripId.trimEnd());
    }
    if (holders.size > 0) return holders;
    for (const { hypotheses } of this.#beams)
      for (const tripId of holdersOf(hypotheses[0]!, part)) holders.add(tripId.trimEnd());
    return holders;
  }

  /** One beam about some trips, and what lies on a unit or on the floor. */
  joined(tripIds: ReadonlySet<string>, atUnit: number | null): Beam {
    const here = ({ unitIndex }: Stray) => unitIndex === atUnit;
    const concerned = this.#beams.filter(
      (beam) =>
        [...tripIds].some((tripId) => beam.trips.has(tripId)) ||
        beam.hypotheses.some(({ strays }) => strays.some(here)),
    );
    const strays = this.#strays.filter(here);
    if (strays.length > 0) this.#strays = this.#strays.filter((stray) => !here(stray));
    const beam = joinedBeams([new Beam([], [{ ...EMPTY, strays }]), ...concerned]);
    for (const tripId of tripIds) beam.trips.add(tripId);
    this.#beams = this.#beams.filter((one) => !concerned.includes(one));
    this.#beams.push(beam);
    return beam;
  }

  /** What has nothing to do with each other any more goes its own ways again. */
  settle(beam: Beam): void {
    beam.settle();
    this.#beams = this.#beams.filter((one) => one !== beam);
    for (const part of factoredBeam(beam)) {
      if (part.hypotheses.length > 1 && !part.settle()) {
        this.#beams.push(part);
        continue;
      }
      const only = part.leading;
      this.#strays = [...this.#strays, ...only.strays].slice(-STRAYS_MOST);
      for (const [holder, things] of only.holds) this.#setApart(holder, things);
    }
  }

  #setApart(holder: string, things: readonly Thing[]): void {
    const tripId = holder.trimEnd();
    const own = this.#beams.find(({ trips }) => trips.has(tripId));
    if (own) own.hypotheses = own.hypotheses.map((one) => ({ ...one, holds: withHolds(one.holds, holder, things) }));
    else this.#beams.push(new Beam([tripId], [{ ...EMPTY, holds: new Map([[holder, things]]) }]));
  }
}
