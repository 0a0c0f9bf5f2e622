import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** A new id that says nothing: UUID version 4. */
export function newId(): string {
  return randomUUID();
}

/**
 * The same UUID for the same parts, whoever asks and however often (RFC 9562, version 5's layout over SHA-256, so
 * version 8): what a repeat after a crash must call by the same name.
 */
export function idFrom(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  // Lengths first: ('a', 'bc') and ('ab', 'c') differ.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** `bytes` random bytes in URL-safe Base64, for secrets. */
export function newSecret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
