import { createHmac, timingSafeEqual } from 'node:crypto';

const DIGITS = 8;

/** Number of the time step that a moment lies in (RFC 6238, T0 = 0). */
export function stepAt(ms: number, stepSeconds: number): number {
  return Math.floor(ms / 1000 / stepSeconds);
}

/** The eight-digit code of one step: HOTP over SHA-1 (RFC 4226 §5.3), as wallets and readers have it. */
export function totp(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac[19]! & 0x0f;
  const value = mac.readUInt32BE(offset) & 0x7fffffff;
  return (value % 10 ** DIGITS).toString().padStart(DIGITS, '0');
}

/** The step whose code this is, within `driftSteps` of the current one, or null. Looks at all of them, whichever fits. */
export function matchingStep(secret: Buffer, code: string, step: number, driftSteps: number): number | null {
  const given = Buffer.from(code.padEnd(DIGITS).slice(0, DIGITS));
  let found: number | null = null;
  for (let candidate = step - driftSteps; candidate <= step + driftSteps; candidate++) {
    if (candidate >= 0 && timingSafeEqual(Buffer.from(totp(secret, candidate)), given)) found = candidate;
  }
  return code.length === DIGITS ? found : null;
}
