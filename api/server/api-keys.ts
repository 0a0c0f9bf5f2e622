import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { newSecret } from '../ids.ts';
import type { Database, Row } from '../store/database.ts';
import type { Migration } from '../store/migrate.ts';

export const apiKeyMigrations: readonly Migration[] = [
  {
    id: 'server/1-api-keys',
    sqlite: `
      CREATE TABLE api_keys (
        id TEXT PRIMARY KEY,
        retailer_id TEXT NOT NULL,
        store_id TEXT,
        name TEXT NOT NULL,
        scopes TEXT NOT NULL,
        hash TEXT NOT NULL,
        created_at_ms BIGINT NOT NULL,
        expires_at_ms BIGINT,
        revoked_at_ms BIGINT
      );
    `,
  },
];

/** What a key may do; `device:` keys belong to one sensor or gate. */
export const SCOPES = [
  'orders:read',
  'orders:write',
  'trips:read',
  'reviews:write',
  'entry:write',
  'shoppers:write',
  'catalogue:write',
  'webhooks:write',
  'payments:write',
  'privacy:write',
  'live:read',
  'keys:write',
  'device:gate',
  'device:readings',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Whoever holds a valid key. */
export interface Principal {
  readonly keyId: string;
  readonly name: string;
  readonly retailerId: string;
  /** Null: all stores of the retailer. */
  readonly storeId: string | null;
  readonly scopes: ReadonlySet<string>;
}

interface KeyRow extends Row {
  readonly id: string;
  readonly retailer_id: string;
  readonly store_id: string | null;
  readonly name: string;
  readonly scopes: string;
  readonly hash: string;
  readonly expires_at_ms: number | null;
  readonly revoked_at_ms: number | null;
}

const KEY = /^ak_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})$/;
/** Compared with where there is no such key, so that an unknown id takes as long as a wrong secret. */
const NOBODY = createHash('sha256').update(randomBytes(32)).digest();

/** API keys: shown once, kept as a hash (their secrets are 256 random bits, so a plain one is enough). */
export class ApiKeys {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async create(wanted: {
    readonly retailerId: string;
    readonly storeId: string | null;
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly expiresAtMs?: number | null;
  }): Promise<{ readonly id: string; readonly key: string }> {
    const id = randomBytes(9).toString('base64').replace(/[+/]/g, 'x');
    const secret = newSecret(32);
    await this.#database.query(
      `INSERT INTO api_keys (id, retailer_id, store_id, name, scopes, hash, created_at_ms, expires_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        ...[
          id,
          wanted.retailerId,
          wanted.storeId,
          wanted.name,
          wanted.scopes.join(' '),
          hashOf(secret).toString('hex'),
        ],
        ...[this.#clock.nowMs(), wanted.expiresAtMs ?? null],
      ],
    );
    return { id, key: `ak_${id}_${secret}` };
  }

  /** Who this key belongs to; null for anything that is not a valid key now. */
  async verify(key: string): Promise<Principal | null> {
    const match = KEY.exec(key);
    if (!match) return null;
    const [row] = await this.#database.query<KeyRow>('SELECT * FROM api_keys WHERE id = ?', [match[1]!]);
    const expected = row ? Buffer.from(row.hash, 'hex') : NOBODY;
    const isSame = timingSafeEqual(hashOf(match[2]!), expected);
    if (!isSame || row === undefined || row.revoked_at_ms !== null) return null;
    if (row.expires_at_ms !== null && row.expires_at_ms <= this.#clock.nowMs()) return null;
    return {
      keyId: row.id,
      name: row.name,
      retailerId: row.retailer_id,
      storeId: row.store_id,
      scopes: new Set(row.scopes.split(' ')),
    };
  }

  /** False where this retailer has no such key. */
  async revoke(retailerId: string, id: string): Promise<boolean> {
    const rows = await this.#database.query(
      'UPDATE api_keys SET revoked_at_ms = ? WHERE id = ? AND retailer_id = ? AND revoked_at_ms IS NULL RETURNING id',
      [this.#clock.nowMs(), id, retailerId],
    );
    return rows.length === 1;
  }

  /** All keys of a retailer that are not revoked, without anything secret. */
  async list(retailerId: string): Promise<{ id: string; name: string; storeId: string | null; scopes: string[] }[]> {
    const rows = await this.#database.query<KeyRow>(
      'SELECT * FROM api_keys WHERE retailer_id = ? AND revoked_at_ms IS NULL ORDER BY created_at_ms, id',
      [retailerId],
    );
    return rows.map((row) => ({ id: row.id, name: row.name, storeId: row.store_id, scopes: row.scopes.split(' ') }));
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
