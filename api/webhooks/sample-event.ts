import { z } from 'zod';
import { CATALOGUE, type EventData, type EventType } from './catalogue.ts';

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Data of an event made from its schema alone: examples where the schema gives them, else the first value allowed. */
export function sampleData<T extends EventType>(type: T): EventData<T> {
  return sampleOf(z.toJSONSchema(CATALOGUE[type].data) as Schema) as EventData<T>;
}

function sampleOf(schema: Schema): unknown {
  if (schema.examples !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'boolean') return true;
  if (schema.items !== undefined) return [sampleOf(schema.items)];
  if (schema.properties === undefined) throw new Error(`a schema of type ${schema.type} has no example`);
  return Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, sampleOf(value)]));
}
