import type { Cart, Claim, EngineOutput, ShelfChange } from '../../engine/cart.ts';
import type { Run } from '../../simulator/scenario/run.ts';
import type { TruthCart, TruthEvent, TruthPose } from '../../simulator/truth.ts';
import { countCarts, withoutOverdue } from './count-carts.ts';
import { GroundTracking } from './ground-tracking.ts';
import { findViolations, type Violation } from './invariants.ts';
import {
  type ChangeMatch,
  type ChangeOutcome,
  claimedSkus,
  claimedTrips,
  matchChanges,
  productRight,
  type ReportedChange,
  TruthChanges,
} from './match-changes.ts';
import { matchTrips, type TripMatch } from './match-trips.ts';
import type { TripResult } from './run-result.ts';
import { noCounts, poolScores, type ScoreCounts, type Scores } from './score-counts.ts';
import { findWrongLines, type WrongLine } from './wrong-lines.ts';

export interface Score {
  readonly scores: Scores;
  readonly counts: ScoreCounts;
  readonly trips: readonly TripResult[];
  /** Carts in the engine's order, their credentials replaced by shopper keys. */
  readonly carts: readonly Cart[];
  /** Cart of each trip by the key of the trip's first member. */
  readonly cartOf: ReadonlyMap<string, Cart>;
  readonly changes: readonly ChangeOutcome[];
  readonly wrongLines: readonly WrongLine[];
  readonly violations: readonly Violation[];
}

/**
 * Scores one run while it streams: what the engine puts out on one side, truth on the other, in any interleaving, each
 * side in order of time. Keeps carts, changes and an hour of positions at most, never the stream itself.
 */
export class ScoreKeeper {
  readonly #run: Run;
  readonly #tracking: GroundTracking;
  readonly #truthChanges: TruthChanges;
  readonly #restocked = new Map<string, number>();
  readonly #carts = new Map<string, Cart>();
  readonly #changes = new Map<string, ReportedChange>();

  #endUs = 0;

  constructor(run: Run) {
    this.#run = run;
    this.#tracking = new GroundTracking(run);
    this.#truthChanges = new TruthChanges(run);
  }

  /** Takes one output of the engine; a later cart or claim replaces an earlier one of the same trip, or change and SKU. */
  output(output: EngineOutput): void {
    switch (output.kind) {
      case 'tracks':
        this.#tracking.tracks(output.tracks);
        return;
      case 'change':
        this.#report(output.change);
        return;
      case 'claim':
        this.#claim(output.change, output.claim);
        return;
      case 'cart':
        this.#carts.set(output.cart.tripId, output.cart);
        return;
      case 'alert':
        return;
    }
  }

  truth(event: TruthEvent): void {
    if (event.kind !== 'moved') return;
    this.#truthChanges.add(event);
    if (event.from === 'elsewhere') this.#restocked.set(event.sku, (this.#restocked.get(event.sku) ?? 0) + 1);
  }

  pose(pose: TruthPose): void {
    this.#endUs = pose.timeUs;
    this.#tracking.pose(pose);
  }

  /** Scores what was kept against the trips that really took place. */
  finish(truthCarts: readonly TruthCart[]): Score {
    const carts = [...this.#carts.values()];
    const reported = [...this.#changes.values()];
    const trips = withoutOverdue(matchTrips(carts, truthCarts), this.#endUs);
    const matches = matchChanges(this.#truthChanges.list(), reported);
    const counted = countCarts(this.#run, trips);
    const owners = new OwnerCheck(trips);
    const changes = matches.map((match) => outcomeOf(match, owners));
    const right = changes.filter((change) => change.productRight);
    const counts: ScoreCounts = {
      ...noCounts(),
      ...counted.counts,
      truthChanges: matches.length,
      changes: reported.length,
      matchedChanges: matches.filter((match) => match.reported !== null).length,
      productRight: right.length,
      ownerRight: right.filter((change) => change.ownerRight).length,
      ...this.#tracking.finish(),
    };
    return {
      scores: poolScores([counts]),
      counts,
      trips: counted.trips,
      ...namedCarts(carts, trips),
      changes,
      wrongLines: findWrongLines(this.#run, trips, changes),
      violations: findViolations({ run: this.#run, trips, reported, restocked: this.#restocked }),
    };
  }

  #report(change: ShelfChange): ReportedChange {
    const known = this.#changes.get(change.changeId);
    const { changeId, shelfId, fromUs, toUs, deltaGrams, products } = change;
    const report = {
      change: { changeId, shelfId, fromUs, toUs, deltaGrams, products },
      claims: known?.claims ?? new Map(),
    };
    this.#changes.set(changeId, report);
    return report;
  }

  #claim(change: ShelfChange, claim: Claim): void {
    const { claims } = this.#report(change);
    // A claim of none withdraws what was claimed before.
    if (claim.quantity === 0) claims.delete(claim.sku);
    else claims.set(claim.sku, claim);
  }
}

/** Whether trips belong to the party whose hands moved something. */
class OwnerCheck {
  readonly #membersOfTrip = new Map<string, readonly string[]>();

  constructor(trips: readonly TripMatch[]) {
    for (const { truth, cart } of trips) if (truth && cart) this.#membersOfTrip.set(cart.tripId, truth.members);
  }

  owns(tripId: string | null, shopper: string): boolean {
    return tripId !== null && (this.#membersOfTrip.get(tripId) ?? []).includes(shopper);
  }
}

function outcomeOf(match: ChangeMatch, owners: OwnerCheck): ChangeOutcome {
  const { truth, reported } = match;
  const trips = reported ? claimedTrips(reported) : [];
  return {
    timeUs: truth.fromUs,
    shelfId: truth.shelfId,
    by: truth.by,
    skus: Object.fromEntries([...truth.skus].map(([sku, count]) => [sku, truth.sign * count])),
    changeId: reported?.change.changeId ?? null,
    claimed: reported
      ? Object.fromEntries([...claimedSkus(reported)].map(([sku, count]) => [sku, truth.sign * count]))
      : {},
    productRight: productRight(match),
    ownerRight: trips.length > 0 && trips.every((tripId) => owners.owns(tripId, truth.by)),
  };
}

/** Puts shopper keys in the place of credentials; only here do the two meet. */
function namedCarts(carts: readonly Cart[], trips: readonly TripMatch[]) {
  const keyOf = new Map<string, string>();
  for (const { truth } of trips) if (truth && truth.credential !== null) keyOf.set(truth.credential, truth.shopper);
  const named = carts.map((cart) => ({
    ...cart,
    credential: cart.credential === null ? null : (keyOf.get(cart.credential) ?? cart.credential),
  }));
  const byTrip = new Map(named.map((cart) => [cart.tripId, cart]));
  const cartOf = new Map<string, Cart>();
  for (const { truth, cart } of trips) if (truth && cart) cartOf.set(truth.shopper, byTrip.get(cart.tripId)!);
  return { carts: named, cartOf };
}
