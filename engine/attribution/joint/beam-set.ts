import { Beam, joinedBeams } from './beam.ts';
import { isAtFloor } from './grow-hand.ts';
import type { FloorEvent } from './hand-watch.ts';
import { EMPTY, type Stray, type Thing, withHolds } from './hypothesis.ts';
import { holdersOf } from './put-story.ts';
import type { ShelfPart } from './shelf-part.ts';

/** All beams, each about trips that hang together, and what lies in wrong places for certain. */
export class BeamSet {
  #beams: Beam[] = [];
  /** Left in the wrong place for certain; in no beam. */
  #strays: Stray[] = [];

  /** The beam that speaks of a trip, if any does. */
  of(tripId: string): Beam | undefined {
    return this.#beams.find(({ trips }) => trips.has(tripId));
  }

  /** Whether something may lie on the floor there. */
  liesNear(event: FloorEvent): boolean {
    return (
      this.#strays.some((stray) => isAtFloor(stray, event)) ||
      this.#beams.some(({ hypotheses }) => hypotheses.some(({ strays }) => strays.some((one) => isAtFloor(one, event))))
    );
  }

  /** The beam of all trips and strays that a change may concern, as one. */
  beamFor(part: ShelfPart, tripIds: Set<string>): Beam {
    if (part.deltaGrams > 0 && !this.#holdsSomethingLike(part, tripIds)) this.#addHolders(part, tripIds);
    return this.joined(tripIds, part.deltaGrams < 0 ? part.step.unitIndex : null);
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

  #holdsSomethingLike(part: ShelfPart, tripIds: ReadonlySet<string>): boolean {
    return this.#beams.some((beam) =>
      beam.hypotheses.some((one) => holdersOf(one, part).some((tripId) => tripIds.has(tripId))),
    );
  }

  /** Nobody near holds what was put down: whoever holds it anywhere may have handed it over. */
  #addHolders(part: ShelfPart, tripIds: Set<string>): void {
    for (const beam of this.#beams) {
      const [likeliest] = beam.hypotheses;
      for (const tripId of holdersOf(likeliest!, part)) tripIds.add(tripId);
    }
  }

  /** Trips about which all stories agree go their own ways again; where one story is left, all do. */
  settle(beam: Beam): void {
    if (!beam.settle() && beam.trips.size > 0) {
      for (const { holder, things } of beam.takeAgreed()) this.#setApart(holder, things);
      return;
    }
    const only = beam.leading;
    this.#strays.push(...only.strays);
    this.#beams = this.#beams.filter((one) => one !== beam);
    for (const [holder, things] of only.holds) this.#setApart(holder, things);
  }

  #setApart(holder: string, things: readonly Thing[]): void {
    const tripId = holder.trimEnd();
    const own = this.#beams.find(({ trips }) => trips.has(tripId));
    if (own) own.hypotheses = own.hypotheses.map((one) => ({ ...one, holds: withHolds(one.holds, holder, things) }));
    else this.#beams.push(new Beam([tripId], [{ ...EMPTY, holds: new Map([[holder, things]]) }]));
  }
}
