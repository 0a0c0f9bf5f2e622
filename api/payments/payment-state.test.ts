import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  holdsErasure,
  IllegalTransition,
  PAYMENT_EDGES,
  PAYMENT_EVENT_KINDS,
  PAYMENT_STATUSES,
  type Payment,
  type PaymentEvent,
  type PaymentEventKind,
  type PaymentStatus,
  refundableMinor,
  reviewDeadlineMs,
} from './payment-state.ts';
import { advance, isLegal, openPayment } from './payment-transition.ts';

const T0 = 1_770_000_000_000;
const HOLD_ENDS = T0 + 7 * 86_400_000;
const ids = { paymentId: 'pay-1', tripKey: 'trip-1' };
const fresh = (hasMandate = true) => openPayment(ids, 'EUR', 10_000, hasMandate);

const held: PaymentEvent = {
  kind: 'hold_succeeded',
  providerId: 'pi_1',
  authorisedMinor: 5000,
  holdEndsAtMs: HOLD_ENDS,
};
const capture = (amountMinor: number, dueMinor = amountMinor): PaymentEvent[] => [
  { kind: 'capture_started', amountMinor, dueMinor, atMs: T0 },
  { kind: 'capture_succeeded', capturedMinor: amountMinor },
];
const dispute: PaymentEvent = {
  kind: 'chargeback_opened',
  amountMinor: 1000,
  reason: 'fraudulent',
  evidenceDueAtMs: T0 + 1000,
};

const run = (events: readonly PaymentEvent[], from = fresh()) => events.reduce((p, e) => advance(p, e), from);

/** A road to every status, by legal steps only. */
const ROADS: Readonly<Record<PaymentStatus, readonly PaymentEvent[]>> = {
  hold_pending: [],
  requires_action: [{ kind: 'hold_requires_action', providerId: 'pi_1' }],
  declined: [{ kind: 'hold_declined', reason: 'card_declined' }],
  authorised: [held],
  adjust_pending: [held, { kind: 'adjust_started', toMinor: 8000, atMs: T0 }],
  capture_pending: [held, capture(4000)[0]!],
  captured: [held, ...capture(4000)],
  partly_captured: [held, ...capture(5000, 7000)],
  capture_failed: [held, ...capture(4000), { kind: 'capture_failed', reason: 'late' }],
  debt_pending: [held, ...capture(5000, 7000), { kind: 'debt_asked', by: 'mandate' }],
  written_off: [
    held,
    ...capture(4000),
    { kind: 'capture_failed', reason: 'late' },
    { kind: 'debt_written_off', amountMinor: 4000 },
  ],
  cancel_pending: [held, { kind: 'cancel_started' }],
  cancelled: [held, { kind: 'cancel_started' }, { kind: 'cancel_succeeded' }],
  expired: [held, { kind: 'hold_expired', atMs: HOLD_ENDS }],
  refund_pending: [held, ...capture(4000), { kind: 'refund_started', amountMinor: 1500 }],
  refunded: [held, ...capture(4000), { kind: 'refund_started', amountMinor: 4000 }, { kind: 'refund_succeeded' }],
  chargeback_open: [held, ...capture(4000), dispute],
  chargeback_lost: [held, ...capture(4000), dispute, { kind: 'chargeback_lost' }],
};

/** One well-formed event of each kind, with amounts that fit wherever the step is legal. */
const SAMPLES: { readonly [K in PaymentEventKind]: (payment: Payment) => PaymentEvent } = {
  hold_succeeded: () => held,
  hold_requires_action: () => ({ kind: 'hold_requires_action', providerId: 'pi_1' }),
  hold_declined: () => ({ kind: 'hold_declined', reason: 'card_declined' }),
  hold_expired: () => ({ kind: 'hold_expired', atMs: HOLD_ENDS }),
  adjust_started: () => ({ kind: 'adjust_started', toMinor: 6000, atMs: T0 }),
  adjust_succeeded: () => ({ kind: 'adjust_succeeded', authorisedMinor: 8000 }),
  adjust_declined: () => ({ kind: 'adjust_declined', reason: 'insufficient_funds' }),
  capture_started: () => ({ kind: 'capture_started', amountMinor: 100, dueMinor: 100, atMs: T0 }),
  capture_succeeded: () => ({ kind: 'capture_succeeded', capturedMinor: 4000 }),
  capture_refused: () => ({ kind: 'capture_refused', reason: 'try again' }),
  capture_failed: () => ({ kind: 'capture_failed', reason: 'hold gone' }),
  cancel_started: () => ({ kind: 'cancel_started' }),
  cancel_succeeded: () => ({ kind: 'cancel_succeeded' }),
  cancel_refused: () => ({ kind: 'cancel_refused', reason: 'captured already' }),
  debt_recorded: () => ({ kind: 'debt_recorded', dueMinor: 4000 }),
  debt_asked: () => ({ kind: 'debt_asked', by: 'mandate' }),
  debt_paid: (p) => ({ kind: 'debt_paid', amountMinor: p.debtMinor || 1 }),
  debt_unpaid: () => ({ kind: 'debt_unpaid', reason: 'card_declined' }),
  debt_written_off: (p) => ({ kind: 'debt_written_off', amountMinor: p.debtMinor || 1 }),
  refund_started: () => ({ kind: 'refund_started', amountMinor: 500 }),
  refund_succeeded: () => ({ kind: 'refund_succeeded' }),
  refund_failed: () => ({ kind: 'refund_failed', reason: 'card_closed' }),
  refund_returned: () => ({ kind: 'refund_returned', amountMinor: 100 }),
  chargeback_opened: () => dispute,
  evidence_sent: () => ({ kind: 'evidence_sent', atMs: T0 }),
  chargeback_won: () => ({ kind: 'chargeback_won' }),
  chargeback_lost: () => ({ kind: 'chargeback_lost' }),
};

/** What may happen to whom, written apart from the table it checks: one row per status, `x` where a step is known. */
const LEGAL: Readonly<Record<PaymentStatus, readonly PaymentEventKind[]>> = {
  hold_pending: ['hold_succeeded', 'hold_requires_action', 'hold_declined'],
  requires_action: ['hold_succeeded', 'hold_declined', 'hold_expired', 'cancel_started'],
  declined: ['debt_recorded'],
  authorised: ['hold_expired', 'adjust_started', 'capture_started', 'cancel_started'],
  adjust_pending: ['hold_expired', 'adjust_succeeded', 'adjust_declined'],
  capture_pending: ['capture_succeeded', 'capture_refused', 'capture_failed'],
  captured: ['capture_failed', 'refund_started', 'refund_returned', 'chargeback_opened'],
  partly_captured: [
    'capture_failed',
    'debt_asked',
    'debt_written_off',
    'refund_started',
    'refund_returned',
    'chargeback_opened',
  ],
  capture_failed: ['debt_asked', 'debt_written_off'],
  debt_pending: ['debt_paid', 'debt_unpaid', 'chargeback_opened'],
  written_off: [],
  cancel_pending: ['cancel_succeeded', 'cancel_refused'],
  cancelled: ['debt_recorded'],
  expired: ['debt_recorded'],
  refund_pending: ['refund_succeeded', 'refund_failed', 'chargeback_opened'],
  refunded: ['refund_returned', 'chargeback_opened'],
  chargeback_open: [
    'debt_paid',
    'debt_unpaid',
    'refund_succeeded',
    'refund_failed',
    'refund_returned',
    'evidence_sent',
    'chargeback_won',
    'chargeback_lost',
  ],
  chargeback_lost: ['refund_returned'],
};

/** Steps that are known from a status but need something in flight, or refunded, that its plain road has not. */
const NEEDS_MORE = new Set([
  ...['captured', 'partly_captured', 'chargeback_open', 'chargeback_lost'].map((s) => `${s} refund_returned`),
  ...['debt_paid', 'debt_unpaid', 'refund_succeeded', 'refund_failed'].map((e) => `chargeback_open ${e}`),
]);

describe('the payment state machine', () => {
  test.each(PAYMENT_STATUSES)('reaches %s by its road', (status) => {
    expect(run(ROADS[status]).status).toBe(status);
  });

  const pairs = PAYMENT_STATUSES.flatMap((status) => PAYMENT_EVENT_KINDS.map((kind) => ({ status, kind })));

  test.each(pairs.filter(({ status, kind }) => !LEGAL[status].includes(kind)))(
    'refuses $kind when $status and changes nothing',
    ({ status, kind }) => {
      const payment = run(ROADS[status]);
      const before = structuredClone(payment);
      expect(isLegal(status, kind)).toBe(false);
      expect(() => advance(payment, SAMPLES[kind](payment))).toThrow(IllegalTransition);
      expect(payment).toEqual(before);
    },
  );

  test.each(pairs.filter(({ status, kind }) => LEGAL[status].includes(kind)))(
    'takes $kind when $status',
    ({ status, kind }) => {
      const payment = run(ROADS[status]);
      expect(isLegal(status, kind)).toBe(true);
      const step = () => advance(payment, SAMPLES[kind](payment));
      if (NEEDS_MORE.has(`${status} ${kind}`)) expect(step).toThrow(IllegalTransition);
      else expect(PAYMENT_EDGES[kind][status]).toContain(step().status);
    },
  );

  test('is drawn in the README exactly as it is', () => {
    const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
    const drawn = [...readme.matchAll(/^ {2}(\w+) --> (\w+): ([\w, ]+)$/gm)].flatMap(([, from, to, events]) =>
      events!.split(', ').map((event) => `${from} → ${to}: ${event}`),
    );
    const known = PAYMENT_EVENT_KINDS.flatMap((event) =>
      Object.entries(PAYMENT_EDGES[event]).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}: ${event}`)),
    );
    expect(drawn.sort()).toEqual(known.sort());
  });
});

describe('amounts and times', () => {
  const refuses = (road: readonly PaymentEvent[], event: PaymentEvent, why: RegExp, from = fresh()) => {
    const payment = run(road, from);
    expect(() => advance(payment, event)).toThrow(why);
  };

  test('lets no hold and no increment go above what was agreed to at entry', () => {
    refuses([], { ...held, authorisedMinor: 10_001 } as PaymentEvent, /above the 10000 agreed/);
    refuses([held], { kind: 'adjust_started', toMinor: 10_001, atMs: T0 }, /above the 10000 agreed/);
    expect(run([held, { kind: 'adjust_started', toMinor: 10_000, atMs: T0 }]).status).toBe('adjust_pending');
  });

  test('captures no more than is authorised at that moment, pending increments not counted', () => {
    refuses([held], capture(5001)[0]!, /above the 5000 authorised/);
    const declined = run([...ROADS.adjust_pending, { kind: 'adjust_declined', reason: 'no' }]);
    expect(() => advance(declined, capture(8000)[0]!)).toThrow(/above the 5000 authorised/);
    const granted = run([...ROADS.adjust_pending, { kind: 'adjust_succeeded', authorisedMinor: 8000 }]);
    expect(advance(granted, capture(8000)[0]!).status).toBe('capture_pending');
  });

  test('keeps what could not be captured as a debt and releases the rest of the hold', () => {
    const partly = run(ROADS.partly_captured);
    expect(partly).toMatchObject({ capturedMinor: 5000, debtMinor: 2000, releasedMinor: 0 });
    expect(run(ROADS.captured)).toMatchObject({ capturedMinor: 4000, debtMinor: 0, releasedMinor: 1000 });
  });

  test('turns a capture that fails after its success into a debt', () => {
    expect(run(ROADS.capture_failed)).toMatchObject({ capturedMinor: 0, debtMinor: 4000, releasedMinor: 5000 });
  });

  test('lets a hold end by the clock, not before it', () => {
    refuses([held], { kind: 'hold_expired', atMs: HOLD_ENDS - 1 }, /lasts until/);
    refuses([held], { kind: 'capture_started', amountMinor: 1, dueMinor: 1, atMs: HOLD_ENDS }, /ended/);
    refuses([held], { kind: 'adjust_started', toMinor: 6000, atMs: HOLD_ENDS }, /ended/);
    expect(run([...ROADS.expired, { kind: 'debt_recorded', dueMinor: 4000 }])).toMatchObject({ debtMinor: 4000 });
  });

  test('asks for a debt by mandate only where there is one, else by a pay link', () => {
    refuses(ROADS.partly_captured, { kind: 'debt_asked', by: 'mandate' }, /no mandate/, fresh(false));
    const asked = run([...ROADS.partly_captured, { kind: 'debt_asked', by: 'pay_link' }], fresh(false));
    expect(advance(asked, { kind: 'debt_paid', amountMinor: 2000 })).toMatchObject({
      status: 'captured',
      debtMinor: 0,
      collectedMinor: 2000,
      capturedMinor: 5000,
    });
  });

  test('refunds no more than is left, counting what is on its way', () => {
    refuses(ROADS.captured, { kind: 'refund_started', amountMinor: 4001 }, /4001 of 4000 left/);
    expect(refundableMinor(run(ROADS.refund_pending))).toBe(2500);
    const once = run([...ROADS.refund_pending, { kind: 'refund_succeeded' }]);
    expect(() => advance(once, { kind: 'refund_started', amountMinor: 2501 })).toThrow(IllegalTransition);
    expect(advance(once, { kind: 'refund_started', amountMinor: 2500 }).status).toBe('refund_pending');
  });

  test('blocks refunds and erasure while a chargeback is open', () => {
    const open = run(ROADS.chargeback_open);
    expect(holdsErasure(open)).toBe(true);
    expect(() => advance(open, { kind: 'refund_started', amountMinor: 1 })).toThrow(IllegalTransition);
    const won = advance(open, { kind: 'chargeback_won' });
    expect(holdsErasure(won)).toBe(false);
    expect(advance(won, { kind: 'refund_started', amountMinor: 1 }).status).toBe('refund_pending');
    expect(holdsErasure(run(ROADS.chargeback_lost))).toBe(false);
  });

  test('takes evidence until its deadline', () => {
    const open = run(ROADS.chargeback_open);
    expect(advance(open, { kind: 'evidence_sent', atMs: T0 + 1000 }).chargeback?.evidenceSentAtMs).toBe(T0 + 1000);
    expect(() => advance(open, { kind: 'evidence_sent', atMs: T0 + 1001 })).toThrow(/was due/);
  });

  test('lets a refund on its way arrive under an open chargeback, and finds its way back', () => {
    const open = run([...ROADS.refund_pending, dispute]);
    const arrived = advance(open, { kind: 'refund_succeeded' });
    expect(arrived).toMatchObject({ status: 'chargeback_open', refundedMinor: 1500, inFlight: null });
    expect(advance(open, { kind: 'chargeback_won' }).status).toBe('refund_pending');
    expect(advance(arrived, { kind: 'refund_returned', amountMinor: 1500 }).refundedMinor).toBe(0);
  });

  test('puts a review before the end of the hold', () => {
    expect(reviewDeadlineMs(HOLD_ENDS + 5, HOLD_ENDS, 3_600_000)).toBe(HOLD_ENDS - 3_600_000);
    expect(reviewDeadlineMs(T0, HOLD_ENDS, 3_600_000)).toBe(T0);
    expect(reviewDeadlineMs(T0, null, 3_600_000)).toBe(T0);
  });
});

test('keeps its invariants whatever happens in whatever order', () => {
  const amount = fc.oneof(fc.constantFrom(1, 4000, 5000, 7000, 10_000), fc.integer({ min: -1, max: 12_000 }));
  const step = fc.record({
    /** Any event one time in ten, else one that the machine knows from where the payment stands. */
    anyKind: fc.option(fc.constantFrom(...PAYMENT_EVENT_KINDS), { freq: 10 }),
    pick: fc.nat(999),
    sampled: fc.boolean(),
    a: amount,
    b: amount,
    atMs: fc.constantFrom(T0, T0, HOLD_ENDS - 1, HOLD_ENDS),
  });
  const eventFor = (
    payment: Payment,
    { anyKind, pick, sampled, a, b, atMs }: typeof step extends fc.Arbitrary<infer S> ? S : never,
  ) => {
    const known = LEGAL[payment.status];
    const kind = (pick % 10 === 0 ? anyKind : null) ?? known[pick % known.length] ?? 'capture_started';
    const filled = { ...SAMPLES[kind](payment) } as Record<string, unknown>;
    if (sampled) return filled as PaymentEvent;
    for (const key of ['toMinor', 'amountMinor', 'capturedMinor', 'authorisedMinor'])
      if (key in filled) filled[key] = a;
    if ('dueMinor' in filled) filled['dueMinor'] = b;
    if ('atMs' in filled) filled['atMs'] = atMs;
    return filled as PaymentEvent;
  };
  const taken = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 40, maxLength: 40, size: 'max' }),
      fc.boolean(),
      fc.constantFrom(...PAYMENT_STATUSES),
      (steps, hasMandate, start) => {
        let payment = { ...run(ROADS[start]), hasMandate };
        let authorisedAtCapture = payment.authorisedMinor;
        for (const one of steps) {
          const event = eventFor(payment, one);
          const before = payment;
          try {
            payment = advance(payment, event);
          } catch (error) {
            expect(error).toBeInstanceOf(IllegalTransition);
            continue;
          }
          if (event.kind === 'capture_started') authorisedAtCapture = before.authorisedMinor;
          if (event.kind === 'refund_started') expect(before.chargeback?.outcome).not.toBe('open');
          if (event.kind === 'debt_asked' && event.by === 'mandate') expect(hasMandate).toBe(true);
          taken.add(`${before.status} ${event.kind}`);
          const { capturedMinor, refundedMinor, debtMinor, authorisedMinor, releasedMinor } = payment;
          expect(authorisedMinor).toBeLessThanOrEqual(payment.consentedCapMinor);
          expect(capturedMinor).toBeLessThanOrEqual(authorisedAtCapture);
          expect(refundedMinor).toBeLessThanOrEqual(capturedMinor);
          expect(Math.min(capturedMinor, refundedMinor, debtMinor, releasedMinor)).toBeGreaterThanOrEqual(0);
          expect(refundableMinor(payment)).toBeGreaterThanOrEqual(0);
          if (['captured', 'partly_captured', 'refunded'].includes(payment.status)) {
            expect(capturedMinor + releasedMinor).toBe(authorisedMinor);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
  // 51 pairs of a status and an event are known; most must have been walked for the invariants to mean anything.
  expect(taken.size).toBeGreaterThan(40);
});
