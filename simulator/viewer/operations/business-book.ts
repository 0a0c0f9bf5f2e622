/** What the gateway told, as it comes in the feed. */
export interface BusinessNews {
  readonly timeUs: number;
  readonly what: { readonly event: string; readonly data: unknown };
}

export interface Money {
  readonly currency: string;
  readonly amountMinor: number;
}

/** One visit as the retailer's systems have it. */
export interface Visit {
  readonly tripId: string;
  readonly startedUs: number;
  cart: 'open' | 'review' | 'final' | 'reviewed';
  /** Last step of the order's state machine that was told of. */
  order: string | null;
  payment: string | null;
  amount: Money | null;
  receiptNumber: string | null;
  /** Why the order or the payment stands where it stands. */
  reason: string | null;
  reviewId: string | null;
}

export interface GateDenial {
  readonly timeUs: number;
  readonly gateId: string;
  readonly reason: string;
}

export interface ShelfAlert {
  readonly timeUs: number;
  readonly about: string;
  readonly text: string;
}

export interface Business {
  readonly visits: readonly Visit[];
  readonly denials: readonly GateDenial[];
  readonly alerts: readonly ShelfAlert[];
}

/** The states that an event leaves an order or a payment in. */
const ORDER_AFTER: Readonly<Record<string, string>> = {
  'cart.finalized': 'received',
  'attendant.required': 'attendant_required',
  'order.created': 'placed',
  'order.priced': 'priced',
  'order.completed': 'completed',
  'order.stuck': 'stuck',
  'order.cancelled': 'cancelled',
};

/** Where everything stood at a time, folded from what the gateway told. */
export function businessAt(news: readonly BusinessNews[], timeUs: number): Business {
  const visits = new Map<string, Visit>();
  const denials: GateDenial[] = [];
  const alerts: ShelfAlert[] = [];
  for (const { timeUs: atUs, what } of news) {
    if (atUs > timeUs) break;
    const data = what.data as Record<string, unknown>;
    const { event } = what;
    if (event === 'gate.denied') denials.push({ timeUs: atUs, gateId: text(data.gateId), reason: text(data.reason) });
    else if (event === 'planogram.alert' || event === 'sensor.alert')
      alerts.push({ timeUs: atUs, about: text(data.about), text: text(data.text) });
    else if (typeof data.tripId === 'string') step(visitOf(visits, data.tripId, atUs), event, data);
  }
  return { visits: [...visits.values()], denials, alerts };
}

function visitOf(visits: Map<string, Visit>, tripId: string, startedUs: number): Visit {
  const known = visits.get(tripId);
  if (known) return known;
  const visit: Visit = {
    ...{ tripId, startedUs, cart: 'open', order: null, payment: null },
    ...{ amount: null, receiptNumber: null, reason: null, reviewId: null },
  };
  visits.set(tripId, visit);
  return visit;
}

function step(visit: Visit, event: string, data: Readonly<Record<string, unknown>>): void {
  visit.order = ORDER_AFTER[event] ?? visit.order;
  if (event.startsWith('payment.')) visit.payment = event.slice('payment.'.length);
  if (event === 'review.requested') {
    visit.cart = 'review';
    visit.reviewId = text(data.reviewId);
  } else if (event === 'review.completed') visit.cart = 'reviewed';
  else if (event === 'cart.finalized') visit.cart = data.status === 'reviewed' ? 'reviewed' : 'final';
  if (typeof data.reason === 'string') visit.reason = data.reason;
  else if (event === 'order.completed') visit.reason = null;
  const amount = data.total ?? data.amount;
  // What is held on a card says nothing of what will be charged.
  if (isMoney(amount) && event !== 'payment.authorized' && event !== 'payment.adjusted') visit.amount = amount;
  if (typeof data.receiptNumber === 'string') visit.receiptNumber = data.receiptNumber;
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'currency' in value && 'amountMinor' in value;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
