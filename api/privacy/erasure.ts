import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Row, Transaction } from '../store/database.ts';
import type { Outbox } from '../webhooks/outbox.ts';
import type { Vault } from './vault.ts';

/** What was erased, what stayed and why, signed so that the shopper can show it. */
export interface ErasureReceipt {
  readonly subject: string;
  readonly erasedAt: string;
  readonly erased: readonly string[];
  readonly kept: readonly { readonly what: string; readonly why: string; readonly count: number }[];
  /** Ed25519 over the JSON of everything above, Base64. */
  readonly signature: string;
}

/** Erasure that the law makes wait. */
export class ErasureHeld extends Error {
  override readonly name = 'ErasureHeld';
}

/** DER head of an Ed25519 private key (RFC 8410), before its 32 bytes. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export function signingKeyOf(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

/** For `GET /transparency`: whoever holds a receipt checks it with this. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/**
 * Forgets a person: their key goes, and with it everything sealed under it, in copies too; links from visits are cut and
 * events of their visits removed. Orders and receipts stay, as tax law wants, with no way back to the person. Throws
 * `ErasureHeld` while a payment of theirs is open: a visit under way, a debt, a chargeback.
 */
export async function erase(
  tx: Transaction,
  parts: { readonly vault: Vault; readonly outbox: Outbox; readonly key: KeyObject },
  subject: { readonly retailerId: string; readonly subjectId: string; readonly nowMs: number },
): Promise<ErasureReceipt> {
  const { retailerId, subjectId, nowMs } = subject;
  const trips = await tx.query<Row & { id: string }>('SELECT id FROM trips WHERE subject_id = ?', [subjectId]);
  // Payments name a person only while they are open: whoever owes, or is owed, is not forgotten before that is settled.
  const open = await tx.query<Row & { status: string }>('SELECT status FROM payments WHERE subject_id = ?', [
    subjectId,
  ]);
  const [first] = open;
  if (first !== undefined) throw new ErasureHeld(whyHeld(first.status));
  let orders = 0;
  for (const { id } of trips) {
    await parts.outbox.forgetTrip(tx, retailerId, id);
    orders += (await tx.query('SELECT id FROM orders WHERE trip_id = ?', [id])).length;
  }
  await tx.query('DELETE FROM entry_codes WHERE subject_id = ?', [subjectId]);
  await tx.query('UPDATE entries SET visitor_id = NULL WHERE trip_id IN (SELECT id FROM trips WHERE subject_id = ?)', [
    subjectId,
  ]);
  await tx.query('UPDATE trips SET subject_id = NULL WHERE subject_id = ?', [subjectId]);
  await parts.vault.shred(tx, subjectId, nowMs);
  return signed(parts.key, {
    subject: subjectId,
    erasedAt: new Date(nowMs).toISOString(),
    erased: ['wallet', 'references of cards and accounts', 'entry codes', 'links to visits', 'events of open visits'],
    kept: [{ what: 'orders', why: 'kept for tax law, without a link to the person', count: orders }],
  });
}

function whyHeld(status: string): string {
  if (status === 'chargeback_open') return 'a chargeback of this person is open: its evidence is kept until it closes';
  if (['partly_captured', 'capture_failed', 'debt_pending'].includes(status))
    return 'this person owes for a visit: settle the debt or write it off first';
  return 'a visit of this person is not settled yet';
}

export function isGenuine(receipt: ErasureReceipt, publicKey: string): boolean {
  const { signature, ...content } = receipt;
  return verify(null, Buffer.from(JSON.stringify(content)), publicKey, Buffer.from(signature, 'base64'));
}

function signed(key: KeyObject, content: Omit<ErasureReceipt, 'signature'>): ErasureReceipt {
  return { ...content, signature: sign(null, Buffer.from(JSON.stringify(content)), key).toString('base64') };
}
