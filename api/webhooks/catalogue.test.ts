import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { CATALOGUE, EVENT_TYPES, isEventType } from './catalogue.ts';
import { cloudEvent, EventError, eventBody } from './event.ts';
import { dataSchema, envelopeSchema, openApiWebhooks } from './event-schemas.ts';
import { sampleData } from './sample-event.ts';

const at = new Date('2026-03-01T12:00:00Z');
const eventOf = (type: (typeof EVENT_TYPES)[number]) =>
  cloudEvent({ type, retailerId: 'r1', tripId: 't1', data: sampleData(type) }, 'evt_1', at, 'https://gateway.example');

function checker() {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  return ajv;
}

test.each(EVENT_TYPES)('%s makes a sample that its published schema accepts, envelope and all', (type) => {
  const ajv = checker();
  const event = JSON.parse(eventBody(eventOf(type), 20_000));
  expect(ajv.validate(dataSchema(type), event.data), ajv.errorsText()).toBe(true);
  expect(ajv.validate(envelopeSchema(type), event), ajv.errorsText()).toBe(true);
  expect(ajv.validate(envelopeSchema(type), { ...event, data: {} })).toBe(false);
  expect(ajv.validate(envelopeSchema(type), { ...event, type: 'other' })).toBe(false);
});

test('refuses data that does not fit the schema, and amounts that are no whole minor units', () => {
  const data = { ...sampleData('payment.captured'), amount: { amountMinor: 10.99, currency: 'EUR' } };
  const append = () => cloudEvent({ type: 'payment.captured', retailerId: 'r1', tripId: 't1', data }, 'evt_1', at, 'x');
  expect(append).toThrow(EventError);
});

test('drops fields that no schema publishes, so that nothing private slips out by accident', () => {
  const data = { ...sampleData('trip.started'), email: 'ann@example.org' };
  const event = cloudEvent({ type: 'trip.started', retailerId: 'r1', tripId: 't1', data }, 'evt_1', at, 'x');
  expect(JSON.stringify(event)).not.toContain('ann@');
});

test('names no field of a person, a picture or a vector anywhere in the catalogue', () => {
  const text = JSON.stringify(EVENT_TYPES.map(dataSchema));
  for (const word of ['email', 'phone', 'name":', 'embedding', 'image', 'vector', 'base64', 'age', 'gender']) {
    expect(text.replaceAll('"dataschema"', '')).not.toMatch(new RegExp(`"${word}`, 'i'));
  }
});

test('sends a thin event with a reference where the whole one is larger than the bound', () => {
  const line = sampleData('cart.finalized').lines[0]!;
  const data = { ...sampleData('cart.finalized'), lines: Array.from({ length: 900 }, () => line) };
  const event = cloudEvent({ type: 'cart.finalized', retailerId: 'r1', tripId: 't1', data }, 'evt_1', at, 'https://g');
  const body = eventBody(event, 20_000);
  expect(Buffer.byteLength(body)).toBeLessThan(1_000);
  expect(JSON.parse(body)).toMatchObject({ dataref: 'https://g/v1/events/evt_1', data: { tripId: data.tripId } });
  expect(eventBody(event, 1_000_000)).toContain('"lines"');
  expect(eventBody(eventOf('cart.updated'), 1_000_000, true)).not.toContain('"lines"');
});

test('tells kinds of events from other words', () => {
  expect(isEventType('cart.finalized')).toBe(true);
  for (const word of ['', 'toString', 'cart', 'cart.finalised']) expect(isEventType(word)).toBe(false);
});

test('documents every event as an OpenAPI webhook with a sentence', () => {
  const webhooks = openApiWebhooks();
  expect(Object.keys(webhooks)).toEqual(Object.keys(CATALOGUE));
  for (const type of EVENT_TYPES) expect(CATALOGUE[type].says).toMatch(/^[A-Z].*\.$/);
});
