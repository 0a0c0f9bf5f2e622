/**
 * What may become of an order.
 *
 * ```mermaid
 * stateDiagram-v2
 *   [*] --> received: cart is final
 *   [*] --> attendant_required: a restricted product, or nobody to charge
 *   attendant_required --> received: approved
 *   attendant_required --> cancelled: refused
 *   received --> placed: the retailer has it, prices follow
 *   received --> priced: the retailer answered with prices
 *   received --> stuck: retries used up, or refused
 *   placed --> priced: prices came
 *   placed --> paid: the retailer captured
 *   placed --> cancelled: the retailer cancelled
 *   stuck --> received: replayed
 *   stuck --> cancelled: given up by a person
 *   priced --> paid: captured, or nothing to pay
 *   priced --> unpaid: capture failed for good
 *   unpaid --> paid: debt settled
 *   unpaid --> written_off: debt given up
 *   paid --> completed: receipt made
 *   completed --> [*]
 * ```
 */
export const ORDER_TRANSITIONS = {
  received: ['placed', 'priced', 'stuck'],
  attendant_required: ['received', 'cancelled'],
  placed: ['priced', 'paid', 'cancelled'],
  priced: ['paid', 'unpaid'],
  stuck: ['received', 'cancelled'],
  unpaid: ['paid', 'written_off'],
  paid: ['completed'],
  completed: [],
  cancelled: [],
  written_off: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type OrderState = keyof typeof ORDER_TRANSITIONS;

export const ORDER_STATES = Object.keys(ORDER_TRANSITIONS) as readonly OrderState[];

/** A step that the state machine does not have: a bug of ours, or a caller who is late. */
export class IllegalTransition extends Error {
  override readonly name = 'IllegalTransition';

  constructor(noun: string, id: string, from: string, to: string) {
    super(`${noun} ${id}: found a step from ${from} to ${to}, expected one of its state machine`);
  }
}

/** Throws `IllegalTransition` unless an order in state `from` may go to `to`. */
export function assertOrderStep(id: string, from: OrderState, to: OrderState): void {
  const allowed: readonly string[] = ORDER_TRANSITIONS[from];
  if (!allowed.includes(to)) throw new IllegalTransition('order', id, from, to);
}
