import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Queries, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';
import { aesSeal, type Seal } from '../webhooks/seal.ts';
import { assertPurpose, type PersonField, type PurposeOf } from './purpose.ts';

export const vaultMigrations: readonly Migration[] = [
  {
    id: 'privacy/1-subjects',
    sqlite: `
      CREATE TABLE subjects (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        wrapped_key TEXT,
        created_at_ms BIGINT NOT NULL,
        erased_at_ms BIGINT
      );
      CREATE TABLE subject_refs (
        ref TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        subject_id TEXT NOT NULL REFERENCES subjects (id)
      );
      CREATE INDEX subject_refs_by_subject ON subject_refs (subject_id);
      CREATE TABLE subject_data (
        subject_id TEXT NOT NULL REFERENCES subjects (id),
        name TEXT NOT NULL,
        sealed TEXT NOT NULL,
        written_at_ms BIGINT NOT NULL,
        PRIMARY KEY (subject_id, name)
      );
    `,
  },
];

/** What a person is found by: a card, the retailer's account, or what the retailer calls them at its own door. */
export type RefKind = 'card' | 'shopper' | 'visitor';

/** Data of a subject whose key is gone. */
export class ErasedSubject extends Error {
  override readonly name = 'ErasedSubject';
}

/**
 * Personal data, each person's under a key of their own, those keys under the master key. Without a person's key every copy
 * of their data is noise, in backups and write-ahead logs too: erasing is throwing that key away.
 */
export class Vault {
  readonly #keys: Seal;
  readonly #refKey: Buffer;

  /** Throws unless the master key has 32 bytes. */
  constructor(masterKey: Buffer) {
    this.#keys = aesSeal(derived(masterKey, 'subject keys'));
    this.#refKey = derived(masterKey, 'subject references');
  }

  /** What a card or account is found by: says nothing without the master key. */
  refOf(retailerId: string, kind: RefKind, value: string): string {
    return createHmac('sha256', this.#refKey)
      .update(JSON.stringify([retailerId, kind, value]))
      .digest('base64url');
  }

  async find(queries: Queries, retailerId: string, ref: string): Promise<string | null> {
    const [row] = await queries.query<Row & { subject_id: string }>(
      'SELECT subject_id FROM subject_refs WHERE ref = ? AND retailer_id = ?',
      [ref, retailerId],
    );
    return row?.subject_id ?? null;
  }

  async create(tx: Transaction, retailerId: string, subjectId: string, nowMs: number): Promise<void> {
    const key = this.#keys.seal(randomBytes(32).toString('base64'), subjectId);
    await tx.query(
      'INSERT INTO subjects (id, retailer_id, wrapped_key, created_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      [subjectId, retailerId, key, nowMs],
    );
  }

  async addRef(tx: Transaction, retailerId: string, subjectId: string, ref: string): Promise<void> {
    await tx.query(
      `INSERT INTO subject_refs (ref, retailer_id, subject_id) VALUES (?, ?, ?)
       ON CONFLICT (ref) DO UPDATE SET subject_id = excluded.subject_id`,
      [ref, retailerId, subjectId],
    );
  }

  /** Keeps a value of a subject under a name, replacing the one before. Throws `ErasedSubject`. */
  async put(tx: Transaction, subjectId: string, name: PersonField, value: unknown, nowMs: number): Promise<void> {
    const seal = await this.#sealOf(tx, subjectId);
    await tx.query(
      `INSERT INTO subject_data (subject_id, name, sealed, written_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (subject_id, name) DO UPDATE SET sealed = excluded.sealed, written_at_ms = excluded.written_at_ms`,
      [subjectId, name, seal.seal(JSON.stringify(value), `${subjectId}/${name}`), nowMs],
    );
  }

  /** Null where nothing is kept under that name. Throws `PurposeRefused` and `ErasedSubject`. */
  async get<F extends PersonField>(
    queries: Queries,
    subjectId: string,
    name: F,
    purpose: PurposeOf<F>,
  ): Promise<unknown> {
    assertPurpose(name, purpose);
    const [row] = await queries.query<Row & { sealed: string }>(
      'SELECT sealed FROM subject_data WHERE subject_id = ? AND name = ?',
      [subjectId, name],
    );
    if (row === undefined) return null;
    const seal = await this.#sealOf(queries, subjectId);
    return JSON.parse(seal.open(row.sealed, `${subjectId}/${name}`));
  }

  async drop(tx: Transaction, subjectId: string, name: PersonField): Promise<void> {
    await tx.query('DELETE FROM subject_data WHERE subject_id = ? AND name = ?', [subjectId, name]);
  }

  /** Seals a text that lies elsewhere under the subject's key: it goes with the subject. Throws `ErasedSubject`. */
  async sealFor(queries: Queries, subjectId: string, text: string, context: string): Promise<string> {
    return (await this.#sealOf(queries, subjectId)).seal(text, `${subjectId}/${context}`);
  }

  /** Throws `ErasedSubject`. */
  async openFor(queries: Queries, subjectId: string, sealed: string, context: string): Promise<string> {
    return (await this.#sealOf(queries, subjectId)).open(sealed, `${subjectId}/${context}`);
  }

  /** Throws the subject's key away with everything that leads to the subject. */
  async shred(tx: Transaction, subjectId: string, nowMs: number): Promise<void> {
    await tx.query('DELETE FROM subject_data WHERE subject_id = ?', [subjectId]);
    await tx.query('DELETE FROM subject_refs WHERE subject_id = ?', [subjectId]);
    await tx.query('UPDATE subjects SET wrapped_key = NULL, erased_at_ms = ? WHERE id = ?', [nowMs, subjectId]);
  }

  /** As `shred`, and nothing says that there was somebody. */
  async remove(tx: Transaction, subjectId: string): Promise<void> {
    await tx.query('DELETE FROM subject_data WHERE subject_id = ?', [subjectId]);
    await tx.query('DELETE FROM subject_refs WHERE subject_id = ?', [subjectId]);
    await tx.query('DELETE FROM subjects WHERE id = ?', [subjectId]);
  }

  async #sealOf(queries: Queries, subjectId: string): Promise<Seal> {
    const [row] = await queries.query<Row & { wrapped_key: string | null }>(
      'SELECT wrapped_key FROM subjects WHERE id = ?',
      [subjectId],
    );
    if (!row?.wrapped_key) throw new ErasedSubject(`subject ${subjectId} is unknown or erased`);
    return aesSeal(Buffer.from(this.#keys.open(row.wrapped_key, subjectId), 'base64'));
  }
}

/** A key for one purpose out of the master key (RFC 5869). */
export function derived(masterKey: Buffer, purpose: string): Buffer {
  if (masterKey.length !== 32) throw new Error(`master key: found ${masterKey.length} bytes, expected 32`);
  return Buffer.from(hkdfSync('sha256', masterKey, Buffer.alloc(0), purpose, 32));
}
