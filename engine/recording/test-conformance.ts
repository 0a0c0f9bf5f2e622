/** What a viewer of Foxglove's schemas would stumble over in a recording: for tests. */

import { isDeepStrictEqual } from 'node:util';
import { foxgloveMessageSchemas, generateJsonSchema, generateProto } from '@foxglove/schemas/internal.js';
import { Ajv, type ValidateFunction } from 'ajv';
import type { WalkedMessage, WalkedSchema } from './mcap-walk.ts';
import { walkMcap } from './mcap-walk.ts';
import { READINGS_PREFIX, TRUTH_PREFIX } from './recording-names.ts';

type Value = number | Uint8Array;
/** Field number → values, in order, of any protobuf message. */
type Fields = Map<number, Value[]>;

const WIRE_TYPE_OF: Readonly<Record<string, number>> = {
  fixed32: 5,
  string: 2,
  bytes: 2,
  'google.protobuf.Timestamp': 2,
};
/** Type names by number in descriptor.proto. */
const TYPES: Readonly<Record<number, string>> = { 7: 'fixed32', 9: 'string', 12: 'bytes', 11: 'message' };

/** Any protobuf message by its wire types alone; throws where it does not end as it should. */
export function protobufFields(bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = view.getUint8(at++);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const values = fields.get(tag >>> 3) ?? [];
    fields.set(tag >>> 3, values);
    if ((tag & 7) === 0) values.push(varint());
    else if ((tag & 7) === 5) {
      values.push(view.getUint32(at, true));
      at += 4;
    } else if ((tag & 7) === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new RangeError(`${length} bytes at ${at} of ${bytes.length}`);
      values.push(bytes.subarray(at, at + length));
      at += length;
    } else throw new RangeError(`wire type ${tag & 7}`);
  }
  return fields;
}

const text = (value: Value | undefined) => Buffer.from(value as Uint8Array).toString();

/** `name number type` of each field that a schema's descriptor gives to its message, sorted. */
function describedFields({ name, data }: WalkedSchema): string[] {
  const files = protobufFields(data)
    .get(1)!
    .map((file) => protobufFields(file as Uint8Array));
  for (const file of files) {
    for (const message of file.get(4)!.map((one) => protobufFields(one as Uint8Array))) {
      if (`${text(file.get(2)![0])}.${text(message.get(1)![0])}` !== name) continue;
      const fields = message.get(2)!.map((field) => protobufFields(field as Uint8Array));
      return fields.map((f) => `${text(f.get(1)![0])} ${f.get(3)![0]} ${typeOf(f)}`).sort();
    }
  }
  return [];
}

function typeOf(field: Fields): string {
  const type = TYPES[field.get(5)![0] as number];
  return type === 'message' ? text(field.get(6)![0]).slice(1) : type;
}

/** The same from Foxglove's own `.proto` text. */
function officialFields(name: string): string[] {
  const schema = foxgloveMessageSchemas[name.replace('foxglove.', '') as keyof typeof foxgloveMessageSchemas];
  const lines = generateProto(schema, []).matchAll(/^\s+([\w.]+) (\w+) = (\d+);/gm);
  return [...lines].map(([, type, field, number]) => `${field} ${number} ${type}`).sort();
}

/** Everything in a recording that is not as Foxglove's schemas have it, or out of order; empty where all is well. */
export function misfitsOf(path: string): { misfits: string[]; topics: Map<string, number> } {
  const misfits = new Set<string>();
  const topics = new Map<string, number>();
  const checks = new Map<WalkedSchema, (message: WalkedMessage) => string[]>();
  // Truth is written step by step, so that only each of its channels is in order.
  const latest = new Map<string, bigint>();
  for (const part of walkMcap(path)) {
    if (part.kind !== 'chunk') continue;
    for (const message of part.messages) {
      const { topic, schema, logTime } = message;
      topics.set(topic, (topics.get(topic) ?? 0) + 1);
      const line = topic.startsWith(TRUTH_PREFIX) ? topic : '';
      if (logTime < (latest.get(line) ?? 0n)) misfits.add(`${topic}: log time ${logTime} after ${latest.get(line)}`);
      latest.set(line, logTime);
      if (schema === null) {
        if (!topic.startsWith(TRUTH_PREFIX)) misfits.add(`${topic}: no schema`);
        continue;
      }
      let check = checks.get(schema);
      if (!check) checks.set(schema, (check = checkOf(schema)));
      for (const misfit of check(message)) misfits.add(`${topic}: ${misfit}`);
    }
  }
  return { misfits: [...misfits].sort(), topics };
}

function checkOf(schema: WalkedSchema): (message: WalkedMessage) => string[] {
  if (schema.encoding === 'jsonschema') return jsonCheck(schema);
  if (schema.encoding !== 'protobuf') return () => [`schema encoding ${schema.encoding}`];
  if (!schema.name.startsWith('foxglove.'))
    return ({ topic }) => (topic.startsWith(READINGS_PREFIX) ? [] : [`schema ${schema.name}`]);
  const official = officialFields(schema.name);
  if (String(describedFields(schema)) !== String(official)) return () => [`${schema.name} is described otherwise`];
  return (message) => (message.messageEncoding === 'protobuf' ? imageMisfits(message, official) : ['encoding']);
}

function jsonCheck({ name, data }: WalkedSchema): (message: WalkedMessage) => string[] {
  const written = JSON.parse(Buffer.from(data).toString());
  const known = foxgloveMessageSchemas[name.replace('foxglove.', '') as keyof typeof foxgloveMessageSchemas];
  if (
    name.startsWith('foxglove.') &&
    !isDeepStrictEqual(written, JSON.parse(JSON.stringify(generateJsonSchema(known))))
  )
    return () => ['its schema'];
  const validate: ValidateFunction = new Ajv({ strict: false, validateFormats: false }).compile(written);
  return ({ messageEncoding, data: bytes }) => {
    if (messageEncoding !== 'json') return [`encoding ${messageEncoding}`];
    if (validate(JSON.parse(Buffer.from(bytes).toString()))) return [];
    return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

/** A picture's own fields: each once, of the right wire type, its time that of publication. */
function imageMisfits({ data, publishTime }: WalkedMessage, official: readonly string[]): string[] {
  const fields = protobufFields(data);
  const misfits = official.flatMap((line) => {
    const [name, number, type] = line.split(' ');
    const [value, more] = fields.get(Number(number)) ?? [];
    const isRight = more === undefined && (typeof value === 'number') === (WIRE_TYPE_OF[type] === 5);
    return value !== undefined && isRight ? [] : [`field ${name}`];
  });
  if (fields.size !== official.length) misfits.push(`${fields.size} fields`);
  const [[seconds], [nanos]] = [1, 2].map((k) => protobufFields(fields.get(1)![0] as Uint8Array).get(k) ?? [0]);
  if (BigInt(seconds as number) * 1_000_000_000n + BigInt(nanos as number) !== publishTime) misfits.push('timestamp');
  return misfits;
}
