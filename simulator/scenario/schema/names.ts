import type { z } from 'zod';
import { type Json, Misfit, oneOrMore, shared, value } from './value.ts';

const nameJson: Json = shared('name', { type: ['string', 'number'] });

/** Key of something defined elsewhere in the scenario, as written. */
export function nameOf(what: string): z.ZodType<string> {
  return value(nameJson, (raw) => {
    if (typeof raw === 'number' || typeof raw === 'boolean') return String(raw);
    return typeof raw === 'string' && raw !== '' ? raw : new Misfit(`the name of ${what}`);
  });
}

export const sku = nameOf('a product of the catalog');
export const shopperName = nameOf('a shopper');
export const doorName = nameOf('a door');

/** `fixture.shelf` or `fixture.shelf.slot`. */
export const address: z.ZodType<string> = value(
  shared('address', { type: ['string', 'number'], pattern: '^[^.]+\\.[0-9]+(\\.[0-9]+)?$' }),
  (raw) => {
    const text = typeof raw === 'number' ? String(raw) : raw;
    if (typeof text === 'string' && /^[^.]+\.\d+(\.\d+)?$/.test(text)) return text;
    return new Misfit('an address: fixture.shelf or fixture.shelf.slot, such as G1.2 or G1.2.1');
  },
);

/** One glob or a list of them. */
export const globs: z.ZodType<readonly string[]> = oneOrMore(nameOf('what is meant, or a pattern with *'));

/** Whether a name matches a glob in which `*` stands for any characters; linear in the name. */
export function matchesGlob(glob: string, name: string): boolean {
  const parts = glob.split('*');
  if (parts.length === 1) return glob === name;
  const first = parts[0]!;
  const last = parts.at(-1)!;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    from = found + part.length;
  }
  return true;
}
