import type { Announcer } from '../announcer.ts';
import type { Clock } from '../clock.ts';
import { idFrom, newId } from '../ids.ts';
import { RetailerTrouble } from '../retailer/retailer-port.ts';
import type { Tenant, Tenants } from '../retailer/tenants.ts';
import { traced } from '../server/traced.ts';
import { type Database, DatabaseError, type Queries, type Row, type Transaction } from '../store/database.ts';
import type { EntryRow } from '../trips/trip-rows.ts';
import { DENIALS, type Denial } from './denial.ts';
import { type EntryCodes, isEntryCode } from './entry-code.ts';
import type { Shoppers, Wallet } from './shoppers.ts';
import { standInExposureMinor } from './stand-in.ts';

/** A credential shown again this soon joins the trip it opened, even where the engine has not seen anyone yet. */
const JOIN_WITHIN_MS = 10_000;

export interface GateQuestion {
  /** One id per gate interaction; a repeat is answered the same. */
  readonly eventId: string;
  readonly retailerId: string;
  readonly storeId: string;
  readonly sessionId: string;
  readonly gateId: string;
  readonly credential: string;
  readonly isStaff: boolean;
  readonly groupSize: number;
  /** Time of the interaction, ms since 1970. */
  readonly atMs: number;
  /** Whether the engine still sees somebody of a trip inside. */
  readonly isInside?: (tripId: string) => boolean;
}

export interface GateAnswer {
  readonly eventId: string;
  readonly admitted: boolean;
  readonly tripId: string | null;
  readonly groupSize: number;
  readonly reason: Denial | null;
  /** What the assist screen says. */
  readonly assist: string | null;
  /** True: somebody did not answer, and the store took the risk. */
  readonly standIn: boolean;
}

export interface DeskParts {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly tenants: Tenants;
  readonly codes: EntryCodes;
  readonly shoppers: Shoppers;
  readonly clock: Clock;
  /** What a person owes by the retailer's own word, where retailers charge by themselves. */
  readonly reportedDebtMinor?: (queries: Queries, retailerId: string, subjectId: string) => Promise<number>;
  /** Hears of every new answer. */
  readonly onAnswer?: (answer: GateAnswer) => void;
}

/** Who stands at the gate, as far as they can be told from what they showed. */
interface Visitor {
  readonly by: 'card' | 'code' | 'associate';
  readonly subjectId: string | null;
  readonly wallet: Wallet | null;
  readonly groupSize: number;
  /** The trip they belong to already. */
  readonly joins: string | null;
}

interface Verdict {
  readonly reason: Denial | null;
  readonly visitorId: string | null;
  readonly visitorType: string;
  readonly standIn: boolean;
  readonly holdMinor: number;
}

/** The identity step: who is it, may they, is there money. The gate opens only if all three pass. */
export class EntryDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  ask(question: GateQuestion): Promise<GateAnswer> {
    const { retailerId: retailer, storeId: store } = question;
    return traced('entry', { retailer, store }, () => this.#ask(question));
  }

  async #ask(question: GateQuestion): Promise<GateAnswer> {
    const { database, tenants } = this.#parts;
    const known = await this.#answered(question);
    if (known) return known;
    const tenant = tenants.get(question.retailerId);
    const visitor = await database.transaction((tx) => this.#recognise(tx, tenant, question));
    const tripId = visitor?.joins ?? idFrom('visit', question.retailerId, question.storeId, question.eventId);
    const verdict =
      visitor === null
        ? denied('credential')
        : visitor.joins
          ? { ...denied('credential'), reason: null }
          : await this.#judge(tenant, question, visitor, tripId);
    const answer = await database.transaction((tx) => this.#record(tx, question, visitor, tripId, verdict));
    this.#parts.onAnswer?.(answer);
    return answer;
  }

  /** Whether this names a visit that was let in during the session and is not over. */
  async hasAdmitted(retailerId: string, sessionId: string, tripId: string): Promise<boolean> {
    const rows = await this.#parts.database.query(
      'SELECT id FROM trips WHERE id = ? AND retailer_id = ? AND session_id = ? AND ended_at_ms IS NULL',
      [tripId, retailerId, sessionId],
    );
    return rows.length === 1;
  }

  async #answered({ eventId, retailerId, storeId }: GateQuestion): Promise<GateAnswer | null> {
    const [row] = await this.#parts.database.query<EntryRow>('SELECT * FROM entries WHERE event_id = ?', [eventId]);
    if (row === undefined) return null;
    if (row.retailer_id !== retailerId || row.store_id !== storeId)
      throw new DatabaseError('unique', `gate event ${eventId} belongs to another store`);
    return answerOf(row);
  }

  /** Null: nobody we know, or a code that is not valid (any more). */
  async #recognise(tx: Transaction, { retailer }: Tenant, question: GateQuestion): Promise<Visitor | null> {
    const { codes, shoppers, clock } = this.#parts;
    const { credential, storeId, groupSize, isStaff } = question;
    if (isStaff) return { by: 'associate', subjectId: null, wallet: null, groupSize, joins: null };
    if (isEntryCode(credential)) {
      const redeemed = await codes.redeem(tx, retailer, {
        storeId,
        code: credential,
        eventId: question.eventId,
        nowMs: clock.nowMs(),
      });
      if (redeemed === null) return null;
      const { subjectId } = redeemed;
      const wallet = await shoppers.walletOf(tx, subjectId, 'entry');
      const size = Math.max(groupSize, redeemed.groupSize);
      return { by: 'code', subjectId, wallet, groupSize: size, joins: await this.#joins(tx, question, subjectId) };
    }
    let subjectId = await shoppers.find(tx, retailer.id, 'card', credential);
    // A reader may hand over the provider's own token of a card: nothing more is needed, nor kept as a profile.
    if (subjectId === null && /^(pm|tok)_[A-Za-z0-9_]{3,200}$/.test(credential)) {
      const wallet = { paymentMethod: credential, customer: null };
      subjectId = await shoppers.register(tx, retailer.id, 'card', credential, wallet, clock.nowMs());
    }
    if (subjectId === null) return null;
    const wallet = await shoppers.walletOf(tx, subjectId, 'entry');
    return { by: 'card', subjectId, wallet, groupSize, joins: await this.#joins(tx, question, subjectId) };
  }

  async #joins(tx: Transaction, question: GateQuestion, subjectId: string): Promise<string | null> {
    const [open] = await tx.query<Row & { id: string; started_at_ms: number }>(
      `SELECT id, started_at_ms FROM trips WHERE subject_id = ? AND session_id = ? AND ended_at_ms IS NULL
       ORDER BY started_at_ms DESC LIMIT 1`,
      [subjectId, question.sessionId],
    );
    if (open === undefined) return null;
    const isFresh = question.atMs - open.started_at_ms < JOIN_WITHIN_MS;
    return isFresh || question.isInside?.(open.id) ? open.id : null;
  }

  /** The three questions in their order. Who does not answer in time may be stood in for. */
  async #judge(tenant: Tenant, question: GateQuestion, visitor: Visitor, tripId: string): Promise<Verdict> {
    const { retailer, port, till } = tenant;
    const { eventId, storeId, atMs, credential } = question;
    const { by, wallet, subjectId } = visitor;
    const timeout = () => AbortSignal.timeout(retailer.entryTimeoutMs);
    let visitorId: string | null = null;
    let visitorType = by === 'associate' ? 'ASSOCIATE' : 'SHOPPER';
    try {
      const shown = { requestId: newId(), eventId, storeId, atMs, credential: { by, value: credential } };
      const identity = await port.identify(shown, timeout());
      if (identity === null) return denied('credential');
      ({ visitorId, visitorType } = identity);
      // Associates bring no cart to pay for.
      if (by === 'associate') return { reason: null, visitorId, visitorType, standIn: false, holdMinor: 0 };
      const hold = { amountMinor: retailer.hold.amountMinor, currency: retailer.currency };
      const risk = await port.assess({ tripId, eventId, storeId, atMs, by, visitorId, hold }, timeout());
      if (!risk.authorized) return denied(risk.risks.includes('BadDebt') ? 'debt' : 'fraud');
      if (subjectId !== null && (await this.#owesByReport(tenant, subjectId))) return denied('debt');
      // The retailer's own account pays what a code of its app opened.
      if (by === 'code' && retailer.captureBy === 'retailer')
        return { reason: null, visitorId, visitorType, standIn: false, holdMinor: 0 };
      if (wallet === null) return denied('payment');
      if (await this.#owes(tenant, subjectId!, wallet.paymentMethod)) return denied('debt');
      const amountMinor = Math.min(hold.amountMinor, Math.max(0, risk.holdMinor));
      const ask = { retailerId: retailer.id, storeId, tripKey: tripId, eventId, subjectId, ...wallet, amountMinor };
      const held = await till.hold(
        { ...ask, capMinor: retailer.hold.capMinor, currency: retailer.currency },
        timeout(),
      );
      if (held.outcome === 'held')
        return { reason: null, visitorId, visitorType, standIn: false, holdMinor: held.heldMinor };
      if (held.outcome !== 'unknown') return denied('payment');
    } catch (error) {
      if (!isSilence(error)) throw error;
    }
    return (await this.#standsIn(tenant, subjectId))
      ? { reason: null, visitorId, visitorType, standIn: true, holdMinor: 0 }
      : denied('unavailable');
  }

  /** Whether earlier visits are unpaid; what merely stands in for a hold is no debt. */
  async #owes({ retailer, till }: Tenant, subjectId: string, paymentMethod: string): Promise<boolean> {
    return this.#parts.database.transaction(async (tx) => {
      const exposureMinor = await till.openExposureMinor(tx, retailer.id, paymentMethod);
      if (exposureMinor <= retailer.debtBlocksAboveMinor) return false;
      const standInMinor = await standInExposureMinor(tx, subjectId, retailer.hold.amountMinor);
      return exposureMinor - standInMinor > retailer.debtBlocksAboveMinor;
    });
  }

  async #owesByReport({ retailer }: Tenant, subjectId: string): Promise<boolean> {
    const { database, reportedDebtMinor } = this.#parts;
    if (reportedDebtMinor === undefined) return false;
    return (await reportedDebtMinor(database, retailer.id, subjectId)) > retailer.debtBlocksAboveMinor;
  }

  async #standsIn({ retailer: { standIn, hold } }: Tenant, subjectId: string | null): Promise<boolean> {
    if (!standIn.enabled || subjectId === null) return false;
    const exposureMinor = await standInExposureMinor(this.#parts.database, subjectId, hold.amountMinor);
    return exposureMinor + hold.amountMinor <= standIn.floorLimitMinor;
  }

  async #record(
    tx: Transaction,
    question: GateQuestion,
    visitor: Visitor | null,
    tripId: string,
    verdict: Verdict,
  ): Promise<GateAnswer> {
    const { retailerId, storeId, gateId, eventId, atMs } = question;
    const admitted = verdict.reason === null;
    const groupSize = visitor?.groupSize ?? question.groupSize;
    const rows = await tx.query<EntryRow>(
      `INSERT INTO entries (event_id, retailer_id, store_id, gate_id, at_ms, admitted, reason, entered_by, trip_id,
         visitor_id, visitor_type, group_size, stand_in, hold_minor)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING *`,
      [
        ...[eventId, retailerId, storeId, gateId, atMs, admitted ? 1 : 0, verdict.reason, visitor?.by ?? 'card'],
        ...[admitted ? tripId : null, verdict.visitorId, verdict.visitorType, groupSize],
        ...[verdict.standIn ? 1 : 0, verdict.holdMinor],
      ],
    );
    // The same question at the same time from two sides: the first answer stands.
    if (rows.length === 0) {
      const [first] = await tx.query<EntryRow>('SELECT * FROM entries WHERE event_id = ?', [eventId]);
      return answerOf(first!);
    }
    if (admitted && !visitor!.joins && visitor!.by !== 'associate')
      await this.#openTrip(tx, question, visitor!, tripId);
    // Retailers that keep shoppers by a name of their own ask by it where receipts go.
    const { connector } = this.#parts.tenants.get(retailerId).retailer;
    if (admitted && connector.kind === 'jwo' && visitor!.subjectId !== null && verdict.visitorId !== null)
      await this.#parts.shoppers.knowAs(tx, retailerId, verdict.visitorId, visitor!.subjectId);
    if (!admitted) {
      const data = { storeId, gateId, reason: verdict.reason! };
      await this.#parts.announcer.append(tx, { type: 'gate.denied', retailerId, tripId: null, data });
    }
    return answerOf(rows[0]!);
  }

  async #openTrip(tx: Transaction, question: GateQuestion, visitor: Visitor, tripId: string): Promise<void> {
    const { retailerId, storeId, sessionId, gateId, atMs } = question;
    await tx.query(
      `INSERT INTO trips (id, retailer_id, store_id, session_id, subject_id, started_at_ms, cart_status, cart_version,
         attendant) VALUES (?, ?, ?, ?, ?, ?, 'open', 0, 'none')`,
      [tripId, retailerId, storeId, sessionId, visitor.subjectId, atMs],
    );
    const data = { storeId, tripId, gateId, groupSize: visitor.groupSize };
    await this.#parts.announcer.append(tx, { type: 'trip.started', retailerId, tripId, data });
  }
}

function denied(reason: Denial): Verdict {
  return { reason, visitorId: null, visitorType: 'SHOPPER', standIn: false, holdMinor: 0 };
}

function answerOf(row: EntryRow): GateAnswer {
  const reason = row.reason as Denial | null;
  return {
    eventId: row.event_id,
    admitted: row.admitted === 1,
    tripId: row.trip_id,
    groupSize: row.group_size,
    reason,
    assist: reason === null ? null : DENIALS[reason],
    standIn: row.stand_in === 1,
  };
}

/** No answer, as against a clear no. */
function isSilence(error: unknown): boolean {
  if (error instanceof RetailerTrouble) return error.isTemporary;
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}
