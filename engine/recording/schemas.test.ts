import { expect, test } from 'vitest';
import type { SchemaInfo } from './mcap-file.ts';
import { cartMessage, changeMessage, claimMessage } from './output-view.ts';
import { ENGINE_SCHEMAS, FOXGLOVE_SCHEMAS, scaleSchema } from './schemas.ts';
import { sampleOutputs } from './test-run.ts';

type Json = { [key: string]: unknown };
const parsed = (schema: SchemaInfo) => JSON.parse(Buffer.from(schema.data).toString()) as Json;

/** Places that Lichtblick's JSON Schema parser cannot read. */
function unreadable(schema: Json, path = '#'): string[] {
  const found: string[] = [];
  const choices = schema['oneOf'] as Json[] | undefined;
  // An enumeration of numbers is the one `oneOf` it knows.
  if (choices?.every((choice) => typeof choice['const'] === 'number')) return found;
  for (const key of ['oneOf', 'anyOf', 'allOf', '$ref', 'nullable', 'prefixItems', 'patternProperties']) {
    if (key in schema) found.push(`${path}: ${key}`);
  }
  if (Array.isArray(schema['type'])) found.push(`${path}: several types`);
  if (schema['type'] === 'null' || schema['type'] === undefined) found.push(`${path}: type ${schema['type']}`);
  if (schema['type'] === 'array') {
    const items = schema['items'] as Json | Json[] | undefined;
    if (items === undefined || Array.isArray(items)) found.push(`${path}: a tuple`);
    else if (items['type'] === 'array') found.push(`${path}: an array of arrays`);
    else found.push(...unreadable(items, `${path}[]`));
  }
  for (const [name, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Json>)) {
    found.push(...unreadable(inner, `${path}.${name}`));
  }
  return found;
}

test('has only schemas that Lichtblick can read', () => {
  const foxglove = Object.values(FOXGLOVE_SCHEMAS);
  for (const schema of [...Object.values(ENGINE_SCHEMAS), ...foxglove, scaleSchema(1), scaleSchema(12)]) {
    expect(unreadable(parsed(schema)), schema.name).toEqual([]);
  }
});

test('would notice a schema that Lichtblick cannot read', () => {
  const bad = [
    { type: ['string', 'null'] },
    { type: 'object', properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
    { type: 'object', properties: { a: { oneOf: [{ const: 'x' }] } } },
    { type: 'object', properties: { a: { $ref: '#/x', type: 'object' } } },
    { type: 'array', items: { type: 'array', items: { type: 'number' } } },
    { type: 'array', items: [{ type: 'number' }] },
  ];
  for (const schema of bad) expect(unreadable(schema)).not.toEqual([]);
});

test('takes the schemas of Foxglove as they are', () => {
  for (const schema of Object.values(FOXGLOVE_SCHEMAS)) {
    expect(parsed(schema)['title']).toBe(schema.name);
  }
});

/** Fields of a message that its schema does not know or has otherwise. */
function misfits(message: unknown, schema: Json, path = '#'): string[] {
  const type = schema['type'];
  if (type === 'array') {
    if (!Array.isArray(message)) return [`${path}: not a list`];
    return message.flatMap((item) => misfits(item, schema['items'] as Json, `${path}[]`));
  }
  if (type !== 'object') {
    const fits = type === 'integer' ? Number.isInteger(message) : typeof message === type;
    return fits ? [] : [`${path}: ${String(message)} is not ${String(type)}`];
  }
  const properties = schema['properties'] as Record<string, Json>;
  return Object.entries(message as Json).flatMap(([name, value]) =>
    properties[name] === undefined ? [`${path}.${name}: unknown`] : misfits(value, properties[name], `${path}.${name}`),
  );
}

test('describes the messages that are written', () => {
  for (const [, output] of sampleOutputs) {
    if (output.kind === 'cart') expect(misfits(cartMessage(output.cart), parsed(ENGINE_SCHEMAS.cart))).toEqual([]);
    if (output.kind !== 'claim') continue;
    expect(misfits(claimMessage(output.claim), parsed(ENGINE_SCHEMAS.claim))).toEqual([]);
    expect(misfits(changeMessage(output.change), parsed(ENGINE_SCHEMAS.change))).toEqual([]);
    const nothing = { ...output.change, slotId: null, products: [] };
    expect(misfits(changeMessage(nothing), parsed(ENGINE_SCHEMAS.change))).toEqual([]);
    const nobody = { ...output.claim, shares: [], trackIds: [], handDistanceM: 0.3 };
    expect(misfits(claimMessage(nobody), parsed(ENGINE_SCHEMAS.claim))).toEqual([]);
  }
});
