/** How the test provider misbehaves by the last two digits of an amount, on purpose and every time alike. */

export type Mischief =
  | 'none'
  /** The effect happens; the answer comes later than anyone waits. */
  | 'slow'
  /** The effect happens, the first answer is a 500; the same key then gets the answer. */
  | 'error_after'
  /** A 500 before any effect; the same key then works. */
  | 'error_before'
  /** 429 with `Retry-After: 1`, once. */
  | 'too_many'
  /** The effect happens, the line is cut. */
  | 'cut'
  /** Every notification is sent twice. */
  | 'twice'
  /** A 500 before any effect, which the same key gets for ever; as Stripe documents of its own. */
  | 'error_burned';

const BY_ENDING: Readonly<Record<number, Mischief>> = {
  91: 'slow',
  92: 'error_after',
  93: 'error_before',
  94: 'too_many',
  95: 'cut',
  96: 'twice',
  97: 'error_burned',
};

export function mischiefOf(amountMinor: number): Mischief {
  return BY_ENDING[amountMinor % 100] ?? 'none';
}
