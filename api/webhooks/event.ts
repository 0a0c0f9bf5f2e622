import { z } from 'zod';
import { CATALOGUE, type EventData, type EventType } from './catalogue.ts';

/** What the caller knows of an event; everything else is filled in by `cloudEvent`. */
export interface NewEvent<T extends EventType = EventType> {
  readonly type: T;
  /** The retailer whose endpoints hear of it. */
  readonly retailerId: string;
  /** Events of one trip arrive in the order in which they were appended; null where order means nothing. */
  readonly tripId: string | null;
  readonly data: EventData<T>;
  /** Where given, appending the same key again has no effect. */
  readonly key?: string;
}

/** A CloudEvents 1.0 event in structured JSON, with the Data Classification extension. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly dataclassification: string;
  readonly dataregulation?: 'GDPR';
  readonly dataref?: string;
  readonly data: unknown;
}

/** Data that does not fit its schema: a mistake of the code that appends it. */
export class EventError extends Error {}

/** The event as it goes over the wire; throws EventError when its data does not fit its published schema. */
export function cloudEvent(event: NewEvent, id: string, at: Date, source: string): CloudEvent {
  const kind = CATALOGUE[event.type];
  const read = kind.data.safeParse(event.data);
  if (!read.success) throw new EventError(`${event.type}: ${z.prettifyError(read.error)}`);
  return {
    specversion: '1.0',
    id,
    source,
    type: event.type,
    ...(event.tripId === null ? {} : { subject: `trip/${event.tripId}` }),
    time: at.toISOString(),
    datacontenttype: 'application/json',
    dataschema: schemaPath(event.type),
    dataclassification: kind.classification,
    ...(kind.classification === 'confidential' ? { dataregulation: 'GDPR' as const } : {}),
    data: read.data,
  };
}

/**
 * The body that is sent: the whole event, or, where it is larger than `maxBytes` or the endpoint wants it thin, the
 * event with the ids of its data and a `dataref` to fetch the rest from.
 */
export function eventBody(event: CloudEvent, maxBytes: number, thin = false): string {
  const whole = JSON.stringify(event);
  if (!thin && Buffer.byteLength(whole) <= maxBytes) return whole;
  const ids = Object.entries(event.data as Record<string, unknown>).filter(([key]) => key.endsWith('Id'));
  return JSON.stringify({ ...event, dataref: `${event.source}/v1/events/${event.id}`, data: Object.fromEntries(ids) });
}

/** Where the gateway publishes the JSON Schema of an event's data, relative to its address. */
export function schemaPath(type: EventType): string {
  return `/v1/event-schemas/${type}.json`;
}
