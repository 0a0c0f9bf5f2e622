import { isAgreedTo } from '../privacy/consent.ts';
import type { Vault } from '../privacy/vault.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';

/** Points of members: people who agreed to have them counted. Nobody needs to be one to shop. */
export class Loyalty {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** Whether a visit is a member's, for prices that only members get. */
  async isMember(queries: Queries, tripId: string): Promise<boolean> {
    const subjectId = await this.#subjectOf(queries, tripId);
    return subjectId !== null && (await isAgreedTo(this.#vault, queries, subjectId, 'loyalty'));
  }

  /** Counts the points of a visit that is paid, in the transaction that completes its order. */
  async earn(tx: Transaction, tripId: string, points: number, nowMs: number): Promise<void> {
    const subjectId = await this.#subjectOf(tx, tripId);
    if (subjectId === null || points === 0) return;
    if (!(await isAgreedTo(this.#vault, tx, subjectId, 'loyalty'))) return;
    await this.#vault.put(tx, subjectId, 'loyalty', { points: (await this.pointsOf(tx, subjectId)) + points }, nowMs);
  }

  async pointsOf(queries: Queries, subjectId: string): Promise<number> {
    const kept = (await this.#vault.get(queries, subjectId, 'loyalty', 'loyalty')) as { points: number } | null;
    return kept?.points ?? 0;
  }

  async #subjectOf(queries: Queries, tripId: string): Promise<string | null> {
    const [trip] = await queries.query<Row & { subject_id: string | null }>(
      'SELECT subject_id FROM trips WHERE id = ?',
      [tripId],
    );
    return trip?.subject_id ?? null;
  }
}
