import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { scenarioSchema } from './scenario-schema.ts';
import { alternativesOf, definitions, type Json, publishedForm } from './value.ts';

/** Where the published schema stands. */
export const SCHEMA_FILE = fileURLToPath(new URL('../../../scenarios/scenario.schema.json', import.meta.url));

/**
 * The scenario language as JSON Schema draft-7, for editors. Looser than the parser where a file may be a fragment:
 * only actions, faults and distributions name required keys, and any optional key may be null (which deletes it).
 */
export function scenarioJsonSchema(): Json {
  const body = relaxed(published(scenarioSchema), true) as Record<string, unknown>;
  const { $schema: _, ...rest } = body;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'OpenAisle scenario',
    ...rest,
    definitions: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** Text of the schema file. */
export function schemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 1)}\n`;
}

/** Writes the schema file. */
export function writeSchema(): void {
  writeFileSync(SCHEMA_FILE, schemaText());
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

const REQUIRED_IN_ACTIONS =
  /^(walk|look|take|putback|hold|touch|give|exchange|drop|pickup|sweep|stow|consume|split-pack|restock|withdraw|change-clothes|join|part|leave)$/;

/** Drops `required` except for verbs and `type`, and lets every optional key be null; `like` joins keyed entries. */
function relaxed(json: unknown, top = false): unknown {
  if (Array.isArray(json)) return json.map((item) => relaxed(item));
  if (typeof json !== 'object' || json === null) return json;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(json)) {
    if (key === 'properties') copy[key] = relaxedProperties(inner as Record<string, unknown>, json as Json);
    else if (key === 'additionalProperties' && inner !== false) copy[key] = nullable(relaxed(inner));
    else if (key === 'enum' || key === 'const' || key === 'default') copy[key] = inner;
    else if (key !== 'required') copy[key] = relaxed(inner);
  }
  const required = kept(json as Json);
  if (!top && required.length > 0) copy['required'] = required;
  return copy;
}

function kept(json: Json): string[] {
  const required = (json['required'] ?? []) as string[];
  return required.filter((key) => REQUIRED_IN_ACTIONS.test(key));
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
  return { anyOf: [form, { type: 'null' }] };
}
