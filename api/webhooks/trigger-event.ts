import { type Clock, isoTime } from '../clock.ts';
import { newId } from '../ids.ts';
import type { EventData, EventType } from './catalogue.ts';
import { type CloudEvent, cloudEvent } from './event.ts';
import type { Poster, PostOutcome } from './post.ts';
import { sampleData } from './sample-event.ts';
import { signatureHeaders } from './signature.ts';

export interface TriggerAsk {
  readonly type: EventType;
  readonly url: string;
  readonly secret: string;
  /** Replaces parts of the sample. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Sends one made-up event, signed like a real one. Throws EventError where `data` does not fit the event's schema. */
export async function triggerEvent(
  ask: TriggerAsk,
  clock: Clock,
  poster: Poster,
): Promise<{ event: CloudEvent; outcome: PostOutcome }> {
  const data = { ...sampleData(ask.type), ...ask.data } as EventData<EventType>;
  const tripId = (data as { tripId?: string }).tripId ?? null;
  const at = new Date(isoTime(clock.nowMs()));
  const event = cloudEvent(
    { type: ask.type, retailerId: 'sample', tripId, data },
    `evt_${newId()}`,
    at,
    'urn:openaisle:trigger',
  );
  const body = JSON.stringify(event);
  const headers = {
    ...signatureHeaders(event.id, Math.floor(clock.nowMs() / 1000), body, [ask.secret]),
    'content-type': 'application/cloudevents+json',
    'user-agent': 'OpenAisle-Webhooks/1',
  };
  return { event, outcome: await poster.post(ask.url, headers, body) };
}
