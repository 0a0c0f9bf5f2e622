/** What a person's data may be read for; everything else is refused, by the compiler and when it runs. */
export const PURPOSES = {
  entry: 'to open the gate and hold the amount agreed to',
  settlement: 'to charge what was bought, and what is owed',
  receipt: 'to send receipts to the address given for that',
  'retailer-identity': "to tell the retailer an address that was given for the retailer's receipts",
  loyalty: 'to count points for members',
  'consent-check': 'to see whether a person agreed',
  'subject-access': 'to show a person what is kept of them',
} as const;
export type Purpose = keyof typeof PURPOSES;

/** Every field that is kept of a person, and what it may be read for. */
export const READABLE_FOR = {
  wallet: ['entry', 'settlement', 'subject-access'],
  'receipt-address': ['receipt', 'retailer-identity', 'subject-access'],
  consents: ['consent-check', 'subject-access'],
  loyalty: ['loyalty', 'subject-access'],
} as const satisfies Readonly<Record<string, readonly Purpose[]>>;
export type PersonField = keyof typeof READABLE_FOR;
export type PurposeOf<F extends PersonField> = (typeof READABLE_FOR)[F][number];

export const PERSON_FIELDS = Object.keys(READABLE_FOR) as readonly PersonField[];

/** A read for something the data was not given for. */
export class PurposeRefused extends Error {
  override readonly name = 'PurposeRefused';

  constructor(field: string, purpose: string) {
    super(`${field}: found the purpose ${purpose}, expected one that it was given for`);
  }
}

/** Throws `PurposeRefused` unless the field may be read for the purpose. */
export function assertPurpose(field: string, purpose: string): void {
  const allowed: readonly string[] = Object.hasOwn(READABLE_FOR, field) ? READABLE_FOR[field as PersonField] : [];
  if (!allowed.includes(purpose)) throw new PurposeRefused(field, purpose);
}
