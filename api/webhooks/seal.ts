import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Keeps small secrets unreadable on disk. */
export interface Seal {
  /** `context` says what the text belongs to; sealed text moved to another place does not open there. */
  seal(text: string, context: string): string;
  /** Throws where key, context or text is not the one that was sealed. */
  open(sealed: string, context: string): string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals with AES-256-GCM under a key of 32 bytes. */
export function aesSeal(key: Buffer): Seal {
  if (key.length !== 32) throw new Error(`seal: found a key of ${key.length} bytes, expected 32`);
  return {
    seal(text, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), hidden]).toString('base64');
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64');
      const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([cipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), cipher.final()]).toString('utf8');
    },
  };
}
