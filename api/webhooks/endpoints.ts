import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import type { Database, Queries } from '../store/database.ts';
import type { AddressGuard } from './address-guard.ts';
import { type Classification, isEventType } from './catalogue.ts';
import type { Seal } from './seal.ts';
import { checkSecret, newSecret } from './signature.ts';

/** Where a retailer wants its events. */
export interface Endpoint {
  readonly id: string;
  readonly retailerId: string;
  readonly url: string;
  /** Kinds of events it wants, `cart.*` for a family, `*` for all. */
  readonly types: readonly string[];
  /** The most private kind of data it may get. */
  readonly clearance: Classification;
  /** Ids and a reference instead of data. */
  readonly isThin: boolean;
  readonly createdAtMs: number;
  readonly disabledAtMs: number | null;
  readonly disabledReason: string | null;
}

export interface NewEndpoint {
  readonly url: string;
  readonly types?: readonly string[];
  readonly clearance?: Classification;
  readonly isThin?: boolean;
  /** Brought along instead of made here. */
  readonly secret?: string;
}

/** Settings of an endpoint that cannot be. */
export class EndpointError extends Error {}

/** Secrets that sign at the same time: the newest, and the one it replaces. */
const MAX_SECRETS = 2;

interface EndpointRow {
  readonly [column: string]: string | number | null;
  readonly id: string;
  readonly retailer_id: string;
  readonly url: string;
  readonly types: string;
  readonly clearance: Classification;
  readonly is_thin: number;
  readonly secrets: string;
  readonly created_at_ms: number;
  readonly disabled_at_ms: number | null;
  readonly disabled_reason: string | null;
}

/** The endpoints of all retailers; every call names the retailer, so nobody sees or changes another's. */
export class Endpoints {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #guard: AddressGuard;
  readonly #seal: Seal;

  constructor(parts: { database: Database; clock: Clock; guard: AddressGuard; seal: Seal }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#guard = parts.guard;
    this.#seal = parts.seal;
  }

  /** Adds one and gives its secret, which is shown only here. Throws AddressRefused or EndpointError. */
  async create(
    retailerId: string,
    asked: NewEndpoint,
  ): Promise<{ readonly endpoint: Endpoint; readonly secret: string }> {
    const types = asked.types ?? ['*'];
    checkTypes(types);
    const url = this.#guard.checkUrl(asked.url).href;
    const secret = asked.secret ?? newSecret();
    checkSecret(secret);
    const endpoint: Endpoint = {
      id: `ep_${newId()}`,
      retailerId,
      url,
      types,
      clearance: asked.clearance ?? 'confidential',
      isThin: asked.isThin ?? false,
      createdAtMs: this.#clock.nowMs(),
      disabledAtMs: null,
      disabledReason: null,
    };
    await this.#database.query(
      `INSERT INTO webhook_endpoints (id, retailer_id, url, types, clearance, is_thin, secrets, created_at_ms, paused_until_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
      [
        endpoint.id,
        retailerId,
        url,
        JSON.stringify(types),
        endpoint.clearance,
        endpoint.isThin ? 1 : 0,
        this.#sealed(endpoint.id, [secret]),
        endpoint.createdAtMs,
      ],
    );
    return { endpoint, secret };
  }

  async list(retailerId: string): Promise<Endpoint[]> {
    return endpointsOf(this.#database, retailerId);
  }

  async get(retailerId: string, id: string): Promise<Endpoint | null> {
    return (await this.list(retailerId)).find((endpoint) => endpoint.id === id) ?? null;
  }

  /** Adds a secret; the one before it goes on signing until the next rotation. Null for an endpoint that is not there. */
  async rotate(retailerId: string, id: string, secret = newSecret()): Promise<string | null> {
    checkSecret(secret);
    return this.#database.transaction(async (tx) => {
      const [row] = await tx.query<EndpointRow>('SELECT * FROM webhook_endpoints WHERE retailer_id = ? AND id = ?', [
        retailerId,
        id,
      ]);
      if (row === undefined) return null;
      const secrets = [secret, ...this.secretsOf(row)].slice(0, MAX_SECRETS);
      await tx.query('UPDATE webhook_endpoints SET secrets = ? WHERE id = ?', [this.#sealed(id, secrets), id]);
      return secret;
    });
  }

  /** Takes deliveries up again, those that piled up first; false where there is no such endpoint. */
  async enable(retailerId: string, id: string): Promise<boolean> {
    const rows = await this.#database.query(
      `UPDATE webhook_endpoints SET disabled_at_ms = NULL, disabled_reason = NULL, paused_until_ms = 0
       WHERE retailer_id = ? AND id = ? RETURNING id`,
      [retailerId, id],
    );
    const now = this.#clock.nowMs();
    if (rows.length > 0) {
      await this.#database.query(
        `UPDATE webhook_deliveries SET due_at_ms = ?, attempts = 0, first_at_ms = NULL WHERE endpoint_id = ? AND state = 'pending'`,
        [now, id],
      );
    }
    return rows.length > 0;
  }

  async disable(retailerId: string, id: string, reason: string): Promise<boolean> {
    const rows = await this.#database.query(
      `UPDATE webhook_endpoints SET disabled_at_ms = ?, disabled_reason = ?
       WHERE retailer_id = ? AND id = ? AND disabled_at_ms IS NULL RETURNING id`,
      [this.#clock.nowMs(), reason, retailerId, id],
    );
    return rows.length > 0;
  }

  /** Removes it with its deliveries and their log. */
  async remove(retailerId: string, id: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const rows = await tx.query('DELETE FROM webhook_endpoints WHERE retailer_id = ? AND id = ? RETURNING id', [
        retailerId,
        id,
      ]);
      if (rows.length === 0) return false;
      await tx.query(
        'DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE endpoint_id = ?)',
        [id],
      );
      await tx.query('DELETE FROM webhook_deliveries WHERE endpoint_id = ?', [id]);
      return true;
    });
  }

  /** The secrets that sign for an endpoint, newest first. */
  secretsOf(row: { readonly id: string; readonly secrets: string }): string[] {
    return JSON.parse(this.#seal.open(row.secrets, row.id));
  }

  #sealed(id: string, secrets: readonly string[]): string {
    return this.#seal.seal(JSON.stringify(secrets), id);
  }
}

/** All endpoints of a retailer, oldest first. */
export async function endpointsOf(queries: Queries, retailerId: string): Promise<Endpoint[]> {
  const rows = await queries.query<EndpointRow>(
    'SELECT * FROM webhook_endpoints WHERE retailer_id = ? ORDER BY created_at_ms, id',
    [retailerId],
  );
  return rows.map((row) => ({
    id: row.id,
    retailerId: row.retailer_id,
    url: row.url,
    types: JSON.parse(row.types),
    clearance: row.clearance,
    isThin: row.is_thin === 1,
    createdAtMs: row.created_at_ms,
    disabledAtMs: row.disabled_at_ms,
    disabledReason: row.disabled_reason,
  }));
}

/** Whether an endpoint asked for a kind of event and is cleared for its data. */
export function wants(endpoint: Endpoint, type: string, classification: Classification): boolean {
  if (classification === 'confidential' && endpoint.clearance === 'internal') return false;
  return endpoint.types.some((pattern) => pattern === '*' || pattern === type || isFamily(pattern, type));
}

function isFamily(pattern: string, type: string): boolean {
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

function checkTypes(types: readonly string[]): void {
  const bad = types.find((type) => !isEventType(type) && !/^(\*|[a-z]+\.\*)$/.test(type));
  if (bad !== undefined)
    throw new EndpointError(
      `types: found ${bad.slice(0, 60)}, expected a kind of event, a family such as cart.*, or *`,
    );
  if (types.length === 0) throw new EndpointError('types: found none, expected at least one kind of event');
}
