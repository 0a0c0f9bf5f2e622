import pg from 'pg';
import { type Database, DatabaseError, type Row, type SqlValue, type Transaction } from './database.ts';

/** How often a transaction that lost against another is run again. */
const MAX_ATTEMPTS = 40;
/** From this attempt on, transactions of this process that keep losing run one after the other. */
const IN_TURN_FROM = 3;
const MAX_PAUSE_MS = 100;
const INT8 = 20;

/** Opens PostgreSQL by its URL. Throws `DatabaseError` at the first statement where it cannot be reached. */
export function openPostgres(url: string, options: { readonly connections?: number } = {}): Database {
  return new Postgres(url, options.connections ?? 10);
}

class Postgres implements Database {
  readonly dialect = 'postgres';
  readonly #pool: pg.Pool;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(url: string, connections: number) {
    const types = new pg.TypeOverrides();
    types.setTypeParser(INT8, wholeNumber);
    this.#pool = new pg.Pool({ connectionString: url, max: connections, types });
    // A connection lost while idle shows at the next statement.
    this.#pool.on('error', () => undefined);
    // One lost while it is used fails its statement; nobody else listens, and an unheard error would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async query<R extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> {
    return run<R>(this.#pool, sql, params);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await (attempt < IN_TURN_FROM ? this.#transact(work) : this.#inTurn(() => this.#transact(work)));
      } catch (error) {
        const lost = error instanceof DatabaseError && error.kind === 'conflict';
        if (!lost || attempt === MAX_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(MAX_PAUSE_MS, 10 * attempt)));
      }
    }
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw translated(error, 'connect');
    });
    let isOpen = true;
    let broken: Error | undefined;
    const tx: Transaction = {
      isTransaction: true,
      query: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) => {
        if (!isOpen) throw new DatabaseError('closed', 'the transaction is over');
        return run<R>(client, sql, params);
      },
    };
    try {
      await run(client, 'BEGIN ISOLATION LEVEL SERIALIZABLE', []);
      const result = await work(tx);
      isOpen = false;
      await run(client, 'COMMIT', []);
      return result;
    } catch (error) {
      isOpen = false;
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async script(tx: Transaction, sql: string): Promise<void> {
    await tx.query(sql);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

async function run<R extends Row>(
  client: pg.Pool | pg.PoolClient,
  sql: string,
  params: readonly SqlValue[],
): Promise<R[]> {
  try {
    // Without parameters the simple protocol runs, which takes several statements at once.
    const result = params.length === 0 ? await client.query(sql) : await client.query(numbered(sql), [...params]);
    return (Array.isArray(result) ? [] : result.rows) as R[];
  } catch (error) {
    throw translated(error, sql);
  }
}

const texts = new Map<string, string>();

/** `?` outside of quotes as `$1`, `$2`, … */
export function numbered(sql: string): string {
  let text = texts.get(sql);
  if (text === undefined) {
    let count = 0;
    text = sql.replace(/'(?:[^']|'')*'|\?/g, (part) => (part === '?' ? `$${++count}` : part));
    if (texts.size < 1000) texts.set(sql, text);
  }
  return text;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new DatabaseError('other', `found ${text}, expected a safe whole number`);
  return value;
}

/** SQLSTATE classes (PostgreSQL documentation, appendix A). */
function translated(error: unknown, sql: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code = '', message } = error as { code?: string; message: string };
  // The driver's own words have no SQLSTATE.
  const kind = code === '' && message.startsWith('Connection terminated') ? 'closed' : kindOf(code);
  return new DatabaseError(kind, `${message} in: ${sql.slice(0, 120)}`, error);
}

function kindOf(code: string): DatabaseError['kind'] {
  if (code === '23505') return 'unique';
  if (code.startsWith('23')) return 'constraint';
  if (code === '40001' || code === '40P01') return 'conflict';
  if (code === '53100') return 'full';
  if (code.startsWith('08') || code.startsWith('57P') || code.startsWith('ECONN')) return 'closed';
  return 'other';
}
