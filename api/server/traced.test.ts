import { type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { afterAll, expect, test } from 'vitest';
import { completedOrder, testGateway } from '../test-gateway.ts';
import { traced } from './traced.ts';

interface Seen {
  readonly name: string;
  readonly attributes: unknown;
  status?: unknown;
  hasEnded: boolean;
}
const seen: Seen[] = [];

/** As much of a tracer as there is in the interface that the gateway calls. */
const tracer = {
  startActiveSpan: (name: string, options: { attributes: unknown }, work: (span: Span) => unknown) => {
    const one: Seen = { name, attributes: options.attributes, hasEnded: false };
    seen.push(one);
    return work({
      end: () => {
        one.hasEnded = true;
      },
      setStatus: (status: unknown) => {
        one.status = status;
      },
    } as never);
  },
} as unknown as Tracer;
trace.setGlobalTracerProvider({ getTracer: () => tracer });
afterAll(() => {
  trace.disable();
});

test('ends its span whatever becomes of the work, and names the kind of failure only', async () => {
  const refuse = () => Promise.reject(new TypeError('pm_card_of_somebody'));
  await expect(traced('a step', {}, refuse)).rejects.toThrow(TypeError);
  expect(seen).toMatchObject([
    { name: 'a step', hasEnded: true, status: { code: SpanStatusCode.ERROR, message: 'TypeError' } },
  ]);
});

test('follows a visit from gate to webhook without naming it', async () => {
  const gateway = await testGateway();
  try {
    await gateway.endpoints.create('north', { url: 'http://127.0.0.1:9/nobody' });
    const { tripId, orderId, card } = await completedOrder(gateway, 'north', 'north-a');
    await gateway.dispatcher.drain();
    const names = new Set(seen.map(({ name }) => name));
    expect([...names]).toEqual(expect.arrayContaining(['entry', 'payment', 'order', 'webhook']));
    const text = JSON.stringify(seen);
    for (const secret of [tripId, orderId, card]) expect(text).not.toContain(secret);
    expect(seen.every(({ hasEnded }) => hasEnded)).toBe(true);
  } finally {
    await gateway.close();
  }
});
