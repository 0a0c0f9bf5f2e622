import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Database, DatabaseError, type Row, type SqlValue, type Transaction } from './database.ts';

/** Prepared statements kept; the gateway has some two hundred texts. */
const MAX_STATEMENTS = 500;

/**
 * Opens the embedded store, WAL with `synchronous=FULL`: a commit that has returned survives a power cut.
 * `:memory:` is for tests. One connection, so transactions wait for each other; those that wait share a commit.
 */
export function openSqlite(path: string): Database {
  return new Sqlite(path);
}

/** Work that waits for its turn; `run` gives what settles its promise once the disk has it. */
interface Job {
  /** Writes, or may: what only reads needs no commit. */
  readonly isTransaction: boolean;
  readonly run: () => Promise<unknown>;
  readonly settle: (outcome: { readonly value: unknown } | { readonly error: unknown }) => void;
}

/** Jobs that share one commit at most. */
const GROUP = 64;

class Sqlite implements Database {
  readonly dialect = 'sqlite';
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #inside = new AsyncLocalStorage<{ isOpen: boolean }>();
  readonly #waiting: Job[] = [];
  #isWorking = false;
  #isClosed = false;

  constructor(path: string) {
    this.#connection = new DatabaseSync(path, { timeout: 5_000 });
    this.#connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    // Erased personal data must not linger in free pages.
    this.#connection.exec('PRAGMA secure_delete = ON');
  }

  query<R extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> {
    if (this.#inside.getStore()?.isOpen) {
      return Promise.reject(
        new DatabaseError('other', 'a transaction writes through its own handle, not the database'),
      );
    }
    const isTransaction = !/^\s*SELECT\b/i.test(sql) && !/^\s*PRAGMA\b/i.test(sql);
    return this.#queue({ isTransaction, run: async () => this.#run<R>(sql, params) });
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#inside.getStore()?.isOpen) return Promise.reject(new DatabaseError('other', 'transactions do not nest'));
    const handle = { isOpen: true };
    const run = () => this.#inside.run(handle, () => this.#transact(work, handle));
    return this.#queue({ isTransaction: true, run });
  }

  async #transact<T>(work: (tx: Transaction) => Promise<T>, handle: { isOpen: boolean }): Promise<T> {
    const tx: Transaction = {
      isTransaction: true,
      query: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) => {
        if (!handle.isOpen) throw new DatabaseError('closed', 'the transaction is over');
        return this.#run<R>(sql, params);
      },
    };
    try {
      return await work(tx);
    } finally {
      handle.isOpen = false;
    }
  }

  async script(tx: Transaction, sql: string): Promise<void> {
    if (!tx.isTransaction) throw new DatabaseError('other', 'a script runs inside a transaction');
    try {
      this.#connection.exec(sql);
    } catch (error) {
      throw translated(error, sql);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const run = async () => {
      this.#isClosed = true;
      this.#connection.close();
    };
    await this.#queue({ isTransaction: false, run });
  }

  #queue<T>(job: { readonly isTransaction: boolean; readonly run: () => Promise<T> }): Promise<T> {
    const result = new Promise<T>((resolve, reject) => {
      const settle: Job['settle'] = (outcome) => {
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.value as T);
      };
      // The work belongs to who asked, not to who happens to do it: traces hang on that.
      const inContext = AsyncLocalStorage.snapshot();
      this.#waiting.push({ isTransaction: job.isTransaction, run: () => inContext(job.run), settle });
    });
    void this.#work();
    return result;
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    // Whoever asks in this turn of the loop shares the commit.
    await null;
    while (this.#waiting.length > 0) {
      const isWriting = this.#waiting[0]!.isTransaction;
      const last = this.#waiting.findIndex(({ isTransaction }) => isTransaction !== isWriting);
      const jobs = this.#waiting.splice(0, Math.min(GROUP, last === -1 ? this.#waiting.length : last));
      if (isWriting) await this.#commit(jobs);
      else for (const job of jobs) job.settle(await outcomeOf(job.run));
    }
    this.#isWorking = false;
  }

  /** Runs jobs one after the other, each all or nothing, with one commit and one sync for all of them. */
  async #commit(jobs: readonly Job[]): Promise<void> {
    const done: (() => void)[] = [];
    const failed = (error: unknown) => {
      for (const job of jobs) job.settle({ error });
    };
    try {
      this.#run('BEGIN IMMEDIATE', []);
      for (const { run, settle } of jobs) {
        this.#run('SAVEPOINT job', []);
        const outcome = await outcomeOf(run);
        // A full disk ends the whole transaction by itself.
        if (!this.#connection.isTransaction) return failed('error' in outcome ? outcome.error : lost());
        if ('error' in outcome) this.#run('ROLLBACK TO job', []);
        this.#run('RELEASE job', []);
        done.push(() => settle(outcome));
      }
      this.#run('COMMIT', []);
    } catch (error) {
      if (!this.#isClosed && this.#connection.isTransaction) this.#run('ROLLBACK', []);
      return failed(error);
    }
    for (const settle of done) settle();
  }

  #run<R extends Row>(sql: string, params: readonly SqlValue[]): R[] {
    if (this.#isClosed) throw new DatabaseError('closed', 'the database is closed');
    try {
      return this.#prepared(sql).all(...params) as unknown as R[];
    } catch (error) {
      throw translated(error, sql);
    }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

async function outcomeOf(run: () => Promise<unknown>): Promise<{ value: unknown } | { error: unknown }> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error };
  }
}

const lost = () => new DatabaseError('other', 'the transaction ended by itself');

/** Extended result codes of SQLite (sqlite.org/rescode.html). */
const UNIQUE = 2067;
const PRIMARY_KEY = 1555;
const CONSTRAINT = 19;
const BUSY = 5;
const FULL = 13;

function translated(error: unknown, sql: string): DatabaseError {
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  const primary = errcode & 0xff;
  const kind =
    errcode === UNIQUE || errcode === PRIMARY_KEY
      ? 'unique'
      : primary === CONSTRAINT
        ? 'constraint'
        : primary === BUSY
          ? 'conflict'
          : primary === FULL
            ? 'full'
            : 'other';
  return new DatabaseError(kind, `${message} in: ${sql.slice(0, 120)}`, error);
}
