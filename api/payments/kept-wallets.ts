import { createHmac } from 'node:crypto';
import type { Wallet } from '../entry/shoppers.ts';
import { derived, ErasedSubject, type Vault } from '../privacy/vault.ts';
import type { Queries } from '../store/database.ts';
import { aesSeal, type Seal } from '../webhooks/seal.ts';

/** A wallet as it lies in the book: nobody reads it, or sees whose it is, without the master key. */
export interface SealedWallet {
  readonly wallet: string;
  /** The person's id, sealed anew every time, so that two payments of one person have nothing in common. */
  readonly owner: string | null;
}

/** Providers' tokens of payments: sealed under the key of the person who pays, and gone with it. */
export class KeptWallets {
  readonly #vault: Vault;
  readonly #own: Seal;
  readonly #refKey: Buffer;

  constructor(vault: Vault, masterKey: Buffer) {
    this.#vault = vault;
    this.#own = aesSeal(derived(masterKey, 'payment tokens'));
    this.#refKey = derived(masterKey, 'payment method references');
  }

  /** What payments with one method are added up by while they are open. */
  refOf(retailerId: string, paymentMethod: string): string {
    return createHmac('sha256', this.#refKey)
      .update(JSON.stringify([retailerId, paymentMethod]))
      .digest('base64url');
  }

  async seal(queries: Queries, paymentId: string, wallet: Wallet, subjectId: string | null): Promise<SealedWallet> {
    const text = JSON.stringify([wallet.paymentMethod, wallet.customer]);
    if (subjectId === null) return { wallet: this.#own.seal(text, paymentId), owner: null };
    const sealed = await this.#vault.sealFor(queries, subjectId, text, paymentId);
    return { wallet: sealed, owner: this.#own.seal(subjectId, `${paymentId}/owner`) };
  }

  ownerOf(paymentId: string, { owner }: SealedWallet): string | null {
    return owner === null ? null : this.#own.open(owner, `${paymentId}/owner`);
  }

  /** Null where the person was erased. */
  async open(queries: Queries, paymentId: string, sealed: SealedWallet): Promise<Wallet | null> {
    const subjectId = this.ownerOf(paymentId, sealed);
    try {
      const text =
        subjectId === null
          ? this.#own.open(sealed.wallet, paymentId)
          : await this.#vault.openFor(queries, subjectId, sealed.wallet, paymentId);
      const [paymentMethod, customer] = JSON.parse(text) as [string, string | null];
      return { paymentMethod, customer };
    } catch (error) {
      if (error instanceof ErasedSubject) return null;
      throw error;
    }
  }
}
