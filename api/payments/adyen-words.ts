/** Adyen's wire words: answers, notifications and their signature (docs.adyen.com, Checkout API 71 and webhooks). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DeclineReason, Operation, PaymentNotice } from './payment-port.ts';

const amount = z.object({ value: z.int(), currency: z.string() });

export const paymentAnswerSchema = z.object({
  pspReference: z.string(),
  resultCode: z.string(),
  refusalReason: z.string().optional(),
  refusalReasonCode: z.string().optional(),
  action: z.object({ type: z.string(), url: z.string().optional(), paymentData: z.string().optional() }).optional(),
});
export type PaymentAnswer = z.infer<typeof paymentAnswerSchema>;

export const modificationAnswerSchema = z.object({ pspReference: z.string(), status: z.literal('received') });
export const linkAnswerSchema = z.object({ id: z.string(), url: z.url() });

const itemSchema = z.object({
  eventCode: z.string(),
  success: z.enum(['true', 'false']),
  eventDate: z.string(),
  pspReference: z.string(),
  originalReference: z.string().optional(),
  merchantAccountCode: z.string(),
  merchantReference: z.string(),
  amount,
  reason: z.string().optional(),
  additionalData: z.record(z.string(), z.string()).optional(),
});
export type AdyenItem = z.infer<typeof itemSchema>;

export const notificationSchema = z.object({
  notificationItems: z.array(z.object({ NotificationRequestItem: itemSchema })).min(1),
});

/** Refusal reason codes (docs.adyen.com, raw acquirer responses are not used). */
const REASONS: Readonly<Record<string, DeclineReason>> = {
  '2': 'card_declined',
  '6': 'expired_card',
  '12': 'insufficient_funds',
  '20': 'fraud_suspected',
  '26': 'lost_or_stolen',
  '31': 'fraud_suspected',
};

export function reasonOfRefusal(code: string | undefined): DeclineReason {
  return REASONS[code ?? ''] ?? 'card_declined';
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  AUTHORISATION_ADJUSTMENT: 'adjust',
  CAPTURE: 'capture',
  CANCELLATION: 'cancel',
  REFUND: 'refund',
};

/** Base64 of HMAC-SHA256 over eight fields joined by colons, with the key in hex. */
export function itemSignature(item: AdyenItem, hmacKeyHex: string): string {
  const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
  const fields = [
    ...[item.pspReference, item.originalReference ?? '', item.merchantAccountCode, item.merchantReference],
    ...[String(item.amount.value), item.amount.currency, item.eventCode, item.success],
  ];
  return createHmac('sha256', Buffer.from(hmacKeyHex, 'hex')).update(fields.map(escaped).join(':')).digest('base64');
}

export function isItemSigned(item: AdyenItem, hmacKeyHex: string): boolean {
  const given = Buffer.from(item.additionalData?.['hmacSignature'] ?? '');
  const expected = Buffer.from(itemSignature(item, hmacKeyHex));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** What an item tells; `holdLifeMs` because Adyen does not say when a hold ends. */
export function noticeOfItem(item: AdyenItem, holdLifeMs: number): PaymentNotice {
  const succeeded = item.success === 'true';
  const amountMinor = item.amount.value;
  const providerId = item.originalReference ?? item.pspReference;
  const atMs = Date.parse(item.eventDate);
  const noticeId = `${item.eventCode}:${item.pspReference}:${item.success}`;
  const head = { noticeId, providerId, atMs };
  const operation = OPERATIONS[item.eventCode];
  if (operation) {
    const { merchantReference, reason } = item;
    const keys = { operationId: item.pspReference, idempotencyKey: merchantReference, code: reason ?? null };
    return { ...head, about: { kind: 'operation', operation, succeeded, amountMinor, ...keys } };
  }
  switch (item.eventCode) {
    case 'AUTHORISATION': {
      const linkId = item.additionalData?.['paymentLinkId'];
      if (linkId && succeeded) return { ...head, about: { kind: 'pay_link_paid', linkId, amountMinor } };
      const payment = {
        ...({ providerId, status: succeeded ? 'authorised' : 'declined', currency: item.amount.currency } as const),
        ...{ authorisedMinor: succeeded ? amountMinor : 0, capturedMinor: 0, refundedMinor: 0 },
        holdEndsAtMs: succeeded ? atMs + holdLifeMs : null,
      };
      return { ...head, about: { kind: 'state', payment } };
    }
    case 'CAPTURE_FAILED':
      return { ...head, about: { kind: 'capture_reversed', code: item.reason ?? null } };
    case 'REFUND_FAILED':
    case 'REFUNDED_REVERSED':
      return { ...head, about: { kind: 'refund_reversed', amountMinor, operationId: item.pspReference } };
    case 'CHARGEBACK': {
      const due = item.additionalData?.['defensePeriodEndsAt'];
      const evidenceDueAtMs = due === undefined ? null : Date.parse(due);
      const reason = item.reason ?? 'unknown';
      return { ...head, about: { kind: 'chargeback_opened', amountMinor, reason, evidenceDueAtMs } };
    }
    case 'CHARGEBACK_REVERSED':
      return { ...head, about: { kind: 'chargeback_closed', won: true } };
    case 'SECOND_CHARGEBACK':
      return { ...head, about: { kind: 'chargeback_closed', won: false } };
    default:
      return { ...head, about: { kind: 'other', type: item.eventCode } };
  }
}
