/**
 * What a retailer's connector is checked for before a store is connected to it: cases in our words after the headings
 * of the published test pages. Each runs against a URL and touches nothing but the trips it makes up itself.
 */
import { signedHeaders } from '../connector-auth.ts';
import type { ConformanceCase, ConformanceTarget, Send } from './conformance-case.ts';
import { identityCases } from './identity-cases.ts';
import { orderCases } from './order-cases.ts';

export interface CaseResult {
  readonly id: string;
  readonly name: string;
  readonly passed: boolean;
  /** What was found and what was expected, where it failed. */
  readonly found: string | null;
  readonly ms: number;
}

/** All cases, in the order in which they run. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [...identityCases, ...orderCases];

/** Runs the cases one after another; a case whose endpoint does not answer has failed. */
export async function* runConformance(
  target: ConformanceTarget,
  cases: readonly ConformanceCase[] = CONFORMANCE_CASES,
): AsyncGenerator<CaseResult> {
  const send: Send = async (path, body, more) => {
    const text = JSON.stringify(body);
    const url = new URL(target.baseUrl.replace(/\/$/, '') + path);
    const json = { 'content-type': 'application/json' };
    const headers = more?.unsigned ? json : signedHeaders(target.auth, url, text, target.clock.nowMs());
    const { host: _, ...sendable } = headers as Record<string, string>;
    const signal = AbortSignal.timeout(target.timeoutMs ?? 10_000);
    const answer = await fetch(url, { method: 'POST', headers: sendable, body: text, redirect: 'manual', signal });
    const answered = await answer.text();
    return { status: answer.status, body: parsed(answered) };
  };
  for (const { id, name, run } of cases) {
    const startedMs = target.clock.nowMs();
    const found = await run(target, send).catch((error: Error) => `no answer: ${error.message}`);
    yield { id, name, passed: found === null, found, ms: target.clock.nowMs() - startedMs };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
