import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import type { PurposeOf } from '../privacy/purpose.ts';
import { ErasedSubject, type Vault } from '../privacy/vault.ts';
import type { Queries, Transaction } from '../store/database.ts';

/** Under this name a subject's address is kept in the vault. */
const ADDRESS = 'receipt-address' as const;

/**
 * Receipts for people who came with nothing but a card: they give an address once at the kiosk and get every receipt of
 * that card from then on. The address lies in the vault under the card's own key; the card itself is kept as a keyed hash.
 */
export class Kiosk {
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault;
    this.#clock = clock;
  }

  /** Binds an address to a card; a second address replaces the first. Gives the subject behind the card. */
  async bind(tx: Transaction, retailerId: string, cardFingerprint: string, address: string): Promise<string> {
    const ref = this.#vault.refOf(retailerId, 'card', cardFingerprint);
    const nowMs = this.#clock.nowMs();
    let subjectId = await this.#vault.find(tx, retailerId, ref);
    if (subjectId === null) {
      subjectId = newId();
      await this.#vault.create(tx, retailerId, subjectId, nowMs);
      await this.#vault.addRef(tx, retailerId, subjectId, ref);
    }
    await this.#vault.put(tx, subjectId, ADDRESS, address, nowMs);
    return subjectId;
  }

  /** Where a subject's receipts go; null where none was given or the subject was erased. */
  async addressOf(
    queries: Queries,
    subjectId: string,
    purpose: PurposeOf<'receipt-address'> = 'receipt',
  ): Promise<string | null> {
    try {
      return (await this.#vault.get(queries, subjectId, ADDRESS, purpose)) as string | null;
    } catch (error) {
      if (error instanceof ErasedSubject) return null;
      throw error;
    }
  }
}
