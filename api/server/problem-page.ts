import { PROBLEMS, type ProblemKind } from './problem.ts';

/** What a caller can do about each problem. */
const REMEDIES: Readonly<Record<ProblemKind, string>> = {
  'invalid-request':
    'Read `errors`: each entry says where it is and what was expected there. Sending it again unchanged cannot help.',
  unauthenticated: 'Send `Authorization: Bearer ak_…` with a key that is neither revoked nor expired.',
  forbidden: 'The key is valid but lacks the scope that `detail` names. Make one that has it at POST /v1/keys.',
  'not-found': 'No such thing, or it belongs to another retailer or store than the key: the two are answered alike.',
  conflict: 'Read the thing again and decide anew: it has moved on, or was never where this step starts.',
  'too-large': 'At most 1 MiB and 16 levels of nesting. Send lists in pages.',
  'unsupported-media-type': 'Send `content-type: application/json`, or what the operation names.',
  'idempotency-mismatch': 'Use one Idempotency-Key per request; a repeat has to be the same request.',
  'too-many-requests': 'Wait for the seconds in `Retry-After`; the `x-ratelimit-*` headers say how much is left.',
  internal: 'Ours to mend. Ask again later with the same idempotency key: nothing happens twice.',
  unavailable: 'The store of record cannot answer now. Ask again later with the same idempotency key.',
};

/** Where `type` of every problem leads: what it means and what to do about it. */
export function problemPage(): string {
  const rows = (Object.keys(PROBLEMS) as ProblemKind[]).map((kind) => {
    const [status, title] = PROBLEMS[kind];
    const remedy = REMEDIES[kind].replaceAll(/`([^`]+)`/g, '<code>$1</code>');
    return `<section id="${kind}"><h2>${kind} <small>${status}</small></h2><p>${title}</p><p>${remedy}</p></section>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Problems</title><link rel="stylesheet" href="page.css"></head><body><main><h1>Problems</h1>
<p>Errors are <code>application/problem+json</code> (RFC 9457): <code>type</code> leads here, <code>title</code> and
<code>status</code> never change for a type, <code>detail</code> and <code>errors</code> are about the request.</p>
${rows.join('\n')}</main></body></html>`;
}
