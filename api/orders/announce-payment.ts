import type { Announcer } from '../announcer.ts';
import { isoTime } from '../clock.ts';
import { idFrom } from '../ids.ts';
import type { PaymentRecord, StepListener } from '../payments/payment-book.ts';
import type { PaymentEvent } from '../payments/payment-state.ts';
import type { Transaction } from '../store/database.ts';

/** Tells the world of a payment's steps, in the transaction of each. */
export function announcePayments(announcer: Announcer): StepListener {
  return async (tx, record, event) => {
    const { tripKey: tripId, paymentId, currency } = record.payment;
    const ids = { storeId: record.storeId, tripId, orderId: record.orderId ?? idFrom('order', tripId), paymentId };
    const amount = (amountMinor: number) => ({ ...ids, amount: { amountMinor, currency } });
    await tell(announcer, tx, record, event, amount);
  };
}

/** Says that evidence against a chargeback has to be handed in soon. */
export async function tellEvidenceDue(announcer: Announcer, tx: Transaction, record: PaymentRecord): Promise<void> {
  const { tripKey: tripId, paymentId, currency, chargeback } = record.payment;
  const orderId = record.orderId ?? idFrom('order', tripId);
  const amount = { amountMinor: chargeback!.amountMinor, currency };
  const evidenceDueAt = isoTime(chargeback!.evidenceDueAtMs!);
  const data = { storeId: record.storeId, tripId, orderId, paymentId, amount, evidenceDueAt };
  await announcer.append(tx, { type: 'payment.evidence_due', retailerId: record.retailerId, tripId, data });
}

interface PaymentData {
  readonly storeId: string;
  readonly tripId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly amount: { amountMinor: number; currency: string };
}

async function tell(
  announcer: Announcer,
  tx: Transaction,
  { retailerId, payment, stepCount }: PaymentRecord,
  event: PaymentEvent,
  amount: (amountMinor: number) => PaymentData,
): Promise<void> {
  const to = { retailerId, tripId: payment.tripKey };
  const { authorisedMinor, capturedMinor, debtMinor } = payment;
  switch (event.kind) {
    case 'hold_succeeded':
      await announcer.append(tx, { type: 'payment.authorized', ...to, data: amount(authorisedMinor) });
      return;
    case 'adjust_succeeded':
      await announcer.append(tx, { type: 'payment.adjusted', ...to, data: amount(authorisedMinor) });
      return;
    case 'hold_requires_action':
      await announcer.append(tx, { type: 'payment.action_required', ...to, data: amount(authorisedMinor) });
      return;
    case 'hold_declined':
      await announcer.append(tx, { type: 'payment.declined', ...to, data: { ...amount(0), reason: event.reason } });
      return;
    case 'capture_succeeded':
      await announcer.append(tx, { type: 'payment.captured', ...to, data: amount(capturedMinor) });
      return;
    case 'cancel_succeeded':
    case 'hold_expired':
      await announcer.append(tx, { type: 'payment.cancelled', ...to, data: amount(authorisedMinor) });
      return;
    case 'capture_failed':
      await announcer.append(tx, {
        type: 'payment.failed',
        ...to,
        data: { ...amount(debtMinor), reason: event.reason },
      });
      return;
    case 'debt_recorded':
      await announcer.append(tx, {
        type: 'payment.failed',
        ...to,
        data: { ...amount(event.dueMinor), reason: 'no hold' },
      });
      return;
    case 'refund_succeeded':
    case 'refund_failed': {
      const refundId = event.refundId ?? idFrom('refund', payment.paymentId, String(stepCount));
      const type = event.kind === 'refund_succeeded' ? 'payment.refunded' : 'payment.refund_failed';
      const data = { ...amount(payment.refundedMinor), refundId };
      if (type === 'payment.refunded') await announcer.append(tx, { type, ...to, data });
      else await announcer.append(tx, { type, ...to, data: { ...data, reason: 'refused' } });
      return;
    }
    case 'chargeback_opened': {
      const evidenceDueAt = isoTime(event.evidenceDueAtMs ?? 0);
      const data = { ...amount(event.amountMinor), evidenceDueAt };
      await announcer.append(tx, { type: 'payment.chargeback_opened', ...to, data });
      return;
    }
    case 'chargeback_won':
    case 'chargeback_lost': {
      const data = { ...amount(capturedMinor), won: event.kind === 'chargeback_won' };
      await announcer.append(tx, { type: 'payment.chargeback_closed', ...to, data });
    }
  }
}
