import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { isoTime } from '../clock.ts';
import { newId } from '../ids.ts';
import type { Queries, Transaction } from '../store/database.ts';
import { ErasedSubject, type Vault } from './vault.ts';

/** What a person may agree to and take back; none of it is needed to shop. Terms of the W3C Data Privacy Vocabulary. */
export const CONSENTS = {
  'receipt-mail': { purpose: 'dpv:CommunicationManagement', data: 'pd:EmailAddress', does: 'dpv:Use' },
  loyalty: { purpose: 'dpv:Personalisation', data: 'pd:PurchaseHistory', does: 'dpv:Derive' },
  analytics: { purpose: 'dpv:ServiceUsageAnalytics', data: 'pd:PurchaseHistory', does: 'dpv:Analyse' },
} as const;
export type ConsentKind = keyof typeof CONSENTS;
export const CONSENT_KINDS = Object.keys(CONSENTS) as readonly ConsentKind[];

/** A decision of a person, as their receipt says it (ISO/IEC TS 27560:2023). */
export interface ConsentRecord {
  readonly schema_version: 'ISO/IEC TS 27560:2023';
  readonly record_id: string;
  readonly pii_principal_id: string;
  readonly pii_controllers: readonly string[];
  readonly privacy_notice: string;
  readonly language: string;
  readonly purposes: readonly {
    readonly purpose: string;
    readonly lawful_basis: 'dpv:Consent';
    readonly pii_information: string;
    readonly processing_methods: string;
    readonly retention_period: string;
    readonly withdrawal_method: string;
  }[];
  readonly events: readonly { readonly event_time: string; readonly event_type: string; readonly entity_id: string }[];
}

type Kept = Partial<Record<ConsentKind, ConsentRecord>>;

const givenNow = (record: ConsentRecord | undefined) => record?.events.at(-1)?.event_type === 'dpv:ConsentGiven';

async function keptOf(vault: Vault, queries: Queries, subjectId: string): Promise<Kept> {
  return ((await vault.get(queries, subjectId, 'consents', 'consent-check')) as Kept | null) ?? {};
}

/** Asked at every use, so that a withdrawal counts from the next one on. */
export async function isAgreedTo(
  vault: Vault,
  queries: Queries,
  subjectId: string,
  kind: ConsentKind,
): Promise<boolean> {
  try {
    return givenNow((await keptOf(vault, queries, subjectId))[kind]);
  } catch (error) {
    if (error instanceof ErasedSubject) return false;
    throw error;
  }
}

/** Writes a decision down and gives its record; the same decision again adds nothing. What hung on it goes with a withdrawal. */
export async function decideConsent(
  tx: Transaction,
  vault: Vault,
  decision: {
    readonly subjectId: string;
    readonly kind: ConsentKind;
    readonly isGiven: boolean;
    /** Who processes the data, and where the notice is that was shown. */
    readonly controller: string;
    readonly notice: string;
    readonly language: string;
    readonly nowMs: number;
  },
): Promise<ConsentRecord> {
  const { subjectId, kind, isGiven, nowMs } = decision;
  const kept = await keptOf(vault, tx, subjectId);
  const before = kept[kind];
  if (before && givenNow(before) === isGiven) return before;
  const { purpose, data, does } = CONSENTS[kind];
  const event_type = isGiven ? 'dpv:ConsentGiven' : 'dpv:ConsentWithdrawn';
  const record: ConsentRecord = {
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: before?.record_id ?? newId(),
    // Says who to the person and to nobody else.
    pii_principal_id: createHash('sha256').update(`consent/${subjectId}`).digest('hex').slice(0, 32),
    pii_controllers: [decision.controller],
    privacy_notice: decision.notice,
    language: decision.language,
    purposes: [
      {
        ...{ purpose, lawful_basis: 'dpv:Consent', pii_information: data, processing_methods: does },
        ...{
          retention_period: 'until withdrawn or erased',
          withdrawal_method: 'in the app, at the kiosk, by the retailer',
        },
      },
    ],
    events: [...(before?.events ?? []), { event_time: isoTime(nowMs), event_type, entity_id: decision.controller }],
  };
  await vault.put(tx, subjectId, 'consents', { ...kept, [kind]: record }, nowMs);
  if (!isGiven && kind === 'receipt-mail') await vault.drop(tx, subjectId, 'receipt-address');
  if (!isGiven && kind === 'loyalty') await vault.drop(tx, subjectId, 'loyalty');
  return record;
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The record as a compact JWS (RFC 7515, EdDSA), for the person to keep. */
export function consentReceipt(record: ConsentRecord, key: KeyObject): string {
  const text = `${part({ alg: 'EdDSA', typ: 'consent-receipt+jws' })}.${part(record)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
}

/** The record in a receipt, or null where another key or nobody signed it. */
export function readConsentReceipt(jws: string, publicKey: string): ConsentRecord | null {
  const [head, body, signature] = jws.split('.');
  if (!head || !body || !signature) return null;
  const isGenuine = verify(
    null,
    Buffer.from(`${head}.${body}`),
    createPublicKey(publicKey),
    Buffer.from(signature, 'base64url'),
  );
  return isGenuine ? (JSON.parse(Buffer.from(body, 'base64url').toString()) as ConsentRecord) : null;
}
