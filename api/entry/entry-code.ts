import { randomBytes } from 'node:crypto';
import type { Retailer } from '../retailer/retailer.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';
import type { Seal } from '../webhooks/seal.ts';
import { matchingStep, stepAt, totp } from './totp.ts';

export const entryCodeMigrations: readonly Migration[] = [
  {
    id: 'entry/1-codes',
    sqlite: `
      CREATE TABLE entry_codes (
        handle TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT NOT NULL,
        subject_id TEXT NOT NULL,
        sealed_secret TEXT NOT NULL,
        group_size BIGINT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        expires_at_ms BIGINT NOT NULL,
        last_step BIGINT NOT NULL,
        last_event TEXT
      );
      CREATE INDEX entry_codes_by_subject ON entry_codes (subject_id);
    `,
  },
];

/** Only letters and digits, which every reader and the patterns of gates take; the digits are those of one time step. */
const CODE = /^AE([A-Z2-7]{16})(\d{8})$/;
/** A code screen left open longer asks for a new one. */
const LIVES_MS = 15 * 60_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function isEntryCode(credential: string): boolean {
  return CODE.test(credential);
}

export interface IssuedCode {
  readonly handle: string;
  /** What the gate must read now. */
  readonly code: string;
  /** When the next one is due. */
  readonly rotatesAtMs: number;
  readonly expiresAtMs: number;
}

interface CodeRow extends Row {
  readonly handle: string;
  readonly subject_id: string;
  readonly store_id: string;
  readonly sealed_secret: string;
  readonly group_size: number;
  readonly expires_at_ms: number;
  readonly last_step: number;
  readonly last_event: string | null;
}

/** Codes that a phone shows at the gate: a handle that leads to the account, and digits that change with time. */
export class EntryCodes {
  readonly #seal: Seal;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  async issue(
    tx: Transaction,
    retailer: Retailer,
    wanted: {
      readonly storeId: string;
      readonly subjectId: string;
      readonly groupSize: number;
      readonly nowMs: number;
    },
  ): Promise<IssuedCode> {
    const secret = randomBytes(20);
    const handle = [...randomBytes(16)].map((byte) => ALPHABET[byte & 31]).join('');
    const { storeId, subjectId, groupSize, nowMs } = wanted;
    await tx.query(
      `INSERT INTO entry_codes (handle, retailer_id, store_id, subject_id, sealed_secret, group_size, created_at_ms,
         expires_at_ms, last_step) VALUES (?, ?, ?, ?, ?, ?, ?, ?, -1)`,
      [
        ...[handle, retailer.id, storeId, subjectId, this.#seal.seal(secret.toString('base64'), handle)],
        ...[groupSize, nowMs, nowMs + LIVES_MS],
      ],
    );
    return codeNow(retailer, handle, secret, nowMs, nowMs + LIVES_MS);
  }

  /** The same code one step later; null where there is none (any more). */
  async rotate(queries: Queries, retailer: Retailer, handle: string, nowMs: number): Promise<IssuedCode | null> {
    const row = await this.#find(queries, retailer.id, handle);
    if (row === null || row.expires_at_ms <= nowMs) return null;
    return codeNow(retailer, handle, this.#secretOf(row), nowMs, row.expires_at_ms);
  }

  /**
   * Takes a code in: valid once per step and never for a step before one already used (RFC 6238 §5.2), except for the same
   * gate interaction asked about again. Null: refused.
   */
  async redeem(
    tx: Transaction,
    retailer: Retailer,
    shown: { readonly storeId: string; readonly code: string; readonly eventId: string; readonly nowMs: number },
  ): Promise<{ readonly subjectId: string; readonly groupSize: number } | null> {
    const match = CODE.exec(shown.code);
    if (!match) return null;
    const row = await this.#find(tx, retailer.id, match[1]!);
    if (row === null || row.store_id !== shown.storeId || row.expires_at_ms <= shown.nowMs) return null;
    const { stepSeconds, driftSteps } = retailer.entryCode;
    const step = matchingStep(this.#secretOf(row), match[2]!, stepAt(shown.nowMs, stepSeconds), driftSteps);
    if (step === null) return null;
    const used = await tx.query(
      `UPDATE entry_codes SET last_step = ?, last_event = ?
       WHERE handle = ? AND (last_step < ? OR (last_step = ? AND last_event = ?)) RETURNING handle`,
      [step, shown.eventId, row.handle, step, step, shown.eventId],
    );
    return used.length === 1 ? { subjectId: row.subject_id, groupSize: row.group_size } : null;
  }

  async #find(queries: Queries, retailerId: string, handle: string): Promise<CodeRow | null> {
    const rows = await queries.query<CodeRow>('SELECT * FROM entry_codes WHERE handle = ? AND retailer_id = ?', [
      handle,
      retailerId,
    ]);
    return rows[0] ?? null;
  }

  #secretOf(row: CodeRow): Buffer {
    return Buffer.from(this.#seal.open(row.sealed_secret, row.handle), 'base64');
  }
}

function codeNow(
  { entryCode: { stepSeconds } }: Retailer,
  handle: string,
  secret: Buffer,
  nowMs: number,
  expiresAtMs: number,
): IssuedCode {
  const step = stepAt(nowMs, stepSeconds);
  const code = `AE${handle}${totp(secret, step)}`;
  return { handle, code, rotatesAtMs: (step + 1) * stepSeconds * 1000, expiresAtMs };
}
