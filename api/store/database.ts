/**
 * The store of record behind one port. SQL is written once: `?` placeholders, `BIGINT` for whole numbers (0 and 1 for
 * booleans), `TEXT` for everything else (JSON and Base64 included), `ON CONFLICT`, `RETURNING`. Both dialects take that.
 */
export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

/** What runs statements: the database itself, or one transaction of it. */
export interface Queries {
  /** Runs one statement and gives its rows; whole numbers come back as `number`. Throws `DatabaseError`. */
  query<R extends Row = Row>(sql: string, params?: readonly SqlValue[]): Promise<R[]>;
}

/** A transaction under way; whoever is handed one writes through it and nothing else. */
export interface Transaction extends Queries {
  readonly isTransaction: true;
}

export interface Database extends Queries {
  readonly dialect: 'sqlite' | 'postgres';
  /**
   * Runs `work` with all or none of its writes on disk when the promise settles. Transactions are serializable: where the
   * database finds two in conflict it runs one of them again, so `work` must have no other effect than its writes.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Runs several statements separated by `;` at once, for migrations. */
  script(tx: Transaction, sql: string): Promise<void>;
  close(): Promise<void>;
}

/** A statement the database refused, in words that hold in both dialects. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly kind: 'unique' | 'constraint' | 'conflict' | 'full' | 'closed' | 'other';

  constructor(kind: DatabaseError['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
