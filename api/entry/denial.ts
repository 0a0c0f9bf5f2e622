/** Why a gate stayed shut, and what the assist screen tells the shopper and the staff beside it. */
export const DENIALS = {
  credential: 'This code or card is not known here, or the code is no longer valid. Please open a new code.',
  fraud: 'This account cannot enter now. Please speak to a member of staff.',
  payment: 'The card did not agree to the amount that is reserved at entry. Please try another card.',
  debt: 'An earlier visit is not paid yet. Please settle it in the app or with a member of staff.',
  closed: 'The store is closed.',
  store_full: 'The store is full. Please wait a moment.',
  unavailable: 'We cannot check your card or account right now. Please ask a member of staff.',
} as const;

export type Denial = keyof typeof DENIALS;
