import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { MoneyError } from '../money.ts';
import { IllegalTransition } from '../orders/order-state.ts';
import { DatabaseError } from '../store/database.ts';

/** Every trouble this API reports (RFC 9457); `type` leads to the page in the docs. */
export const PROBLEMS = {
  'invalid-request': [400, 'The request is not what this operation expects.'],
  unauthenticated: [401, 'No valid API key was given.'],
  forbidden: [403, 'This API key may not do that.'],
  'not-found': [404, 'There is no such thing here.'],
  conflict: [409, 'What is asked for does not follow from where things stand.'],
  'too-large': [413, 'The request is larger or deeper than this API takes.'],
  'unsupported-media-type': [415, 'This media type is not understood here.'],
  'idempotency-mismatch': [422, 'This key was used for another request.'],
  'too-many-requests': [429, 'Slow down.'],
  internal: [500, 'Something went wrong on our side.'],
  unavailable: [503, 'The gateway cannot answer right now.'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ProblemKind = keyof typeof PROBLEMS;

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z.array(z.object({ at: z.string(), expected: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;

/** Thrown by a handler to answer with a problem; `detail` is read by the caller, so it never holds another's data. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly kind: ProblemKind;
  readonly errors: Problem['errors'];

  constructor(kind: ProblemKind, detail?: string, errors?: Problem['errors']) {
    super(detail ?? PROBLEMS[kind][1]);
    this.kind = kind;
    this.errors = errors;
  }
}

export function sendProblem(reply: FastifyReply, error: ProblemError): FastifyReply {
  const [status, title] = PROBLEMS[error.kind];
  const body: Problem = {
    type: `/docs/problems#${error.kind}`,
    title,
    status,
    ...(error.message === title ? {} : { detail: error.message }),
    ...(error.errors ? { errors: error.errors } : {}),
  };
  return reply.code(status).type('application/problem+json').serializer(JSON.stringify).send(body);
}

/** The problem that stands for any error: what callers can mend is said, what is ours is only said to be ours. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      at: `${error.validationContext ?? 'request'}${instancePath}`.slice(0, 200),
      expected: (message ?? 'another value').slice(0, 200),
    }));
    return new ProblemError('invalid-request', undefined, errors.slice(0, 20));
  }
  if (error instanceof IllegalTransition) return new ProblemError('conflict', error.message);
  if (error instanceof MoneyError) return new ProblemError('invalid-request', error.message);
  if (error instanceof DatabaseError && ['closed', 'full', 'conflict'].includes(error.kind))
    return new ProblemError('unavailable');
  return ofStatus((error as FastifyError | null)?.statusCode);
}

function ofStatus(status: number | undefined): ProblemError {
  if (status === undefined || status >= 500) return new ProblemError('internal');
  if (status === 413) return new ProblemError('too-large');
  if (status === 415) return new ProblemError('unsupported-media-type');
  if (status === 429) return new ProblemError('too-many-requests');
  return new ProblemError('invalid-request');
}

export function onError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.kind === 'internal') request.log.error({ error: String((error as Error)?.stack ?? error) }, 'failed');
  return sendProblem(reply, problem);
}
