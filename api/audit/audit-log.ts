import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database, Queries, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';

export const auditMigrations: readonly Migration[] = [
  {
    id: 'audit/1-log',
    sqlite: `
      CREATE TABLE audit (
        seq BIGINT PRIMARY KEY,
        at_ms BIGINT NOT NULL,
        retailer_id TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        about TEXT NOT NULL,
        hash TEXT NOT NULL
      );
    `,
  },
];

/** Who did what to what: ids only, never personal data, since nothing here can be taken back. */
export interface AuditEntry {
  readonly retailerId: string;
  /** `key:…`, `gateway`, `operator`. */
  readonly actor: string;
  readonly action: string;
  readonly about: string;
}

interface AuditRow extends Row {
  readonly seq: number;
  readonly at_ms: number;
  readonly retailer_id: string;
  readonly actor: string;
  readonly action: string;
  readonly about: string;
  readonly hash: string;
}

export interface AuditVerdict {
  readonly entries: number;
  /** Hash of the last entry: kept elsewhere, it shows a cut end too. */
  readonly head: string;
  /** First entry that does not follow from the one before, or null. */
  readonly brokenAt: number | null;
}

const GENESIS = '0'.repeat(64);
const PAGE = 1000;

export class AuditLog {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Writes an entry in the transaction of what it tells of. */
  async append(tx: Transaction, entry: AuditEntry): Promise<void> {
    const [last] = await tx.query<AuditRow>('SELECT * FROM audit ORDER BY seq DESC LIMIT 1');
    const row = { seq: (last?.seq ?? 0) + 1, at_ms: this.#clock.nowMs(), ...entry };
    const { seq, at_ms, retailerId, actor, action, about } = row;
    const hash = hashOf(last?.hash ?? GENESIS, [seq, at_ms, retailerId, actor, action, about]);
    await tx.query(
      'INSERT INTO audit (seq, at_ms, retailer_id, actor, action, about, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [...[seq, at_ms, retailerId, actor, action, about, hash]],
    );
  }
}

/** Checks that no entry was altered, removed or put in between. */
export async function verifyAudit(queries: Queries): Promise<AuditVerdict> {
  let hash = GENESIS;
  let entries = 0;
  for (;;) {
    const rows = await queries.query<AuditRow>('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?', [
      entries,
      PAGE,
    ]);
    for (const row of rows) {
      const { seq, at_ms, retailer_id, actor, action, about } = row;
      hash = hashOf(hash, [seq, at_ms, retailer_id, actor, action, about]);
      if (seq !== entries + 1 || hash !== row.hash) return { entries, head: row.hash, brokenAt: entries + 1 };
      entries++;
    }
    if (rows.length < PAGE) return { entries, head: hash, brokenAt: null };
  }
}

/** The latest entries of a retailer, newest first. */
export async function auditOf(database: Database, retailerId: string, limit: number): Promise<AuditEntry[]> {
  const rows = await database.query<AuditRow>('SELECT * FROM audit WHERE retailer_id = ? ORDER BY seq DESC LIMIT ?', [
    retailerId,
    limit,
  ]);
  return rows.map(({ retailer_id, actor, action, about }) => ({ retailerId: retailer_id, actor, action, about }));
}

function hashOf(before: string, fields: readonly (string | number)[]): string {
  return createHash('sha256').update(before).update(JSON.stringify(fields)).digest('hex');
}
