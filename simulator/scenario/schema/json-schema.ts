import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scenarioSchema } from './scenario-schema.ts';
import { alternativesOf, definitions, type Json, publishedForm } from './value.ts';

/** Where the published schema stands. */
export const SCHEMA_FILE = fileURLToPath(new URL('../../../scenarios/scenario.schema.json', import.meta.url));

/**
 * The scenario language as JSON Schema draft-7, for editors. Looser than the parser where a file may be a fragment:
 * only actions name required keys, and any optional key may be null (which deletes it).
 */
export function scenarioJsonSchema(): Json {
  const whole = published(scenarioSchema);
  for (const path of LIKE_COLLECTIONS) addLike(path.reduce<unknown>(propertyOf, whole));
  const body = relaxed(whole, true) as Record<string, unknown>;
  const { $schema: _, ...rest } = body;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'OpenAisle scenario',
    ...rest,
    definitions: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Text of the schema file: one line per top-level key and definition. */
export function schemaText(): string {
  const { properties, definitions: shared, ...rest } = scenarioJsonSchema();
  const lines = (json: unknown) =>
    Object.entries(json as object)
      .map(([key, inner]) => `  ${JSON.stringify(key)}: ${JSON.stringify(inner)}`)
      .join(',\n');
  const head = Object.entries(rest).map(([key, inner]) => ` ${JSON.stringify(key)}: ${JSON.stringify(inner)},\n`);
  return `{\n${head.join('')} "properties": {\n${lines(properties)}\n },\n "definitions": {\n${lines(shared)}\n }\n}\n`;
}

/** Writes the schema file. */
export function writeSchema(): void {
  writeFileSync(SCHEMA_FILE, schemaText());
}

const LIKE_COLLECTIONS = [
  ['catalog'],
  ['sensors'],
  ['shoppers'],
  ['store', 'doors'],
  ['store', 'fixtures'],
  ['store', 'zones'],
];

function propertyOf(json: unknown, key: string): unknown {
  return (json as { properties: Record<string, unknown> }).properties[key];
}

/** Lets the entries of a keyed collection say `like: other`. */
function addLike(collection: unknown): void {
  const { additionalProperties: entry } = collection as { additionalProperties: Json };
  for (const shape of (entry['anyOf'] ?? [entry]) as Json[]) {
    Object.assign(shape['properties'] as object, { like: { $ref: '#/definitions/name' } });
  }
}

function published(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const options = alternativesOf(zodSchema);
      const form = options ? { anyOf: options.map((option) => bare(published(option))) } : publishedForm(zodSchema);
      // A draft-7 $ref hides its siblings, and zod keeps an empty object for what it cannot express.
      if (form) Object.assign(jsonSchema, form);
    },
  }) as Record<string, unknown>;
}

function bare({ $schema: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

/** Drops `required` except in actions, and lets every optional key be null. */
function relaxed(json: unknown, top = false): unknown {
  if (Array.isArray(json)) return json.map((item) => relaxed(item));
  if (typeof json !== 'object' || json === null) return json;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(json)) {
    if (key === 'properties') copy[key] = relaxedProperties(inner as Record<string, unknown>, json as Json);
    else if (key === 'additionalProperties' && inner !== false) copy[key] = nullable(relaxed(inner));
    else if (key === 'enum' || key === 'const' || key === 'default') copy[key] = inner;
    else if (key !== 'required' && key !== 'propertyNames') copy[key] = relaxed(inner);
  }
  if (Array.isArray(copy['allOf']) && copy['allOf'].length === 1) {
    const { allOf, ...rest } = copy;
    return { ...rest, ...(allOf as object[])[0] };
  }
  const required = kept(json as Json);
  if (!top && required.length > 0) copy['required'] = required;
  return copy;
}

/** Only an action needs its keys: the verb tells its shape, and no other shape has a barrier. */
function kept(json: Json): string[] {
  const isAction = 'sync' in ((json['properties'] ?? {}) as object);
  return isAction ? ((json['required'] ?? []) as string[]) : [];
}

function relaxedProperties(properties: Record<string, unknown>, parent: Json): Record<string, unknown> {
  const required = kept(parent);
  const entries = Object.entries(properties).map(([key, inner]) => {
    const form = relaxed(inner);
    return [key, required.includes(key) ? form : nullable(form)];
  });
  return Object.fromEntries(entries);
}

function nullable(form: unknown): unknown {
  const { anyOf, ...rest } = form as { anyOf?: unknown[] };
  if (anyOf && Object.keys(rest).length === 0) return { anyOf: [...anyOf, { type: 'null' }] };
  return { anyOf: [form, { type: 'null' }] };
}
