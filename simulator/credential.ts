import { RandomStream } from './random.ts';

/** The opaque credential a party shows at the gate: 16 hex digits that say nothing about the shopper. */
export function credentialOf(seed: number, party: string): string {
  const stream = new RandomStream(seed, `credential/${party}`);
  return stream.uint32().toString(16).padStart(8, '0') + stream.uint32().toString(16).padStart(8, '0');
}
