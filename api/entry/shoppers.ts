import { z } from 'zod';
import { newId } from '../ids.ts';
import type { PurposeOf } from '../privacy/purpose.ts';
import type { RefKind, Vault } from '../privacy/vault.ts';
import type { Queries, Row, Transaction } from '../store/database.ts';

/** How a shopper pays, as the provider knows them; never a card number. */
export const walletSchema = z.strictObject({
  paymentMethod: z.string().min(1).max(255),
  /** Agreed to later charges. */
  customer: z.string().min(1).max(255).nullable(),
});
export type Wallet = z.infer<typeof walletSchema>;

/** People and cards that may enter: found by what they show, kept sealed. */
export class Shoppers {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  find(queries: Queries, retailerId: string, kind: RefKind, value: string): Promise<string | null> {
    return this.#vault.find(queries, retailerId, this.#vault.refOf(retailerId, kind, value));
  }

  /** The subject behind a card or account, made where there is none, with its wallet set. */
  async register(
    tx: Transaction,
    retailerId: string,
    kind: 'card' | 'shopper',
    value: string,
    wallet: Wallet,
    nowMs: number,
  ): Promise<string> {
    const ref = this.#vault.refOf(retailerId, kind, value);
    let subjectId = await this.#vault.find(tx, retailerId, ref);
    if (subjectId === null) {
      subjectId = newId();
      await this.#vault.create(tx, retailerId, subjectId, nowMs);
      await this.#vault.addRef(tx, retailerId, subjectId, ref);
    }
    await this.#vault.put(tx, subjectId, 'wallet', wallet, nowMs);
    return subjectId;
  }

  /** Lets a person be found by what the retailer calls them. */
  async knowAs(tx: Transaction, retailerId: string, visitorId: string, subjectId: string): Promise<void> {
    await this.#vault.addRef(tx, retailerId, subjectId, this.#vault.refOf(retailerId, 'visitor', visitorId));
  }

  /**
   * Leaves nothing behind of a card that was only tapped, once its visit is settled: no account, no address, no consent,
   * no other visit under way. Gives whether there was such a card.
   */
  async forgetTapped(tx: Transaction, retailerId: string, tripId: string): Promise<boolean> {
    const [trip] = await tx.query<Row & { subject_id: string | null }>('SELECT subject_id FROM trips WHERE id = ?', [
      tripId,
    ]);
    const subjectId = trip?.subject_id ?? null;
    if (subjectId === null) return false;
    const kept = await tx.query<Row & { name: string }>('SELECT name FROM subject_data WHERE subject_id = ?', [
      subjectId,
    ]);
    if (kept.length !== 1 || kept[0]!.name !== 'wallet') return false;
    const wallet = await this.walletOf(tx, subjectId, 'settlement');
    if ((await this.find(tx, retailerId, 'card', wallet!.paymentMethod)) !== subjectId) return false;
    const elsewhere = await tx.query(
      `SELECT id FROM trips WHERE subject_id = ? AND id <> ? UNION ALL SELECT id FROM payments WHERE subject_id = ?`,
      [subjectId, tripId, subjectId],
    );
    if (elsewhere.length > 0) return false;
    await this.#vault.remove(tx, subjectId);
    return true;
  }

  async walletOf(queries: Queries, subjectId: string, purpose: PurposeOf<'wallet'>): Promise<Wallet | null> {
    const value = await this.#vault.get(queries, subjectId, 'wallet', purpose);
    return value === null ? null : walletSchema.parse(value);
  }
}
