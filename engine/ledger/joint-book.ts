import type { Belief, BelievedEvent, BelievedMove } from '../attribution/attribution.ts';
import type { Cart, EngineOutput, Evidence } from '../cart.ts';
import type { Trip } from '../tracking/track-view.ts';
import type { Account, EntryReason, Ledger } from './ledger.ts';

/** Keeps the books by what is believed: every change of mind is a set of new entries. */
export class JointBook {
  readonly #ledger: Ledger;
  readonly #belief: Belief;
  readonly #events = new Map<number, BelievedEvent>();
  #boundHits = 0;

  constructor(ledger: Ledger, belief: Belief) {
    this.#ledger = ledger;
    this.#belief = belief;
  }

  heldBy(tripId: string): { sku: string; quantity: number }[] {
    return this.#ledger.heldBy(tripId);
  }

  /** Books what is believed differently since the last call, and says so. */
  update(): EngineOutput[] {
    const news = this.#belief.takeNews();
    const forgotten = this.#belief.takeForgotten();
    if (news.length === 0 && forgotten.length === 0) return [];
    const latest = new Map(news.map((event) => [event.eventId, event]));
    const outputs: EngineOutput[] = [];
    const transfers = new Transfers();
    for (const event of latest.values()) {
      const before = this.#events.get(event.eventId);
      this.#events.set(event.eventId, event);
      for (const move of before?.moves ?? []) transfers.add(event, move, -1);
      for (const move of event.moves) transfers.add(event, move, 1);
      outputs.push(...spoken(event, before));
    }
    for (const eventId of forgotten) this.#events.delete(eventId);
    for (const { shortfall, event, sku, place } of transfers.book(this.#ledger)) {
      const text = `${shortfall} more of ${sku} taken than the books held: stock corrected`;
      outputs.push({ kind: 'alert', timeUs: event.timeUs, about: place, text });
    }
    const left = this.#belief.boundHits - this.#boundHits;
    if (left > 0) {
      this.#boundHits += left;
      const { timeUs, change } = news[news.length - 1]!;
      const text = `more stories than can be kept: some that may matter were left out at ${left} event(s)`;
      outputs.push({ kind: 'alert', timeUs, about: change.changeId, text });
    }
    return outputs;
  }

  reassign(): void {
    this.#belief.relink();
  }

  freeze(tripId: string): void {
    this.#belief.close(tripId);
  }

  cart(trip: Trip, finalAtUs: number | null): Cart {
    const { lines, prob, eventIds } = this.#belief.cartOf(trip.tripId);
    const events = eventIds.flatMap((id) => this.#events.get(id) ?? []).sort((a, b) => a.timeUs - b.timeUs);
    return {
      tripId: trip.tripId,
      credential: trip.credential,
      status: 'draft',
      confidence: prob,
      enteredAtUs: trip.enteredAtUs,
      exitedAtUs: trip.exitedAtUs,
      finalAtUs,
      lines: lines
        .map(({ sku, quantity, prob: confidence }) => {
          const evidence = events.flatMap((event) => evidenceOf(event, trip.tripId, sku));
          const unit = unitOf(events, sku);
          return { sku, quantity: { value: quantity, unit }, confidence, evidence };
        })
        .sort((a, b) => (a.sku < b.sku ? -1 : 1)),
    };
  }
}

/** Net movements of several changes of mind, so that no cart is short in between. */
class Transfers {
  readonly #bySku = new Map<
    string,
    { event: BelievedEvent; isNew: boolean; by: Map<string, { account: Account; quantity: number }> }
  >();

  add(event: BelievedEvent, move: BelievedMove, times: 1 | -1): void {
    let row = this.#bySku.get(move.sku);
    if (!row) this.#bySku.set(move.sku, (row = { event, isNew: true, by: new Map() }));
    if (times < 0) row.isNew = false;
    row.event = event;
    for (const [account, sign] of [
      [move.from, -1],
      [move.to, 1],
    ] as const) {
      const key = account.kind === 'elsewhere' ? 'elsewhere' : `${account.kind}:${account.id}`;
      const end = row.by.get(key) ?? { account, quantity: 0 };
      end.quantity += times * sign * move.quantity;
      row.by.set(key, end);
    }
  }

  book(ledger: Ledger): { shortfall: number; event: BelievedEvent; sku: string; place: string }[] {
    const short: { shortfall: number; event: BelievedEvent; sku: string; place: string }[] = [];
    for (const [sku, { event, isNew, by }] of this.#bySku) {
      const ends = [...by.values()];
      const givers = ends.filter(({ quantity }) => quantity < 0).map((end) => ({ ...end, left: -end.quantity }));
      for (const taker of ends) {
        let wanted = taker.quantity;
        for (const giver of givers) {
          const quantity = Math.min(wanted, giver.left);
          if (quantity <= 0) continue;
          giver.left -= quantity;
          wanted -= quantity;
          const shortfall = ledger.book({
            timeUs: event.timeUs,
            changeId: event.change.changeId,
            sku,
            quantity,
            from: giver.account,
            to: taker.account,
            reason: reasonOf(giver.account, taker.account, isNew),
          });
          if (shortfall > 0 && giver.account.kind === 'slot')
            short.push({ shortfall, event, sku, place: giver.account.id });
        }
      }
    }
    return short;
  }
}

function reasonOf(from: Account, to: Account, isNew: boolean): EntryReason {
  if (!isNew) return 'reassigned';
  if (from.kind === 'slot') return to.kind === 'trip' ? 'pick' : 'unattributed';
  if (from.kind === 'trip') return to.kind === 'slot' ? 'put-back' : 'reassigned';
  return to.kind === 'slot' ? 'restock' : 'reassigned';
}

/** The change, and a claim per product; products no longer believed are withdrawn by a claim of none. */
function spoken(event: BelievedEvent, before: BelievedEvent | undefined): EngineOutput[] {
  const { change, rivals, handDistanceM, timeUs } = event;
  // No shelf felt it: nothing to say but in the books.
  if (change.scaleIds.length === 0) return [];
  const outputs: EngineOutput[] = [{ kind: 'change', change }];
  const trackIds = rivals.map(({ tripId }) => event.moves.find((move) => holderOf(move) === tripId)?.trackId ?? -1);
  const claim = (sku: string, quantity: number): EngineOutput => {
    const { changeId } = change;
    return {
      kind: 'claim',
      change,
      claim: { changeId, timeUs, sku, quantity, shares: rivals, trackIds, handDistanceM },
    };
  };
  const quantities = new Map<string, number>();
  for (const { sku, quantity, from } of event.moves)
    quantities.set(sku, (quantities.get(sku) ?? 0) + (from.kind === 'slot' ? quantity : -quantity));
  for (const { sku } of before?.moves ?? []) if (!quantities.has(sku)) outputs.push(claim(sku, 0));
  for (const [sku, quantity] of quantities) outputs.push(claim(sku, quantity));
  return outputs;
}

function holderOf({ from, to }: BelievedMove): string | null {
  return to.kind === 'trip' ? to.id : from.kind === 'trip' ? from.id : null;
}

function unitOf(events: readonly BelievedEvent[], sku: string): 'each' | 'g' {
  for (const { moves } of events) for (const move of moves) if (move.sku === sku) return move.unit;
  return 'each';
}

function evidenceOf(event: BelievedEvent, tripId: string, sku: string): Evidence[] {
  let quantity = 0;
  for (const move of event.moves) {
    if (move.sku !== sku) continue;
    if (move.to.kind === 'trip' && move.to.id === tripId) quantity += move.quantity;
    if (move.from.kind === 'trip' && move.from.id === tripId) quantity -= move.quantity;
  }
  if (quantity === 0) return [];
  const { change, timeUs, handDistanceM, rivals, why } = event;
  const { changeId, shelfId, slotId, scaleIds, deltaGrams, products } = change;
  return [{ changeId, timeUs, shelfId, slotId, scaleIds, deltaGrams, quantity, handDistanceM, rivals, products, why }];
}
