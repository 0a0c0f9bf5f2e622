import { z } from 'zod';
import { CATALOGUE, EVENT_TYPES, type EventType } from './catalogue.ts';
import { schemaPath } from './event.ts';

type Json = { readonly [key: string]: unknown };

/** The published JSON Schema (2020-12) of an event's data. */
export function dataSchema(type: EventType): Json {
  const schema = z.toJSONSchema(CATALOGUE[type].data, { io: 'input' }) as Json;
  return { ...schema, $id: schemaPath(type), title: type };
}

/** The JSON Schema of a whole event as it is posted, envelope and data. */
export function envelopeSchema(type: EventType): Json {
  const { $schema, $id, ...data } = dataSchema(type);
  const text = { type: 'string' };
  return {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'time', 'datacontenttype', 'dataclassification', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { ...text, description: 'Also in the webhook-id header; the same for every attempt: de-duplicate by it' },
      source: text,
      type: { const: type },
      subject: { ...text, description: 'trip/ and the id of the trip whose events come in order' },
      time: { ...text, format: 'date-time' },
      datacontenttype: { const: 'application/json' },
      dataschema: text,
      dataclassification: { const: CATALOGUE[type].classification },
      dataregulation: text,
      dataref: { ...text, description: 'Present where data holds only ids: where to fetch the rest' },
      data,
    },
  };
}

/** The `webhooks` section of an OpenAPI 3.1 document. */
export function openApiWebhooks(): Json {
  return Object.fromEntries(EVENT_TYPES.map((type) => [type, { post: operation(type) }]));
}

function operation(type: EventType): Json {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  });
  return {
    operationId: type,
    summary: CATALOGUE[type].says,
    parameters: [
      header('webhook-id', "The event's id"),
      header('webhook-timestamp', 'Unix seconds of this attempt'),
      header('webhook-signature', 'One or more signatures of Standard Webhooks 1.0, separated by spaces'),
    ],
    requestBody: { required: true, content: { 'application/cloudevents+json': { schema: envelopeSchema(type) } } },
    responses: {
      '2XX': { description: 'Taken; the event is not sent again' },
      '410': { description: 'The endpoint is gone: it is disabled' },
      '429': { description: 'Too fast: Retry-After is obeyed' },
    },
  };
}
