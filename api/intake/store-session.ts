import { setTimeout as sleep } from 'node:timers/promises';
import type { Cart, Engine, EngineOutput, Journal, JournalRecord, Reading } from '../../engine/index.ts';
import type { EntryDesk } from '../entry/entry-desk.ts';
import { idFrom } from '../ids.ts';
import { type Database, DatabaseError, type Row, type Transaction } from '../store/database.ts';
import { wallMs } from '../trips/cart-items.ts';
import type { Projection } from '../trips/projection.ts';
import type { Session } from '../trips/session.ts';
import type { ReadingLog } from './reading-log.ts';

/** What a session needs of an engine. */
export type SessionEngine = Pick<Engine, 'push' | 'take' | 'finish' | 'drafts' | 'tripsOf'>;

export interface SessionParts {
  readonly session: Session;
  readonly engine: SessionEngine;
  readonly journal: Journal;
  readonly projection: Projection;
  readonly desk: EntryDesk;
  readonly database: Database;
  readonly staffCredentials: ReadonlySet<string>;
  /** For sources that cannot be read again. */
  readonly log?: ReadingLog;
  /** Hears which visit a credential was answered with; null: it was not let in. */
  readonly onAnswer?: (credential: string, tripId: string | null) => void;
  /** Hears of everything that left the engine, once it is on record. */
  readonly watch?: (outputs: readonly EngineOutput[]) => void;
  /** Hears of a disk or a store of record that refuses; the session waits and tries again. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface Decision {
  readonly engineTripId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** Injected after the engine was told that its input has ended. */
const AFTER_END = -1;
const AFTER_END_STEP_US = 1_000_000;

/** The wait for a disk or a database that is away grows up to this. */
const MAX_WAIT_MS = 5_000;
/** Logged readings between two looks at what they gave. */
const RERUN_BATCH = 1_000;
/** Troubles without a name of their own are given this many attempts, some minutes. */
const MAX_ATTEMPTS = 40;

/** A call that came too late; the session itself is well. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/** Whether waiting may help: a full disk, a database that is away or did not say what is wrong. */
function mayPass(error: unknown, attempt: number): boolean {
  if (error instanceof DatabaseError) {
    if (error.kind === 'full' || error.kind === 'closed' || error.kind === 'conflict') return true;
    return error.kind === 'other' && attempt < MAX_ATTEMPTS;
  }
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

interface Injected {
  readonly afterReadings: number;
  readonly reading: Reading;
}

/**
 * One store's engine from readings to orders: gates are asked before the engine hears of them, what the engine books is
 * on disk in the journal and then in the store of record before anyone else hears of it. One thing at a time.
 */
export class StoreSession {
  readonly #parts: SessionParts;
  #turn: Promise<unknown> = Promise.resolve();
  #readings = 0;
  #newestUs = 0;
  #isEnded = false;
  /** What people decided before a crash, to be met at the same place again. */
  #replay: Injected[] = [];
  #injected = 0;
  #failure: unknown = null;
  readonly #closing = new AbortController();

  private constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Gives a session that expects its source's readings from the start, whether it is new or goes on. */
  static async open(parts: SessionParts): Promise<StoreSession> {
    const session = new StoreSession(parts);
    const rows = await parts.database.query<Row & { after_readings: number; reading: string }>(
      'SELECT after_readings, reading FROM injected_readings WHERE session_id = ? ORDER BY seq',
      [parts.session.id],
    );
    session.#replay = rows.map((row) => ({
      afterReadings: row.after_readings,
      reading: JSON.parse(row.reading) as Reading,
    }));
    session.#injected = rows.length;
    await session.#rerun(parts.log?.readings() ?? []);
    return session;
  }

  /** Tells the engine again what the log holds: gates have answered all of that already. */
  async #rerun(readings: Iterable<Reading>): Promise<void> {
    for (const reading of readings) {
      this.#newestUs = Math.max(this.#newestUs, reading.arrivalUs);
      this.#parts.engine.push(reading);
      this.#readings++;
      this.#injectReplayed(this.#readings);
      if (this.#readings % RERUN_BATCH === 0) await this.#settle(this.#parts.engine.take());
    }
    await this.#settle(this.#parts.engine.take());
  }

  /** True while a resumed session is not back where it stopped. */
  get isCatchingUp(): boolean {
    return this.#parts.journal.pending > 0;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** What stopped this session for good, or null: only another process can go on from what is on disk. */
  get failure(): unknown {
    return this.#failure;
  }

  get startedAtMs(): number {
    return this.#parts.session.startedAtMs;
  }

  /** Carts of those inside as they stand now. */
  drafts(): Cart[] {
    return this.#parts.engine.drafts();
  }

  /** Whose cart a body may fill, as `Engine.tripsOf`. */
  tripsOf(trackId: number): ReturnType<Engine['tripsOf']> {
    return this.#parts.engine.tripsOf(trackId);
  }

  /** Takes readings in order of arrival. */
  push(readings: readonly Reading[]): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isEnded) throw new Refused('intake: found readings after the end of the session');
      for (const reading of readings) {
        await this.#feed(reading);
        this.#readings++;
        this.#injectReplayed(this.#readings);
      }
      await this.#settle(this.#parts.engine.take());
    });
  }

  /** No more readings will come: settles who left, drafts the carts of those inside. Decisions are still taken. */
  finish(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isEnded) return;
      this.#isEnded = true;
      await this.#settle(this.#parts.engine.finish());
      while (this.#replay.length > 0) {
        const { reading } = this.#replay.shift()!;
        this.#newestUs = Math.max(this.#newestUs, reading.arrivalUs);
        this.#parts.engine.push(reading);
        await this.#settle(this.#parts.engine.finish());
      }
      const { pending } = this.#parts.journal;
      if (pending > 0) throw new Error(`intake: the journal holds ${pending} records more than this source gives`);
    });
  }

  /** A person's answer about a trip as a reading, on record before the engine hears of it. */
  decide({ engineTripId, lines }: Decision): Promise<void> {
    return this.#inTurn(async () => {
      const { database, session, engine } = this.#parts;
      // Once the input has ended nothing else takes time on, and the engine hears nothing of a moment that it has closed.
      if (this.#isEnded) this.#newestUs += AFTER_END_STEP_US;
      const reading: Reading = {
        kind: 'decision',
        sensorId: 'review-desk',
        timeUs: this.#newestUs,
        arrivalUs: this.#newestUs,
        sequence: this.#injected,
        tripId: engineTripId,
        lines,
      };
      const place = this.#isEnded ? AFTER_END : this.#readings;
      // Whether it is on disk must be known before anything else is heard: run again, it is met at this place.
      await this.#surely(() =>
        database.query(
          `INSERT INTO injected_readings (session_id, seq, after_readings, reading) VALUES (?, ?, ?, ?)
           ON CONFLICT DO NOTHING`,
          [session.id, this.#injected, place, JSON.stringify(reading)],
        ),
      );
      this.#injected++;
      engine.push(reading);
      await this.#settle(this.#isEnded ? engine.finish() : engine.take());
    });
  }

  /** Waits for what is under way and closes the journal. */
  close(): Promise<void> {
    this.#closing.abort();
    const closed = this.#turn.then(() => {
      this.#parts.log?.close();
      this.#parts.journal.close();
    });
    this.#turn = closed.catch(() => undefined);
    return closed;
  }

  async #feed(reading: Reading): Promise<void> {
    this.#newestUs = Math.max(this.#newestUs, reading.arrivalUs);
    const told = await this.#surely(() => this.#toldOf(reading));
    this.#parts.log?.append(told);
    this.#parts.engine.push(told);
  }

  /** What the engine hears of a reading. */
  async #toldOf(reading: Reading): Promise<Reading> {
    if (reading.kind !== 'gate' || reading.credential === null) return reading;
    // Whose card it was shows in no log; the engine takes nothing from a credential at the exit.
    if (reading.event !== 'entry') return { ...reading, credential: null };
    const { session, desk, staffCredentials, engine } = this.#parts;
    // A gate that asked over HTTP tells the visit it was answered with.
    if (await desk.hasAdmitted(session.retailerId, session.id, reading.credential)) return reading;
    const isStaff = staffCredentials.has(reading.credential);
    const answer = await desk.ask({
      eventId: idFrom('gate', session.id, reading.sensorId, String(reading.sequence)),
      retailerId: session.retailerId,
      storeId: session.storeId,
      sessionId: session.id,
      gateId: reading.sensorId,
      credential: reading.credential,
      isStaff,
      groupSize: reading.admits,
      atMs: wallMs(session.startedAtMs, reading.timeUs),
      isInside: (tripId) => engine.drafts().some((cart) => cart.credential === tripId),
    });
    // The engine learns which visit this is, not who: credentials stay at the gate, except for staff, whom it must know.
    const credential = isStaff && answer.admitted ? reading.credential : answer.tripId;
    this.#parts.onAnswer?.(reading.credential, answer.admitted ? credential : null);
    return answer.admitted ? { ...reading, credential } : { ...reading, event: 'refused', credential: null };
  }

  #injectReplayed(readings: number): void {
    while (this.#replay[0]?.afterReadings === readings) this.#parts.engine.push(this.#replay.shift()!.reading);
  }

  /** What was heard first, then the journal, synced; then the store of record; then whoever watches. */
  async #settle(outputs: readonly EngineOutput[]): Promise<void> {
    const { journal, projection, watch } = this.#parts;
    const records = outputs.filter((one): one is JournalRecord => one.kind === 'entry' || one.kind === 'cart');
    for (const record of records) journal.add(record);
    await this.#surely(async () => {
      if (records.length > 0) this.#parts.log?.sync();
      journal.sync();
    });
    await this.#surely(() => projection.project(records));
    if (outputs.length > 0) watch?.(outputs);
  }

  /**
   * Does what may be repeated until it is done: while the disk is full or the store of record away, no reading is taken
   * and none is lost. Gives up on what time does not mend.
   */
  async #surely<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!mayPass(error, attempt) || this.#closing.signal.aborted) throw error;
        this.#parts.onTrouble?.(error);
        const waitMs = Math.min(MAX_WAIT_MS, 100 * 2 ** Math.min(attempt, 10));
        await sleep(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => {
      if (this.#failure !== null) throw new Error('intake: this session has failed', { cause: this.#failure });
      return task().catch((error: unknown) => {
        // Half of a step is done: only running again from disk can tell which half.
        if (!(error instanceof Refused)) this.#failure = error;
        throw error;
      });
    });
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

/** Where an order of this trip must be decided: the session and the engine's own name of the trip. */
export async function engineTripOf(
  tx: Transaction,
  retailerId: string,
  tripId: string,
): Promise<{ readonly sessionId: string; readonly engineTripId: string } | null> {
  const [row] = await tx.query<Row & { session_id: string; engine_trip_id: string | null }>(
    'SELECT session_id, engine_trip_id FROM trips WHERE id = ? AND retailer_id = ?',
    [tripId, retailerId],
  );
  return row?.engine_trip_id ? { sessionId: row.session_id, engineTripId: row.engine_trip_id } : null;
}
