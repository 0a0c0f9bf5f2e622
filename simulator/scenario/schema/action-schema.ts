import type { z } from 'zod';
import { didYouMean, listed } from '../scenario-error.ts';
import { DURATION, MASS, SHARE } from '../units.ts';
import { distribution, moment, point } from './distribution.ts';
import { address, doorName, nameOf, shopperName, sku } from './names.ts';
import { shape } from './shape.ts';
import { choice, flag, isMap, Misfit, quantity, text, value, whole, word } from './value.ts';

const common = { at: moment.optional(), sync: text('the name of a barrier').optional() };
const qty = whole(1, 1000).default(1);
const duration = distribution(DURATION, { min: 0, max: 86_400_000_000, text: 'from 0 to 24h' });
const keepWord = word('hand', 'basket', 'bag', 'pocket', 'pram');

function verb<N extends string, S extends z.ZodRawShape>(name: N, own: S) {
  return shape({ ...own, ...common }).transform((fields) => ({ verb: name, ...fields }));
}

const target = choice({ named: nameOf('a fixture, an address, a zone, a door or a shopper'), point: point() }, (raw) =>
  Array.isArray(raw) ? 'point' : 'named',
);

const verbs = {
  walk: verb('walk', { walk: target }),
  look: verb('look', { look: duration, on: address.optional() }),
  take: verb('take', {
    take: sku,
    from: address,
    qty,
    hands: whole(1, 2).default(1),
    slow: flag.default(false),
    keep: keepWord.optional(),
  }),
  putback: verb('putback', { putback: sku, to: address, qty }),
  hold: verb('hold', {
    hold: sku,
    from: address,
    qty,
    for: duration.default({ fixed: 10_000_000 }),
    keep: whole(0, 1000).default(0),
  }),
  touch: verb('touch', {
    touch: address,
    for: duration.default({ fixed: 1_000_000 }),
    press: quantity(MASS, { min: 0, max: 20_000, text: 'from 0 to 20kg' }).default(50),
  }),
  give: verb('give', { give: sku, to: shopperName, qty }),
  exchange: verb('exchange', { exchange: sku, for: sku, with: shopperName }),
  drop: verb('drop', { drop: sku, qty }),
  pickup: verb('pickup', { pickup: sku, qty }),
  sweep: verb('sweep', { sweep: address, keep: keepWord.optional() }),
  stow: verb('stow', { stow: sku, into: keepWord.default('bag'), qty }),
  consume: verb('consume', {
    consume: sku,
    share: quantity(SHARE, { min: 0, max: 1, text: 'from 0 to 100%' }).default(1),
  }),
  'split-pack': verb('split-pack', { 'split-pack': sku }),
  restock: verb('restock', { restock: sku, to: address, qty }),
  withdraw: verb('withdraw', { withdraw: sku, from: address, qty }),
  'change-clothes': verb('change-clothes', { 'change-clothes': duration }),
  join: verb('join', { join: shopperName }),
  part: verb('part', { part: value({ const: true }, (raw) => (raw === true ? raw : new Misfit('part: true'))) }),
  leave: verb('leave', { leave: doorName }),
};

const names = Object.keys(verbs) as (keyof typeof verbs)[];

/** Keys that say how an action is done, so that a misspelt verb is not confused with them. */
const adverbs = [
  'at',
  'sync',
  'on',
  'from',
  'to',
  'qty',
  'hands',
  'slow',
  'keep',
  'for',
  'press',
  'with',
  'into',
  'share',
];

export const actionSchema = choice(verbs, (raw) => {
  if (!isMap(raw)) return new Misfit('an action such as { take: cola, from: G1.2 }');
  const keys = Object.keys(raw);
  const found = names.filter((name) => keys.includes(name));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) return new Misfit('exactly one verb', `${found.length} verbs (${found.join(', ')})`);
  const stranger = keys.find((key) => !adverbs.includes(key));
  return stranger === undefined
    ? new Misfit(`an action with one verb of ${listed(names, 30)}`)
    : new Misfit(`one verb of ${listed(names, 30)}${didYouMean(stranger, names)}`, `"${stranger}"`);
});

export type ActionSpec = z.output<typeof actionSchema>;
