import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api';

/**
 * Does work inside a span of whatever OpenTelemetry SDK the process was started with (`node --import`); without one this
 * costs nothing. Attributes name retailers, stores and outcomes, never a visit or a person: no retention clock reaches
 * into a tracing backend.
 */
export async function traced<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return trace.getTracer('openaisle').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'unknown' });
      throw error;
    } finally {
      span.end();
    }
  });
}
