import { z } from 'zod';
import * as part from './event-parts.ts';

/** How private an event's data is: an endpoint cleared for less never receives it. */
export const CLASSIFICATIONS = ['internal', 'confidential'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

export interface EventKind<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** What happened, one sentence for the docs. */
  readonly says: string;
  readonly data: z.ZodObject<Shape>;
  readonly classification: Classification;
}

function internal<Shape extends z.ZodRawShape>(says: string, shape: Shape): EventKind<Shape> {
  return { says, classification: 'internal', data: z.object(shape).describe(says) };
}

function confidential<Shape extends z.ZodRawShape>(says: string, shape: Shape): EventKind<Shape> {
  return { says, classification: 'confidential', data: z.object(shape).describe(says) };
}

const { storeId, tripId, orderId, amount, lines } = part;
const ofTrip = { storeId, tripId };
const ofOrder = { ...ofTrip, orderId };
const ofPayment = { ...ofOrder, paymentId: part.paymentId, amount };

/** Every event this gateway sends, by its `type`. Adding fields is compatible; removing or renaming one is a new type. */
export const CATALOGUE = {
  'trip.started': confidential('A shopper passed the entry gate.', {
    ...ofTrip,
    gateId: part.gateId,
    groupSize: part.groupSize,
  }),
  'trip.ended': confidential('The last shopper of a trip left the store.', ofTrip),
  'cart.updated': confidential('The cart of a shopper still in the store changed; not binding.', {
    ...ofTrip,
    status: z.literal('draft'),
    confidence: part.confidence,
    lines,
  }),
  'cart.finalized': confidential('A cart is final and may be priced and paid.', {
    ...ofTrip,
    status: z.enum(['completed', 'reviewed']),
    confidence: part.confidence,
    lines,
  }),
  'cart.corrected': confidential('A cart changed after it was final; upward changes need the shopper.', {
    ...ofTrip,
    reason: part.reason,
    lines,
    before: lines,
  }),
  'order.created': confidential("The retailer's system took the order.", { ...ofOrder, externalId: part.externalId }),
  'order.priced': confidential('The order has prices, discounts, deposits and tax.', { ...ofOrder, total: amount }),
  'order.completed': confidential('The order is paid and has its receipt.', {
    ...ofOrder,
    total: amount,
    receiptNumber: part.receiptNumber,
  }),
  'order.stuck': internal("The retailer's system has not taken the order in spite of all retries.", {
    ...ofOrder,
    attempts: part.attempts,
    reason: part.reason,
  }),
  'order.cancelled': confidential('The order was cancelled and nothing was charged.', {
    ...ofOrder,
    reason: part.reason,
  }),
  'order.corrected': confidential('A credit note was made for some lines.', {
    ...ofOrder,
    creditNoteNumber: part.receiptNumber,
    amount,
  }),
  'payment.authorized': confidential('An amount is held on the card.', ofPayment),
  'payment.adjusted': confidential('The held amount was changed.', ofPayment),
  'payment.action_required': confidential('The bank wants the shopper to confirm.', ofPayment),
  'payment.captured': confidential('The held amount, or a part of it, was charged.', ofPayment),
  'payment.cancelled': confidential('The hold was released without a charge.', ofPayment),
  'payment.declined': confidential('The bank declined.', { ...ofPayment, reason: part.reason }),
  'payment.failed': confidential('A charge failed after it had been promised; a debt stands open.', {
    ...ofPayment,
    reason: part.reason,
  }),
  'payment.refunded': confidential('An amount was given back.', { ...ofPayment, refundId: part.refundId }),
  'payment.refund_failed': confidential('A refund did not arrive.', {
    ...ofPayment,
    refundId: part.refundId,
    reason: part.reason,
  }),
  'payment.chargeback_opened': confidential('The bank took the amount back; evidence is due.', {
    ...ofPayment,
    evidenceDueAt: part.at,
  }),
  'payment.evidence_due': confidential('Evidence against a chargeback is due soon and not handed in.', {
    ...ofPayment,
    evidenceDueAt: part.at,
  }),
  'payment.chargeback_closed': confidential('The bank decided a chargeback.', { ...ofPayment, won: z.boolean() }),
  'gate.denied': confidential('The entry gate stayed shut.', { storeId, gateId: part.gateId, reason: part.denial }),
  'review.requested': confidential('A person must look at a cart before it is final.', {
    ...ofTrip,
    reviewId: part.reviewId,
    dueAt: part.at,
    reason: part.reason,
  }),
  'review.completed': confidential('A person decided what a cart holds.', { ...ofTrip, reviewId: part.reviewId }),
  'attendant.required': confidential('A shopper holds a restricted product and must be seen by a person.', {
    ...ofTrip,
    sku: part.sku,
    reason: part.reason,
  }),
  'dispute.opened': confidential('A shopper says that lines of a receipt are wrong.', {
    ...ofOrder,
    disputeId: part.disputeId,
  }),
  'dispute.closed': confidential('A person decided a dispute; what is given back follows as a credit note.', {
    ...ofOrder,
    disputeId: part.disputeId,
    accepted: z.boolean(),
  }),
  'receipt.issued': confidential('A receipt or a credit note was made.', {
    ...ofOrder,
    receiptNumber: part.receiptNumber,
    kind: z.enum(['receipt', 'credit_note']),
    total: amount,
  }),
  'planogram.alert': internal('A product lies where the planogram has none, or a place ran empty.', {
    storeId,
    about: part.about,
    text: part.reason,
  }),
  'sensor.alert': internal('A camera, scale or gate is silent or says what cannot be.', {
    storeId,
    about: part.about,
    text: part.reason,
  }),
  'endpoint.disabled': internal('An endpoint of yours no longer gets events.', {
    endpointId: part.endpointId,
    reason: part.reason,
  }),
} as const;

export type EventType = keyof typeof CATALOGUE;
export type EventData<T extends EventType> = z.infer<(typeof CATALOGUE)[T]['data']>;

export const EVENT_TYPES = Object.keys(CATALOGUE) as readonly EventType[];

export function isEventType(text: string): text is EventType {
  return Object.hasOwn(CATALOGUE, text);
}
