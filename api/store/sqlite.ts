import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Database, DatabaseError, type Row, type SqlValue, type Transaction } from './database.ts';

/** Prepared statements kept; the gateway has some two hundred texts. */
const MAX_STATEMENTS = 500;

/**
 * Opens the embedded store, WAL with `synchronous=FULL`: a commit that has returned survives a power cut.
 * `:memory:` is for tests. One connection, so transactions wait for each other.
 */
export function openSqlite(path: string): Database {
  return new Sqlite(path);
}

class Sqlite implements Database {
  readonly dialect = 'sqlite';
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #inside = new AsyncLocalStorage<{ isOpen: boolean }>();
  /** Ends when the transaction before has ended. */
  #turn: Promise<unknown> = Promise.resolve();
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
    return this.#queue(async () => this.#run<R>(sql, params));
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#inside.getStore()?.isOpen) return Promise.reject(new DatabaseError('other', 'transactions do not nest'));
    const handle = { isOpen: true };
    return this.#queue(() => this.#inside.run(handle, () => this.#transact(work, handle)));
  }

  async #transact<T>(work: (tx: Transaction) => Promise<T>, handle: { isOpen: boolean }): Promise<T> {
    const tx: Transaction = {
      isTransaction: true,
      query: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) => {
        if (!handle.isOpen) throw new DatabaseError('closed', 'the transaction is over');
        return this.#run<R>(sql, params);
      },
    };
    this.#run('BEGIN IMMEDIATE', []);
    try {
      const result = await work(tx);
      handle.isOpen = false;
      this.#run('COMMIT', []);
      return result;
    } catch (error) {
      handle.isOpen = false;
      if (this.#connection.isTransaction) this.#run('ROLLBACK', []);
      throw error;
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
    await this.#queue(async () => {
      this.#isClosed = true;
      this.#connection.close();
    });
  }

  #queue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
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
